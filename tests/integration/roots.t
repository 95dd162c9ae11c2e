#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Roots that aren't private: a tree that was made for it, and the host's own.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

# A root tree as an image has it, with links that lead out of it for whoever takes them for the host's.
tree=$world/tree
mkdir -m 755 "$tree" "$tree"/{usr,usr/bin,etc,dev,proc,tmp,var,data,opt,mnt}
mkdir -p "$tree$world"/{data,tools}
mkdir -m 777 "$tree/var/lib" "$world"/{data,tools,other,own}
cp "$probe" "$busybox" "$tree/usr/bin"
ln -s usr/bin "$tree/bin"
ln -s /usr/bin/probe "$tree/usr/bin/absolute"
ln -s /etc "$tree/evil"
ln -s ../../../../../../../../etc "$tree/up"
ln -s "$world/other" "$tree/out"
echo "of the tree" | tee "$tree/etc/passwd" "$tree/var/lib/file" "$tree/tmp/file" >"$tree/etc/file"
echo "of data" >"$world/data/file"
echo "of other" >"$world/other/file"
echo "of the host" | tee /etc/redteam >/redteam
chmod 666 "$tree/var/lib/file" "$tree/etc/file" "$world"/*/file /etc/redteam /redteam
cp "$probe" "$world/tools/program"
cp "$probe" "$tree/var/lib/program"
mknod -m 666 "$tree/null" c 1 3
mknod -m 666 "$world/null" c 1 3
mount -t tmpfs below "$tree/mnt"
echo "below" >"$tree/mnt/file"
mount -t proc proc "$tree/proc"

tenant t <<POLICY
[filesystem]
root = $tree
write = $tree/var/lib
read = $world/data
mount = $world/data:/data
exec = $world/tools
mount = $world/tools:/opt:ro
POLICY
tenant bare <<POLICY
[filesystem]
root = $tree
[namespaces]
pid = no
POLICY
tenant h <<POLICY
[filesystem]
root = host
exec = $world/bin
write = $world/data
mount = $world/other:/mnt
POLICY
tenant private <<POLICY
[filesystem]
exec = $world/bin
POLICY
tenant o <<POLICY
[filesystem]
own = $world/own
POLICY
load

outside=$probe

# explains TENANT "ACT PATH"...: `policy explain` and the kernel say the same.
explains() {
	local question verdict act answer words
	for question in "${@:2}"; do
		# shellcheck disable=SC2086 # words
		verdict=$(sandboxctl policy explain "$1" $question)
		act=${question%% *}
		words=("${act/#open/read}" "${question#* }")
		[[ $act != exec ]] || words+=(exit 0)
		try "$1" "${words[@]}"
		answer=denied
		[[ $line != *": ok"* && $line != *EISDIR* ]] || answer=allowed
		is "explain agrees: $1: $question" "${verdict%%:*}" "$answer"
	done
}

# wide TENANT: the mounts that it sees which can be written, or hold programs of others' or devices.
wide() {
	local all words
	sandbox -t "$1" -- "${2:-$busybox}" cat /proc/self/mountinfo
	REPLY=
	mapfile -t all <<<"${out%$'\n'}"
	for line in "${all[@]}"; do
		read -r -a words <<<"$line"
		case ${words[4]} in /dev | /dev/* | /proc | /tmp) continue ;; esac
		[[ ${words[5]}, == ro,nosuid,nodev,* ]] || REPLY+=" ${words[4]}"
	done
	REPLY="${#all[@]}:$REPLY"
}

# with POLICY COMMAND...: as tenant `private`, with that for [filesystem].
with() {
	(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "$1" >"$world/with.ini")
	sandbox -t private --policy "$world/with.ini" -- "${@:2}"
}

# ---- a tree ----

probe=/bin/probe
allowed "a tree is the root: its files are read" t read /etc/passwd
is "and it is the tree's" "$line" "read: ok of the tree"
for command in probe absolute /usr/bin/probe /bin/absolute usr/../bin/probe; do
	sandbox -t t -- "$command" exit 0
	is "its programs are executed: $command" "$status:$err" "0:"
done
for command in "$tree/bin/probe" "$outside" /tmp/file /evil/../../srv/world/bin/probe; do
	sandbox -t t -- "$command" exit 0
	is "and no others: $command" "$status" 127
done
like "which says where it was looked for" "$err" "*: name a program that is there in the root '$tree'"$'\n'
sandbox -t t -- missing
like "by a name alone, too" "$err" "sandboxctl: run: 'missing' is not in '*': name it by its path in the root '$tree', or add *"
denied mount:EROFS "they aren't written" t write /etc/file
denied mount:EROFS "nor made" t mkdir /var/new
denied mount:EROFS "nor are their modes changed" t chmod /etc/file
allowed "what is granted in it is written" t write /var/lib/file
allowed "and made" t mkdir /var/lib/new
denied mount:EACCES "and not executed" t exec /var/lib/program exit 0
denied mount:EACCES "a device of the tree's is none" t read /null
allowed "a device of its own" t read /dev/null
denied view:ENOENT "its /tmp is its own" t read /tmp/file
denied view:ENOENT "its /proc is its own" t read /proc/version
allowed "which it has" t read /proc/self/status
denied view:ENOENT "the tree's links lead around in it: absolute ones" t read /evil/redteam
denied view:ENOENT "and those that go up" t read /up/redteam
denied view:ENOENT "and those to other trees" t read /out/file
denied view:ENOENT "nothing is above it" t read /../redteam
allowed "what is mounted below it is in it" t read /mnt/file
denied mount:EROFS "to be read" t write /mnt/file
allowed "a grant of the host's, at its place" t read "$world/data/file"
denied mount:EROFS "to be read" t write "$world/data/file"
allowed "a mount, to be written" t write /data/file
allowed "a program of the host's that is granted" t exec "$world/tools/program" exit 0
sandbox -t t -- "$world/tools/program" exit 0
is "which may be the command" "$status:$err" "0:"
wide t /bin/busybox
is "all else is read-only, nosuid and nodev" "${REPLY#*:}" " /data /var/lib"
sandbox -t bare -- /bin/busybox sh -c 'echo /proc/*'
is "without a pid namespace its /proc is empty, and not the host's that is mounted there" "$status:$out" "0:/proc/*"$'\n'

explains t "open /etc/passwd" "write /etc/file" "exec /usr/bin/probe" "exec /bin/absolute" "write /var/lib/file" \
	"exec /var/lib/program" "open /mnt/file" "write /mnt/file" "open $world/data/file" "write $world/data/file" \
	"write /data/file" "exec $world/tools/program" "exec /opt/program" "open /dev/null" "open /null" "write /dev/shm/x" \
	"open /proc/self/status" "write /proc/self/comm" "open /proc/version" "exec /tmp/x"
is "policy check has nothing against it" "$(sandboxctl policy check "$config/tenants/t.ini" 2>&1)" ""
sandbox -t t --dry-run -- probe exit 0
like "--dry-run shows it" "$out" "*"$'\n'"root $tree"$'\n'"*"

start t/x /bin/probe sleep 1000 </dev/null
launched exec t/x -- /bin/probe read /etc/passwd
is "a further command finds the same root" "$status:$line$err" "0:read: ok of the tree"
probe=$tree/usr/bin/probe
allowed "LSM alone: the tree is read" t/x read "$tree/etc/file"
allowed "LSM alone: and executed" t/x exec "$tree/usr/bin/probe" exit 0
denied lsm:file_open:rights "LSM alone: and not written" t/x write "$tree/etc/file"
allowed "LSM alone: but where that is granted" t/x write "$tree/var/lib/file"
denied lsm:file_open:no_grant "LSM alone: nothing beside it" t/x read "$world/other/file"
stop t/x
probe=$outside

# ---- what can't be a tree, and grants that a tree's links would lead astray ----

with "root = $world/other" /x
like "without folders for what each sandbox has" "$status:$err" \
	"125:*with.ini:3: root: there is no folder '/dev' in '$world/other' for the sandbox's own: *mkdir '$world/other/dev'*"
with "root = $world/none" /x
like "one that isn't there" "$status:$err" "125:*with.ini:3: *No such file*"
with "root = /redteam" /x
like "a file" "$status:$err" "125:*with.ini:3: root: there is no folder '/dev'*"
ln -s "$tree" "$world/link"
with "root = $world/link" /bin/probe exit 0
is "the administrator's link to one" "$status:$err" "0:"
ln -s / "$world/slash"
with "root = $world/slash" /x
like "a link to the host's root" "$status:$err" "125:*leads to the host's root, which is 'host'*"
mkdir -m 777 "$world/own/sub"
ln -s "$tree" "$world/own/link"
chown -h 1000 "$world/own/link"
with "root = $world/own/link" /bin/probe exit 0
like "a link that a tenant made" "$status:$err" "125:*with.ini:3: *symlink that others than root can change*"
with "root = /proc/self/root" /x
like "a link of /proc" "$status:$err" "125:*with.ini:3: *"
with "root = $tree"$'\n'"read = $world/other" /bin/probe exit 0
like "a grant that has no place in it" "$status:$err" \
	"125:*with.ini:4: there is no place for '$world/other' in '$tree': *make '$tree$world/other'*"
with "write = $tree"$'\n'"root = $tree"$'\n'"read = $world/other" /bin/probe exit 0
like "nor where the tree may be written" "$status:$err" "125:*with.ini:5: there is no place for '$world/other' in '$tree': *"
ok "and none is made" test ! -e "$tree$world/other"
with "root = $tree"$'\n'"write = $tree/evil" /bin/probe write /etc/file
is "a grant by a link of the tree's is one of the tree" "$status:$line" "0:write: ok"
with "root = $tree"$'\n'"write = $world/link/evil" /bin/probe write /etc/file
like "which has to be named as such" "$status:$err" "125:*with.ini:4: *symlink of the tree that is the root*"
with "root = $tree"$'\n'"write = $tree/out" /bin/probe exit 0
like "and is refused where it leads to nothing there" "$status:$err" "125:*with.ini:4: in '$tree': *No such file*"
ln -s "$tree/evil" "$world/way"
with "root = $tree"$'\n'"write = $world/way" /bin/probe exit 0
like "a way into the tree that doesn't tell it" "$status:$err" "125:*with.ini:4: *symlink of the tree that is the root*"
with "root = $tree"$'\n'"mount = $world/other:/bin" /usr/bin/probe
like "nothing is mounted on a link of it" "$status:$err" "125:*with.ini:4: there is no place for '/bin' in '$tree': Too many levels*"
with "root = $tree"$'\n'"mount = $world/other:/tmp/below" /bin/probe write /tmp/below/file
is "in what is its own a place is made" "$status:$line" "0:write: ok"
with "root = $tree"$'\n'"write = $tree" /bin/probe write /etc/file
is "a tree that may be written" "$status:$line" "0:write: ok"
with "root = $tree"$'\n'"read = $tree/proc/version" /bin/probe exit 0
like "what would lie in its own /proc" "$status:$err" "125:*with.ini:4: '/proc/version' would lie in the sandbox's own /proc: *'proc = none'*"
with "root = $tree"$'\n'"proc = none"$'\n'"read = $tree/proc/version" /bin/probe read /proc/version
like "is seen where it has none" "$status:$line" "0:read: ok Linux*"
with "root = $tree"$'\n'"exec = $world/bin" "$repo/build/demo/service.wasm"
like "no module runs there" "$status:$err" "12[67]:*"
cp "$repo/build/demo/service.wasm" "$tree/usr/bin/service"
with "root = $tree" service
like "though it lies in the tree" "$status:$err" "126:*is a WASM module, and its sandbox' root is not a private one*"
tenant e <<POLICY
[filesystem]
root = $tree
own = $tree/evil
POLICY
load
with "exec = $world/bin"$'\n'"read = /etc" "$probe" read /etc/redteam
is "what is owned by such a link isn't the host's" "$status:$line" "0:read: ok of the host"
with "exec = $world/bin"$'\n'"read = $tree" "$probe" read "$tree/etc/file"
field last_denial_why
is "but the tree's" "$line:$REPLY" "read: EACCES at open:${reasons[owned]}"
rm "$config/tenants/e.ini"
sandboxctl tenant forget e >/dev/null
load

# ---- the host's root ----

allowed "the host's files are seen" h stat /redteam
denied view:ENOENT "which they aren't with a private root" private stat /redteam
denied lsm:file_open:no_grant "and aren't read" h read /redteam
denied lsm:file_open:no_grant "nor listed" h ls /
denied mount:EROFS "nor written" h write /redteam
denied mount:EROFS "nor made" h mkdir /etc/new
for act in "chmod /redteam" "unlink /etc/redteam" "truncate /redteam" "symlink x /etc/new" "mkfifo /run/new" \
	"rename /etc/redteam /etc/other" "setxattr /redteam" "trunc /sys/kernel/profiling"; do
	# shellcheck disable=SC2086 # words
	try h $act
	like "nor: $act" "$line" "${act%% *}: @(EROFS|EACCES)*"
done
denied mount:EACCES "nor executed" h exec /bin/busybox true
allowed "but what is granted" h exec "$busybox" true
allowed "is written, where that is granted" h write "$world/data/file"
allowed "and at another place" h write /mnt/file
denied mount:EACCES "a device of the host's is none" h read "$world/null"
allowed "a device of its own" h write /dev/null x
denied view:ENOENT "its /dev is its own" h stat /dev/kmsg
echo x >/tmp/redteam
denied view:ENOENT "its /tmp is its own" h stat /tmp/redteam
denied view:ENOENT "its /proc is its own" h stat /proc/sys
denied view:ENOENT "sandboxctl's state is not in sight" h stat "$state/sandboxes"
denied lsm:file_open:no_grant "nothing is above it" h read /../../redteam
denied seccomp:EPERM "it stays as it is" h remount-rw /
wide h
is "all else is read-only, nosuid and nodev" "${REPLY#*:}" " /mnt $world/data"
ok "and there is much else: ${REPLY%%:*} mounts" test "${REPLY%%:*}" -gt 8
with "root = host"$'\n'"exec = $world/bin"$'\n'"mount = $world/other:/nowhere" "$probe" exit 0
like "nothing is made for a mount" "$status:$err" "125:*with.ini:5: there is no place for '/nowhere' in '/': *make '/nowhere'*"
with "root = host"$'\n'"exec = $world/bin"$'\n'"proc = none" "$busybox" sh -c 'echo /proc/*'
is "without a /proc it has not the host's" "$status:$out" "0:/proc/*"$'\n'
with "root = host"$'\n'"exec = $world/bin"$'\n'"proc = none"$'\n'"read = /proc/version" "$probe" read /proc/version
like "but what is granted of it" "$status:$line" "0:read: ok Linux*"
explains h "open /redteam" "write /redteam" "open /" "exec /bin/busybox" "exec $busybox" "write $world/data/file" \
	"write $world/other/file" "open $world/other/file" "write /mnt/file" "open /dev/null" "write /tmp/x" "open $tree/etc/file" \
	"open /dev/mqueue" "open /proc/self/status" "open /dev/vda" "open /proc/version"
is "policy check has nothing against it" "$(sandboxctl policy check "$config/tenants/h.ini" 2>&1)" ""
start h/x "$probe" sleep 1000 </dev/null
launched exec h/x -- "$probe" stat /redteam
is "a further command sees it too" "$status:${line%% mode*}$err" "0:stat: ok"
denied lsm:file_open:no_grant "LSM alone: it is no grant" h/x read /redteam
allowed "LSM alone: what is granted" h/x write "$world/data/file"
stop h/x

# ---- what is granted and isn't there ----

new=$world/other/new
chmod 777 "$tree/etc"
not_there() { # PATTERN TEXT POLICY
	with "exec = $world/bin"$'\n'"$3" "$probe" exit 0
	like "$2" "$status:$err" "125:*with.ini:*: $1"$'\n'
}
not_there "'$new' is not there, and its folder is not in sight: make it, grant its folder, or set 'root = host'" \
	"a private root has no place for it" "write = $new"
not_there "'$new' is not there, and its folder is not in sight: *" "nor where the folder is seen elsewhere" \
	"mount = $world/other:/m"$'\n'"read = $new"
not_there "'$new' is not there, and its folder is not in sight: *" "or another folder there" \
	"mount = $world/data:$world/other"$'\n'"read = $new"
not_there "open '$new': No such file or directory: make it, *" "what is written as a folder isn't made" \
	"root = host"$'\n'"write = $new/"
not_there "open '$new': No such file or directory*" "a mount has to be there" "root = host"$'\n'"mount = $new:/mnt"
not_there "*'$new/below': No such file or directory*" "its folder has to be there" "root = host"$'\n'"write = $new/below"
not_there "'/absent' is not there, and nothing is made in the root itself: make it" "in the root itself" \
	"root = host"$'\n'"write = /absent"
not_there "'/tmp/absent' is not there, and its folder is not in sight: *" "in what is the sandbox's own" \
	"root = host"$'\n'"write = /tmp/absent"
long=$world/other/$(printf '%0120d' 0)
with "root = host"$'\n'"exec = $world/bin"$'\n'"write = $long" "$probe" exit 0
like "by a name that is too long" "$status:$err" "125:*'$long': a file's name has 119 bytes at most in a policy: name its folder"$'\n'
(umask 022 && printf '%s\n' "version = 1" "[host]" "lsm = off" >"$config/sandboxctl.ini")
not_there "'$new' is not there, and without the LSM all of its folder would be open: make it, or grant its folder" \
	"nothing would keep its neighbours closed" "root = host"$'\n'"write = $new"
with "root = host"$'\n'"exec = $world/bin"$'\n'"read = $new" "$probe" exit 0
like "to be read it needs nothing of its folder" "$status:$err" "125:*says lsm = off, but the LSM is loaded*"
rm "$config/sandboxctl.ini"

# What the host itself has closed stays so: nothing is mounted for that.
mkdir "$world"/{fixed,noexec}
mount -t tmpfs -o ro fixed "$world/fixed"
mount -t tmpfs -o noexec noexec "$world/noexec"
closed="root = host
exec = $world/bin $world/noexec/program
write = $world/fixed/new $world/noexec/new"
with "$closed" "$probe" write "$world/fixed/new"
is "nothing is made where the host has it read-only" "$status:$line" "1:write: EROFS"
with "$closed" "$probe" write "$world/noexec/new"
is "but where it has it noexec" "$status:$line" "0:write: ok"
rm "$world/noexec/new"
like "--dry-run says so" "$(sandboxctl run -t private --policy "$world/with.ini" --dry-run -- "$probe" exit 0)" "*
exec $world/noexec/program, which is not there, nor could it be executed: the host has its folder mounted noexec
write $world/fixed/new, which is not there, nor can it be made: the host has its folder mounted read-only
write $world/noexec/new, which is not there
folder $world/noexec mounted writable
network *"
umount "$world"/{fixed,noexec}
with "root = host"$'\n'"exec = $world/bin"$'\n'"write = /run/absent" "$probe" stat "$state/sandboxes"
is "what is hidden in its folder stays so" "$status:$line" "1:stat: ENOENT"
with "root = host"$'\n'"exec = $world/bin"$'\n'"read = /absent" "$probe" exit 0
is "to be read it may be in the root" "$status:$err" "0:"
with "exec = $world/bin"$'\n'"read = $world/other"$'\n'"write = $new" "$probe" write "$new"
is "in a private root that shows its folder it is made" "$status:$line" "0:write: ok"
rm "$new"
with "exec = $world/bin"$'\n'"write = $world/other"$'\n'"read = $new" "$probe" write "$new"
field last_denial_why
is "and not where it has less than its folder" "$status:$line:$REPLY" "1:write: EACCES:${reasons[rights]}"
with "root = $tree"$'\n'"write = $tree/etc/new" /bin/probe write /etc/new
is "in a tree" "$status:$line" "0:write: ok"
ok "it is the tree's" test -e "$tree/etc/new"
rm "$tree/etc/new"
for policy in "write = $tree/etc/new" "write = $tree/evil/new"; do
	with "root = $tree"$'\n'"$policy" /bin/probe write /etc/file
	field last_denial_why
	is "and nothing else there: $policy" "$status:$line:$REPLY" "1:write: EACCES:${reasons[rights]}"
done
with "root = $tree"$'\n'"write = $tree/etc/new" /bin/probe write /var/file
is "or anywhere" "$status:$line" "1:write: EROFS"
not_there "'$tree/new' is not there, and nothing is made in the root itself: make it" "in the tree itself" \
	"root = $tree"$'\n'"write = $tree/new"
not_there "'$new' is not there, and its folder is not in sight: *" "where the tree has another folder of that path" \
	"root = $tree"$'\n'"write = $new"
with "root = $tree"$'\n'"write = $tree/etc/new"$'\n'"[namespaces]"$'\n'"user = yes" /bin/probe write /etc/new
is "in a user namespace, too" "$status:$line" "0:write: ok"
ok "it is its tenant's" test "$(stat -c %u "$tree/etc/new")" -ge 2000000000
rm "$tree/etc/new"

# ---- devices and /proc ----

tenant d <<POLICY
[filesystem]
exec = $world/bin
read = $world/null
proc = full
POLICY
load
explains d "open $world/null" "open /proc/version" "open /proc/self/status" "open /dev/vda" "write /dev/null"

rm -f /etc/redteam /redteam /tmp/redteam
umount "$tree/mnt" "$tree/proc"
finish
