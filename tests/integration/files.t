#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Whose file is it? Two tenants, on tmpfs and on ext4. File modes allow everything to everybody here, so
# that what denies is one of our walls.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{tmpfs,ext4,mnt}
mount_ext4 "$world/ext4"
chmod 777 "$world/ext4"

deep() { # FOLDER LEVELS
	local i path=$1
	for ((i = 0; i < $2; i++)); do path+=/d; done
	REPLY=$path
	mkdir -p "$path" && echo deep >"$path/file"
}

for fs in tmpfs ext4; do
	t=$world/$fs
	mkdir -m 777 "$t"/{a,shared,shared/b,shared/bound,shared/early,read,outside}
	for folder in a shared shared/b read outside; do
		echo "of $folder" >"$t/$folder/file"
	done
	cp "$probe" "$t/a/program"
	cp "$probe" "$t/read/program"
	ln -s "$t/a/file" "$t/a/link-to-own"
	ln -s "$t/shared/b/file" "$t/a/link-to-other"
	ln -s "$t/outside/file" "$t/a/link-outside"
	mknod -m 666 "$t/a/device" c 1 3
	mount --bind "$t/shared/b" "$t/shared/bound"
	mount -t tmpfs -o mode=777 early "$t/shared/early"
	echo early >"$t/shared/early/file"
	deep "$t/a" 58
	deep_allowed+=("$REPLY/file")
	deep "$t/a" 70
	deep_denied+=("$REPLY/file")
done

# Copied up when it is written; the layers below belong to nobody.
mkdir -m 777 "$world"/overlay{,/lower,/upper,/work,/merged}
echo lower >"$world/overlay/lower/file"
mount -t overlay -o "lowerdir=$world/overlay/lower,upperdir=$world/overlay/upper,workdir=$world/overlay/work" \
	overlay "$world/overlay/merged" || bail "making an overlay"
# The layer below is b's own.
mkdir -m 777 "$world"/overlay/{other,upper2,work2}
mount -t overlay -o "lowerdir=$world/tmpfs/shared/b,upperdir=$world/overlay/upper2,workdir=$world/overlay/work2" \
	overlay "$world/overlay/other" || bail "making another overlay"

# The layer below is b's, which the policy of a can't make any better.
mkdir -m 777 "$world"/stolen{,/upper,/work,/merged}
: >"$world/tmpfs/shared/b/cut"
chmod 666 "$world/tmpfs/shared/b/cut"
mount -t overlay -o "lowerdir=$world/tmpfs/shared/b,upperdir=$world/stolen/upper,workdir=$world/stolen/work" \
	overlay "$world/stolen/merged" || bail "making an overlay"

tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/tmpfs/a $world/ext4/a $world/overlay/merged $world/overlay/other $world/stolen/merged
write = $world/tmpfs/shared $world/ext4/shared
read = $world/tmpfs/read $world/ext4/read
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/tmpfs/shared/b $world/ext4/shared/b
POLICY
load

# ---- in sandboxes, with all walls up ----

for fs in tmpfs ext4; do
	t=$world/$fs
	allowed "$fs: its own file, read" a read "$t/a/file"
	is "$fs: it is that file" "$line" "read: ok of a"
	allowed "$fs: its own file, written" a write "$t/a/file"
	allowed "$fs: a file in a granted folder" a write "$t/shared/file"
	denied lsm:file_open:owned "$fs: another's own in that folder: ownership beats grants" \
		a read "$t/shared/b/file"
	denied lsm:file_open:owned "$fs: the same, for writing" a write "$t/shared/b/file"
	allowed "$fs: its owner may" b write "$t/shared/b/file"
	allowed "$fs: through a symlink to its own" a read "$t/a/link-to-own"
	denied lsm:file_open:owned "$fs: through a symlink to another's" a read "$t/a/link-to-other"
	denied view:ENOENT "$fs: through a symlink to what was not granted" a read "$t/a/link-outside"
	allowed "$fs: by a mount that the host made in the granted folder" a read "$t/shared/early/file"
	denied lsm:file_open:owned "$fs: by a mount of another's that the host made there" \
		a read "$t/shared/bound/file"
	denied lsm:file_open:owned "$fs: O_RDONLY|O_TRUNC of another's" a trunc "$t/shared/b/file"
	like "$fs: it lost nothing" "$(<"$t/shared/b/file")" "of shared/b*"
	allowed "$fs: O_RDONLY|O_TRUNC of a granted one" a trunc "$t/shared/file"
	is "$fs: it is empty" "$(<"$t/shared/file")" ""
	denied lsm:path_mknod:owned "$fs: O_CREAT in another's folder" a write "$t/shared/b/new"
	allowed "$fs: O_CREAT in its own" a write "$t/a/new"
	denied lsm:file_open:owned "$fs: another's folder, listed" a ls "$t/shared/b"
	allowed "$fs: a granted folder, listed" a ls "$t/shared"

	allowed "$fs: a read grant, read" a read "$t/read/file"
	denied mount:EROFS "$fs: a read grant, written" a write "$t/read/file"
	denied mount:EACCES "$fs: a read grant, executed" a exec "$t/read/program" exit 0
	denied mount:EACCES "$fs: its own, executed" a exec "$t/a/program" exit 0
	denied mount:EACCES "$fs: a device node of the host's in its own" a open "$t/a/device"
	denied lsm:path_mknod:never "$fs: a device node of its own making" a mknod "$t/a/node"
	allowed "$fs: a pipe of its own making" a mkfifo "$t/a/pipe"
