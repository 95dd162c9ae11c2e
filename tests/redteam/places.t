#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Where a file is reached from: by root with all of its powers and the host's mounts, so that no wall is left
# but the LSM. By folders that somebody moves or unmounts around a process, by handles, namespaces, io_uring,
# other entries of the kernel. Each denial beside the same act where it is allowed.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/{a,b,outside,ext4,mnt,served}
mount_ext4 "$world/ext4"
chmod 777 "$world/ext4"
mkdir -m 777 "$world/ext4"/{a,b}
for folder in a b outside ext4/a ext4/b; do
	mkdir -m 777 "$world/$folder"/{inner,inner/deep}
	for file in file cold inner/file inner/deep/file; do
		echo "of $folder/$file" >"$world/$folder/$file"
	done
done
ln "$world/b/file" "$world/a/linked-before"
ln -s "$world/b" "$world/a/to-other"
mkdir -m 777 "$world/a/turn" "$world/b/given"
echo "of a" >"$world/a/turn/file"
cp "$probe" "$world/b/program"
cp "$probe" "$world/a/program"
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/a $world/ext4/a
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b $world/ext4/b
share = $world/b/given
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
start a/z "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null
x=$base/a.slice/x.scope
other=lsm:file_open:owned none=lsm:file_open:no_grant
first_process a/x && a_x=$REPLY
first_process b/y && b_y=$REPLY

by_host() { # ATTEMPT...
	status=0
	"$probe" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all line "$tmp/out"
	line=${line%$'\n'}
}

# opens CGROUP CODE FOLDER: what comes of opening "file" and "../file" after Perl's words, which begin in FOLDER.
opens() {
	by_root "$1" 'my ($cgroup, $folder, $world) = @ARGV; chdir $folder or die;'"$2"'go($cgroup);
		for ("file", "../file") { answer($_, open(my $f, "<", $_) ? 0 : -1) }' "$3" "$world"
}
counted() { # HOOK TIMES
	expected[a/x:$1]=$((${expected[a/x:$1]-0} + $2))
}

# ---- a working folder, and what becomes of the way there ----

for folder in a b; do
	allowed_or=ok
	[[ $folder == a ]] || allowed_or=EACCES
	for cgroup in "$x" /sys/fs/cgroup; do
		who="by the host" wanted="file=ok ../file=ok "
		[[ $cgroup != "$x" ]] || who="" wanted="file=$allowed_or ../file=$allowed_or "
		mount --bind "$world/$folder" "$world/mnt"
		is "unmounted lazily below it: in '$folder'${who:+, $who}" \
			"$(opens "$cgroup" 'my $p = "$world/mnt\0"; syscall(166, $p, 2) == 0 or die;' "$world/mnt/inner")" "$wanted"
	done