done
allowed "an exec grant, executed" a exec "$probe" exit 0
is "it ran" "$line" "exec: ok exit 0"
denied seccomp:EPERM "execveat of a descriptor" a exec-fd "$probe" exit 0
denied view:ENOENT "what was not granted at all" a read /etc/passwd
denied mount:EROFS "a new file in the root" a write /new

# ---- /tmp and /dev ----

allowed "its /tmp, written" a write /tmp/file
# shellcheck disable=SC2016
sandbox -t a -- "$busybox" sh -c '"$0" cp "$0" /tmp/program; /tmp/program true' "$busybox"
field denied
like "a program in /tmp isn't executed [mount]" "$status:$REPLY:$err" "126::*/tmp/program: Permission denied*"
allowed "/dev/null, written" a write /dev/null
allowed "/dev/zero, read" a open /dev/zero
denied view:ENOENT "the host's disk" a open /dev/vda
allowed "/dev, listed" a ls /dev
is "these are all" "$(tr ' ' '\n' <<<"${line#ls: ok }" | sort | tr '\n' ' ')" \
	"fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero "
denied mount:EROFS "/dev, written" a write /dev/new
allowed "/dev/shm, written" a write /dev/shm/file
allowed "/dev/mqueue: a queue of its own" a mqueue /queue
allowed "a terminal of its own" a pty
like "which is the tenant's, and its first" "$line" "pty: ok /dev/pts/0 mode=620 uid=20000[0-9]* gid=20000[0-9]*"
allowed "as many terminals as a sandbox may have" a pty 64
denied view:ENOSPC "and no more: all tenants share what there is" a pty 65

# What comes by a pipe can be opened by that name, too: /dev/stdin, /dev/fd. Memory can't: it would be written to
# by who was to read it.
# shellcheck disable=SC2016
sandbox -t a -- "$busybox" sh -c 'echo by stdin | cat /dev/stdin; echo by number | (exec 3<&0; cat /dev/fd/3)'
is "a pipe of its own, by /dev/stdin and /dev/fd" "$status:$out" $'0:by stdin\nby number\n'
sandbox -t a -- "$busybox" cat /dev/stdin < <(echo "of the host's")
field denied
like "one of its caller's: not the LSM's business, but of its mode's" "$status:$REPLY:$err" "1::*Permission denied*"
denied lsm:file_open:no_grant "memory, opened anew" a memfd-reopen

# ---- overlayfs ----

allowed "overlay: its own file, read" a read "$world/overlay/merged/file"
allowed "overlay: its own file, written, which copies it up" a write "$world/overlay/merged/file"
like "overlay: it was copied" "$(<"$world/overlay/upper/file")" "lower*probe*"
denied view:ENOENT "overlay: the layer below" a read "$world/overlay/lower/file"

# ---- root with the host's mounts, in the tenant's cgroup: the LSM alone ----

# in_host_made_userns ATTEMPT...: root of a user namespace, and of no more than that, in the tenant's cgroup.
in_host_made_userns() {
	# shellcheck disable=SC2016 # for the shell in there
	unshare -Urm -- bash -c 'echo "$$" >"$1" && exec "${@:2}"' bash "$base/a.slice/x.scope/cgroup.procs" \
		"$probe" "$@" </dev/null
}

start a/x "$probe" sleep 1000 </dev/null
start a/other "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null
i=0
for fs in tmpfs ext4; do
	t=$world/$fs
	other=lsm:file_open:owned none=lsm:file_open:no_grant rights=lsm:file_open:rights
	allowed "$fs: LSM alone: own" a/x rdwr "$t/a/file"
	denied "$other" "$fs: LSM alone: another's" a/x rdwr "$t/shared/b/file"
	allowed "$fs: LSM alone: its owner" b/y rdwr "$t/shared/b/file"
	denied "$none" "$fs: LSM alone: without a grant" a/x read "$t/outside/file"
	denied "$none" "$fs: LSM alone: the same by a symlink in its own" a/x read "$t/a/link-outside"
	denied $rights "$fs: LSM alone: a read grant, written" a/x write "$t/read/file"
	denied $rights "$fs: LSM alone: a read grant, O_RDONLY|O_TRUNC" a/x trunc "$t/read/file"
	denied $rights "$fs: LSM alone: a read grant, executed" a/x exec "$t/read/program" exit 0
	denied $rights "$fs: LSM alone: its own, executed" a/x exec "$t/a/program" exit 0
	allowed "$fs: LSM alone: own, by O_PATH and again" a/x path-reopen "$t/a/file"
	denied "$other" "$fs: LSM alone: another's, by O_PATH and again" a/x path-reopen "$t/shared/b/file"
	allowed "$fs: LSM alone: own, by its handle" a/x handle "$t/a/file"
	denied "$other" "$fs: LSM alone: another's, by its handle" a/x handle "$t/shared/b/file" "$t/a"
	mount --bind "$t/a" "$world/mnt"
	allowed "$fs: LSM alone: own, by a bind mount" a/x read "$world/mnt/file"
	mount --bind "$t/shared/b" "$world/mnt"
	denied "$other" "$fs: LSM alone: another's, by a bind mount" a/x read "$world/mnt/file"
	umount "$world/mnt" "$world/mnt"
	denied lsm:userns_create:never "$fs: LSM alone: own, in a user namespace that it makes" \
		a/x userns-bind "$t/a" "$world/mnt"
	is "$fs: LSM alone: own, in one that the host has made" \
		"$(in_host_made_userns read "$t/a/file")" "read: ok of a"
	is "$fs: LSM alone: another's, in one that the host has made" \
		"$(in_host_made_userns read "$t/shared/b/file")" "read: EACCES at open"
	is "$fs: LSM alone: a bind mount, in one that the host has made" \
		"$(in_host_made_userns bind-mount "$t/a" "$world/mnt")" "bind-mount: EACCES at mount"
	expected[a/x:sb_mount]=$((${expected[a/x:sb_mount]-0} + 1))
	expected[a/x:file_open]=$((${expected[a/x:file_open]} + 1))
	allowed "$fs: LSM alone: own, by a clone of its mount" a/x open-tree "$t/a" file
	denied "$other" "$fs: LSM alone: another's, by a clone of its mount" a/x open-tree "$t/shared/b" file
	allowed "$fs: LSM alone: own, by chroot" a/x chroot "$t/a" /file
	denied lsm:path_chroot:owned "$fs: LSM alone: another's, by chroot" a/x chroot "$t/shared/b" /file
	allowed "$fs: LSM alone: own, a file without a name and its link" \
		a/x tmpfile-link "$t/a" "$t/a/linked"
	denied "$other" "$fs: LSM alone: another's, a file without a name" \
		a/x tmpfile-link "$t/shared/b" "$t/a/linked"
	allowed "$fs: LSM alone: own, 60 levels deep" a/x read "${deep_allowed[i]}"
	denied lsm:file_open:depth "$fs: LSM alone: own, 72 levels deep" a/x read "${deep_denied[i]}"
	i=$((i + 1))

	# The label is on the folder, wherever the host moves it.
	mv "$t/shared/b" "$t/outside/moved"
	denied "$other" "$fs: another's, renamed by the host" a/x read "$t/outside/moved/file"
	allowed "$fs: its owner still may" b/y read "$t/outside/moved/file"
	mv "$t/outside/moved" "$t/shared/b"
	mv "$t/a" "$t/outside/mine"
	allowed "$fs: its own, renamed by the host" a/x read "$t/outside/mine/file"
	mv "$t/outside/mine" "$t/a"

	# Mounted when all was loaded: in sight, and nobody granted it.
	mkdir -m 777 "$t/shared/late"
	mount -t tmpfs -o mode=777 late "$t/shared/late"
	echo late >"$t/shared/late/file"
	denied "$none" "$fs: what was mounted in a granted folder later" a/x read "$t/shared/late/file"
	denied "$none" "$fs: the same in a sandbox" a read "$t/shared/late/file"
	allowed "$fs: what was mounted before" a/x read "$t/shared/early/file"
	umount "$t/shared/late"
done

for fs in tmpfs ext4; do
	t=$world/$fs
	cp "$t/a/file" "$t/a/cut" && cp "$t/a/file" "$t/shared/b/cut" && chmod 666 "$t"/{a,shared/b}/cut
	allowed "$fs: truncate(2): its own" a truncate "$t/a/cut"
	denied lsm:path_truncate:owned "$fs: truncate(2): another's" a truncate "$t/shared/b/cut"
	denied lsm:path_truncate:owned "$fs: LSM alone: truncate(2): another's" a/x truncate "$t/shared/b/cut"
	denied lsm:path_truncate:rights "$fs: LSM alone: truncate(2): a read grant" a/x truncate "$t/read/file"
	ok "$fs: it has its bytes still" test -s "$t/shared/b/cut"
done
allowed "LSM alone: overlay: own, copied up by its mode" a/x chmod "$world/overlay/merged/file"
# By which of the hooks is up to what the kernel's overlayfs asks first.
start a/over "$probe" sleep 1000 </dev/null
as a/over "$probe" write "$world/stolen/merged/cut"
is "LSM alone: an overlay over another's, copied up" "$status:$line" "1:write: EACCES"
as a/over "$probe" chmod "$world/overlay/other/file"
is "LSM alone: overlay: own, over another's, copied up" "$status:$line" "1:chmod: EACCES"
kill "${supervisors[a/over]}"
ended a/over
is "io_uring with registered credentials: the host" "$("$probe" uring-personality "/proc/$$/ns/net")" \
	"uring-personality: ok"
denied lsm:uring_override_creds:never "LSM alone: io_uring with registered credentials" \
	a/x uring-personality "/proc/$$/ns/net"
denied lsm:file_open:no_grant "LSM alone: a file of the host's" a/x read /etc/passwd
allowed "LSM alone: a program with an exec grant" a/x exec "$probe" exit 0
allowed "LSM alone: the same by a descriptor" a/x exec-fd "$probe" exit 0
denied lsm:file_open:no_grant "LSM alone: a program in memory" a/x memfd-exec
denied lsm:file_open:no_grant "LSM alone: memory, opened anew" a/x memfd-reopen
is "control: by the host" "$("$probe" memfd-reopen)" "memfd-reopen: ok"
allowed "LSM alone: overlay: own, written" a/x write "$world/overlay/merged/file"
denied lsm:file_open:no_grant "LSM alone: overlay: the layer below" a/x read "$world/overlay/lower/file"
denied lsm:file_open:no_grant "LSM alone: overlay: the layer above" a/x read "$world/overlay/upper/file"

# What a sandbox mounts for itself is its own.
first_process a/x
pid=$REPLY
for folder in tmp dev/shm; do echo secret >"/proc/$pid/root/$folder/secret"; done
: >"/proc/$pid/root/dev/mqueue/secret"
allowed "its /tmp, by its own processes" a/x read "/proc/$pid/root/tmp/secret"
denied lsm:file_open:no_grant "its /tmp, by another sandbox of its tenant" \
	a/other read "/proc/$pid/root/tmp/secret"
denied lsm:ptrace_access_check:owned "its /tmp, by another tenant" b/y read "/proc/$pid/root/tmp/secret"
denied view:ENOENT "its /tmp is not another sandbox's /tmp" a read /tmp/secret
for file in shm/secret mqueue/secret ptmx; do
	allowed "its /dev/$file, by its own processes" a/x rdwr "/proc/$pid/root/dev/pts/../$file"
	denied lsm:ptrace_access_check:owned "its /dev/$file, by another tenant" b/y rdwr "/proc/$pid/root/dev/pts/../$file"
	[[ $file == ptmx ]] || denied view:ENOENT "its /dev/$file is not another sandbox's" a read "/dev/$file"
done

stop a/x
stop a/other
stop b/y

# ---- what the host mounts in a tenant's own, after `lsm load` ----

# Its superblock has no label of the owner's yet, and a's new policy is the first to look at it.
for fs in tmpfs ext4; do
	t=$world/$fs
	mkdir -m 777 "$t/shared"/{b/late,open}
	: >"$t/shared/b/late-file"
	for folder in b/late open; do
		mount -t tmpfs -o mode=777 late "$t/shared/$folder"
		echo "of $folder" >"$t/shared/$folder/file"
	done
	mount --bind "$t/outside/file" "$t/shared/b/late-file"
	(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" \
		"read = $t/shared $t/shared/b/late $t/shared/b/late-file" >"$world/cold.ini")
	cold() {
		sandbox -t a --policy "$world/cold.ini" -- "$probe" read "$1"
		field denied && hooks=$REPLY && field last_denial_why
	}
	cold "$t/shared/open/file"
	is "$fs: a mount in the granted folder" "$line:$hooks" "read: ok of open:"
	cold "$t/shared/b/late/file"
	is "$fs: a mount in another's own, under a grant above and one of itself" \
		"$line:$hooks:$REPLY" "read: EACCES at open:\"file_open\":1:${reasons[owned]}"
	cold "$t/shared/b/late-file"
	is "$fs: a file mounted there" "$line:$hooks:$REPLY" "read: EACCES at open:\"file_open\":1:${reasons[owned]}"
	denied lsm:file_open:no_grant "$fs: its owner has to have it loaded" b read "$t/shared/b/late/file"
	load
	allowed "$fs: and then may" b read "$t/shared/b/late/file"
	cold "$t/shared/b/late/file"
	is "$fs: which changes nothing for others" "$line:$hooks:$REPLY" \
		"read: EACCES at open:\"file_open\":1:${reasons[owned]}"
	umount "$t"/shared/{b/late,b/late-file,open}
done

# ---- `lsm load`, while sandboxes run ----

# A volume in b's own, which a's sandbox holds a copy of the mount of, as all below a grant.
t=$world/tmpfs
mkdir -m 777 "$t"/{shared/b/volume,given}
mount -t tmpfs -o mode=777 volume "$t/shared/b/volume"
echo "b's" >"$t/shared/b/volume/file"
echo "b's" >"$t/given/file"
owners() { # A B: what a and b own besides
	tenant a <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/tmpfs/a $1
		read = $t/shared $t/given
	POLICY
	tenant b <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $t/shared/b $2
	POLICY
	load
}
tenant c <<POLICY
[filesystem]
exec = $world/bin
read = $t/given
POLICY
owners "" "$t/given"
start a/x "$probe" sleep 1000 </dev/null
start c/x "$probe" sleep 1000 </dev/null
first_process a/x
inside=/proc/$REPLY/root
denied "$other" "a volume in another's own" a/x read "$inside$t/shared/b/volume/file"
denied "$other" "another's own, in a's and c's grants" c/x read "$t/given/file"
umount "$t/shared/b/volume"
load
denied "$other" "umounted by the host, and loaded again: closed where it is held" \
	a/x read "$inside$t/shared/b/volume/file"
allowed "which closes nothing else" a/x read "$t/shared/file"
owners "$t/given" ""
denied "$other" "handed over: it is another's own still" c/x read "$t/given/file"
allowed "and its new owner's, by the policy of a new run" a read "$t/given/file"
owners "" ""
denied "$other" "nobody's any more: closed to who runs" c/x read "$t/given/file"
allowed "and open to whom it is granted from now on" c read "$t/given/file"
stop a/x
stop c/x
(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "own = $t/given" >"$world/own.ini")
sandbox -t c --policy "$world/own.ini" -- "$probe" exit 0
like "own in a policy that lsm load doesn't know" "$status:$err" \
	"125:*own '$t/given' is not loaded as this tenant's: *sandboxctl lsm load"$'\n'

finish