done
counted file_open 2
move='rename("$world/a/inner", "$world/%s/moved") or die "$!";'
for to in a b outside; do
	for cgroup in "$x" /sys/fs/cgroup; do
		who="by the host" wanted="file=ok ../file=ok "
		if [[ $cgroup == "$x" ]]; then
			who="" wanted="file=EACCES ../file=EACCES "
			[[ $to != a ]] || wanted="file=ok ../file=ok "
		fi
		is "moved by the host to '$to', with it in there${who:+, $who}" \
			"$(opens "$cgroup" "${move//%s/$to}" "$world/a/inner")" "$wanted"
		mv "$world/$to/moved" "$world/a/inner"
	done
done
counted file_open 4

# Out of a bind mount: what its root isn't above any more has no way up.
mkfifo "$tmp/asks"
exec {asks}<>"$tmp/asks"
start a/dots "$busybox" sh -c 'cd "$1/inner/deep"; echo there; while read -r x; do
	cat file ../file ../../file 2>&1 | tr "\n" " "; echo; done' sh "$world/a" <"$tmp/asks"
echo >&"$asks"
read_line a/dots
is "in a sandbox: up to the root of a mount" "$line" "of a/inner/deep/file of a/inner/file of a/file "
mv "$world/a/inner/deep" "$world/b/deep"
echo >&"$asks"
read_line a/dots
is "moved by the host out of it: neither there nor up" "$line" \
	"cat: can't open 'file': Permission denied cat: can't open '../file': No such file or directory cat: can't open '../../file': No such file or directory "
mv "$world/b/deep" "$world/outside/deep"
echo >&"$asks"
read_line a/dots
like "nor where nobody owns it" "$line" "cat: can't open 'file': Permission denied *"
mv "$world/outside/deep" "$world/a/inner/deep"
echo >&"$asks"
read_line a/dots
is "and back" "$line" "of a/inner/deep/file of a/inner/file of a/file "
expected[a/dots:file_open]=2
stop a/dots
exec {asks}>&-

# A folder and a link to another's take turns. How often it was met is chance.
start a/race "$probe" sleep 1000 </dev/null
as a/race "$probe" exchange-race "$world/a/turn" "$world/a/to-other" file
is "a race for another's file" "$status:$line" "1:exchange-race: EACCES"
kill "${supervisors[a/race]}"
ended a/race

# ---- by a handle, of what nobody has just looked at ----

by_handle='
	my ($cgroup, $file) = @ARGV;
	my $handle = pack "LlZ128", 128, 0, "";
	my $id = pack "l", 0;
	syscall(303, -100, $file, $handle, $id, 0) == 0 or die "name_to_handle_at: $!";
	open my $mount, "<", "/srv/world/ext4" or die;
	open my $drop, ">", "/proc/sys/vm/drop_caches" or die;
	syswrite $drop, "3\n";
	go($cgroup);
	answer("open", syscall(304, fileno $mount, $handle, 0));
'
is "a handle of another's file, with nothing in memory" "$(by_root "$x" "$by_handle" "$world/ext4/b/cold")" "open=EACCES "
is "control: by the host" "$(by_root /sys/fs/cgroup "$by_handle" "$world/ext4/b/cold")" "open=ok "
counted file_open 1
denied lsm:path_link:owned "a link to another's file, by which its handle would be found" \
	a/x link "$world/ext4/b/cold" "$world/ext4/a/alias"
denied "$other" "a handle of it" a/x handle "$world/ext4/b/cold" "$world/ext4/a"
allowed "its own" a/x handle "$world/ext4/a/cold"
allowed "a link that was made before is a way in: the host's to look for" a/x read "$world/a/linked-before"
denied "$other" "by its other name it is not" a/x read "$world/b/file"

like "doctor tells of it" "$(sandboxctl doctor)" \
	"*note  hard links  *1 that lead into what tenants own, as that of tenant '[ab]': '$world/*': *find / -samefile *"
rm "$world/a/linked-before"
ln "$world/b/file" "$world/b/inner/linked"
like "and not of what has all its names in one tenant's own" "$(sandboxctl doctor)" "*ok    hard links  *none *"
ln "$world/b/file" "$world/outside/linked"
like "but where one of them is the host's" "$(sandboxctl doctor)" "*note  hard links  *tenant 'b'*"
ln "$world/b/file" "$world/b/given/linked"
like "also where one is shared, which is no name more" "$(sandboxctl doctor)" "*note  hard links  *tenant 'b'*"
rm "$world/b/inner/linked" "$world/b/given/linked" "$world/outside/linked"

# ---- by the kernel's other entries ----

for how in itself worker poller; do
	allowed "io_uring, by $how: its own" a/x uring-open "$world/a/file" $how
	denied "$other" "io_uring, by $how: another's" a/x uring-open "$world/b/file" $how
	denied "$none" "io_uring, by $how: the host's" a/x uring-open "$world/outside/file" $how
	by_host uring-open "$world/b/file" $how
	is "control: io_uring, by $how, by the host" "$status:$line" "0:uring-open: ok"
done
# A worker acts for who asked, by the credentials that it had then: to a hook that looks like the kernel's own doing.
allowed "io_uring, by other credentials than its worker's: its own" a/x uring-open "$world/a/file" other
denied "$other" "io_uring, by other credentials than its worker's: another's" a/x uring-open "$world/b/file" other
denied "$none" "io_uring, by other credentials than its worker's: the host's" a/x uring-open "$world/outside/file" other
allowed "an attribute of its own, set so" a/x uring-setxattr "$world/a/file"
denied lsm:inode_setxattr:owned "an attribute of another's, set by io_uring" a/x uring-setxattr "$world/b/file"
denied lsm:inode_setxattr:no_grant "an attribute of the host's, set by io_uring" a/x uring-setxattr "$world/outside/file"
by_host uring-setxattr "$world/outside/file"
is "control: an attribute, set by io_uring, by the host" "$status:$line" "0:uring-setxattr: ok"
# Several tenants may have been given it to write to.
exec {pipe}< <(echo words)
denied "$none" "a pipe of root's, opened anew by io_uring" a/x uring-open "/proc/self/fd/$pipe" other
by_host uring-open "/proc/self/fd/$pipe" other
is "control: a pipe, opened anew by io_uring, by the host" "$status:$line" "0:uring-open: ok"
exec {pipe}<&-
allowed "from ring to ring: its own" a/x uring-message "$world/a/file"
denied "$other" "from ring to ring: another's, which it doesn't get" a/x uring-message "$world/b/file"
by_host pass-ring
is "no ring with files in it is passed on, by anybody" "$status:$line" "1:pass-ring: EINVAL at sendmsg"
allowed "as other things are" a/x pass-held
if [[ $(uname -m) == x86_64 ]]; then
	allowed "by the entry of 32 bits: its own" a/x i386-open "$world/a/file"
	denied "$other" "by the entry of 32 bits: another's" a/x i386-open "$world/b/file"
	by_host i386-open "$world/b/file"
	is "control: by the entry of 32 bits, by the host" "$status:$line" "0:i386-open: ok"
fi
denied "$other" "another's program, by a descriptor" a/x exec-fd "$world/b/program" exit 0
denied lsm:file_open:rights "its own, which it may not execute" a/x exec-fd "$world/a/program" exit 0
allowed "one that it may" a/x exec-fd "$probe" exit 0

# ---- a file system that it would serve itself ----

modprobe -q fuse
denied cgroup:EPERM "FUSE: its device is none of a sandbox's" a/x fuse "$world/served"
no_device_program a
denied "$none" "FUSE" a/x fuse "$world/served"
exec {fuse}<>/dev/fuse
denied lsm:sb_mount:never "FUSE, by a descriptor that was handed in" a/x fuse "$world/served" "$fuse"
by_host fuse "$world/served" "$fuse"
is "control: FUSE, by the host" "$status:$line" "0:fuse: ok"
exec {fuse}<&-

# ---- namespaces ----

for kind in mnt net pid ipc uts cgroup time; do
	denied lsm:ptrace_access_check:host "the host's namespace: $kind" a/x setns "/proc/$$/ns/$kind"
	denied lsm:ptrace_access_check:owned "another tenant's: $kind" a/x setns "/proc/$b_y/ns/$kind"
	denied "$none" "its tenant's other sandbox's: $kind" a/z setns "/proc/$a_x/ns/$kind"
	by_host setns "/proc/$b_y/ns/$kind"
	is "control: $kind, by the host" "$status:$line" "0:setns: ok"
done
denied lsm:ptrace_access_check:owned:EPERM "another tenant's network, by its process" a/x setns-pidfd "$b_y"
allowed "its own" a/x setns-pidfd "$a_x"
by_host setns-pidfd "$b_y"
is "control: a network, by the host" "$status:$line" "0:setns-pidfd: ok"
# Since Linux 6.11 a process' descriptor leads to its namespaces.
by_host pidfd-namespace "$b_y"
if [[ $line != "pidfd-namespace: ENOTTY"* || $(uname -r) != 6.1.* ]]; then
	is "control: a namespace of its, by the host" "$status:$line" "0:pidfd-namespace: ok"
	denied lsm:ptrace_access_check:owned "a namespace of another tenant's process" a/x pidfd-namespace "$b_y"
	denied "$none" "and of its own" a/x pidfd-namespace "$a_x"
fi
by_host socket-namespace
is "control: a socket's namespace, by the host" "$status:$line" "0:socket-namespace: ok"
denied "$none" "a socket's namespace" a/x socket-namespace
denied "$none" "a network that is kept for another tenant" a/x open "$state/net/b"

for who in a/x a/z b/y; do
	stop $who
done
umount "$world/ext4"
finish
