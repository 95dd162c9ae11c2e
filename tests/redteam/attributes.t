#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a file is like: looked at, changed, watched. By root with all of its powers and the host's mounts,
# so that no wall is left but the LSM. Each denial beside the same act where it is allowed.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/ext4
mount_ext4 "$world/ext4"
t=$world/ext4
chmod 777 "$t"
mkdir -m 777 "$t"/{own,shared,shared/b,read,outside}
for folder in own shared shared/b read outside; do
	echo "of $folder" >"$t/$folder/file"
	ln -s target "$t/$folder/link"
done
mkdir -m 777 "$t"/{lower,upper,work,merged}
for act in setxattr utimes removexattr chown uring-setxattr; do echo "$act" >"$t/lower/$act"; done
"$probe" setxattr "$t/lower/removexattr" >/dev/null
mount -t overlay -o "lowerdir=$t/lower,upperdir=$t/upper,workdir=$t/work" overlay "$t/merged" ||
	bail "making an overlay"
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $t/own $t/merged
write = $t/shared
read = $t/read
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $t/shared/b
POLICY
load

start a/x "$probe" sleep 1000 </dev/null
start a/other "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null

# of HOOK TEXT ATTEMPT FOLDER:WHY...: WHY is why the LSM denies it, or "-". The owner always may.
of() {
	local folder words
	for folder in "${@:4}" shared/b:owned; do
		read -ra words <<<"${3//%/$t/${folder%:*}}"
		if [[ $folder == *:- ]]; then
			allowed "$2 in '${folder%:*}'" a/x "${words[@]}"
		else
			denied "lsm:$1:${folder#*:}" "$2 in '${folder%:*}'" a/x "${words[@]}"
		fi
	done
	read -ra words <<<"${3//%/$t/shared/b}"
	allowed "$2 by its owner" b/y "${words[@]}"
}

# What is owned has metadata to change; who may only write makes times be now, as a write would.
metadata=(own:- shared:rights read:rights outside:no_grant)
of path_chmod "the mode" "chmod %/file" "${metadata[@]}"
of path_chmod "the mode of a folder" "chmod %" "${metadata[@]}"
of path_chown "the owner" "chown %/file" "${metadata[@]}"
of inode_setattr "times" "utimes %/file" "${metadata[@]}"
of inode_setattr "times, now" "touch %/file" own:- shared:- read:rights outside:no_grant
of inode_setxattr "an attribute, set" "setxattr %/file" "${metadata[@]}"
of inode_getxattr "an attribute, read" "getxattr %/file" own:-
for folder in read outside; do "$probe" setxattr "$t/$folder/file" >/dev/null; done
of inode_getxattr "an attribute, read" "getxattr %/file" read:- outside:-
of inode_removexattr "an attribute, removed" "removexattr %/file" "${metadata[@]}"
# Since Linux 6.2 these have hooks of their own.
acl=inode_@_acl
[[ $(uname -r) != 6.1.* ]] || acl=inode_@xattr
for folder in own read outside; do "$probe" set-acl "$t/$folder/file" >/dev/null; done
of "${acl/@/set}" "an access control list, set" "set-acl %/file" "${metadata[@]}"
of "${acl/@/get}" "one, read" "get-acl %/file" own:- read:- outside:-
of "${acl/@/remove}" "one, removed" "remove-acl %/file" "${metadata[@]}"
# By ioctl(2), for which the kernel wants it to be open and no more. What isn't granted can't be opened.
allowed "flags" a/x set-flags "$t/own/file"
denied lsm:file_ioctl:rights "flags of what may only be written" a/x set-flags "$t/shared/file"
denied lsm:file_ioctl:rights "flags of what may only be read" a/x set-flags "$t/read/file"
is "control: flags, by the host" "$("$probe" set-flags "$t/read/file")" "set-flags: ok"
for folder in own read; do
	denied lsm:file_ioctl:never "what is asked of all of its file system, by '$folder'" a/x freeze "$t/$folder"
done
is "control: by the host" "$("$probe" freeze "$t/own")" "freeze: ok"
# Subvolumes, snapshots, searches and sends of btrfs; handles of XFS; to trim, shut down, resize; a generation, by both
# names of the command; keys of an ext4; F2FS collects garbage, writes a checkpoint, flushes a device, resizes, and what
# isn't known of it; OCFS2 links by paths; NILFS2, bcachefs, SMB's keys. Their arguments are none, and most are another
# file system's.
exec {own}<"$t/own" {read}<"$t/read/file" {shared}<"$t/shared/file"
for command in 0x5000940e 0x50009417 0xd0009411 0x40489426 0x4030586b 0xc0185879 0x8004587d 0x40086610 0x40087602 0x40086604 \
	0xc0506617 0xc0406619 0x4004f506 0xf507 0x4008f50a 0x4018f50b 0x4008f510 0xf51c 0x40186f04 0x40106e8b 0x4010bc10 0xc020cf08; do
	denied lsm:file_ioctl:never "a file system's own command, $command" a/x syscall ioctl "$own" $command
	like "control: $command, by the host" "$("$probe" syscall ioctl "$own" $command)" "syscall: ok E*"
done
# The last two are of /proc, and have the numbers of two of the above.
for command in 0x40049409 0x4020940d 0x80086601 0xc020660b 0xc010f508 0xc020f509 0x4004cf03 0xc0606610 0xc0686611; do
	allowed "a command for the one file, $command" a/x syscall ioctl "$own" $command
done
# F2FS: pins a file, gives up its blocks; and a write that it need not be open for.
for command in 0x4004f50d 0x8008f512 0xf501 0xf519; do
	allowed "what changes the one file, $command" a/x syscall ioctl "$own" $command
	denied lsm:file_ioctl:rights "$command, of what may only be read" a/x syscall ioctl "$read" $command
	like "control: $command, by the host" "$("$probe" syscall ioctl "$read" $command)" "syscall: ok E*"
done
allowed "a write, of what may be written" a/x syscall ioctl "$shared" 0xf501
denied lsm:file_ioctl:rights "what changes more than that" a/x syscall ioctl "$shared" 0x4004f50d
exec {own}<&- {read}<&- {shared}<&-
denied lsm:path_chmod:owned "another's mode, by /proc/PID/root" a/x chmod "/proc/self/root$t/shared/b/file"

# To look at what isn't granted is no harm, but where it is another's.
looks=(own:- shared:- read:- outside:-)
of inode_getattr "stat" "stat %/file" "${looks[@]}"
of inode_getattr "stat of the folder" "stat %" "${looks[@]}"
of inode_readlink "readlink" "readlink %/link" "${looks[@]}"
of inode_listxattr "the names of attributes" "listxattr %/file" "${looks[@]}"

# A watch tells what others do.
watches=(own:- shared:- read:- outside:no_grant)
of path_notify "inotify" "inotify %/file" "${watches[@]}"
of path_notify "inotify of a folder" "inotify %" "${watches[@]}"
of path_notify "fanotify" "fanotify %/file file" "${watches[@]}"
for what in mount all; do
	denied lsm:path_notify:never "fanotify: $what of what its own lies on" a/x fanotify "$t/own" "$what"
	is "which the host may" "$("$probe" fanotify "$t/own" "$what")" "fanotify: ok"
done

# Whoever opens it then waits for whoever watches, be it another tenant, or the host.
denied lsm:path_notify:never "fanotify: to be asked before anybody opens its own" a/x fanotify "$t/own/file" first
denied lsm:path_notify:never "fanotify: to be asked before anybody opens what is read by all" a/x fanotify "$t/read/file" first
is "control: to be asked first, by the host" "$("$probe" fanotify "$t/read/file" first)" "fanotify: ok"

# And whoever opens what is leased. 1024, 1: F_SETLEASE, F_WRLCK.
# shellcheck disable=SC2016 # it is Perl's
lease='
	my ($cgroup, @files) = @ARGV;
	go($cgroup);
	for (@files) { open my $f, "<", $_ or die "$_: $!"; answer("lease", fcntl($f, 1024, 1) ? 0 : -1) }
'
files=("$t/own/file" "$t/shared/file" "$t/read/file")
is "a lease of what may only be read" "$(by_root "$base/a.slice/x.scope" "$lease" "${files[@]}")" "lease=ok lease=ok lease=EACCES "
expected[a/x:file_fcntl]=1
is "control: a lease, by the host" "$(by_root /sys/fs/cgroup "$lease" "${files[@]}")" "lease=ok lease=ok lease=ok "

of path_chroot "chroot" "chroot % /file" own:- shared:- read:- outside:no_grant

# What the kernel does to the layers of an overlay wasn't asked of it, and they belong to nobody.
for act in setxattr utimes removexattr chown uring-setxattr; do
	allowed "an overlay of its own, copied up: $act" a/x "$act" "$t/merged/$act"
done
allowed "pipes, sockets and memory are their holder's" a/x held
allowed "the same in a sandbox" a held
first_process a/x
private=/proc/$REPLY/root/tmp
read -r _ uid _ < <(grep ^Uid: "/proc/$REPLY/status")
: >"$private/file"
for act in chmod chown utimes; do
	allowed "its /tmp: $act" a/x "$act" "$private/file"
	denied "lsm:$([[ $act == utimes ]] && echo inode_setattr || echo "path_$act"):no_grant" \
		"another sandbox's /tmp: $act" a/other "$act" "$private/file"
done
chown "$uid" "$t/own/file"
chmod 777 "$t"/{own,shared/b}
allowed "in a sandbox: its own mode" a chmod "$t/own/file"
denied lsm:path_chmod:rights "and of what it may only write" a chmod "$t/shared/file"
denied lsm:inode_getattr:owned "and another's isn't looked at" a stat "$t/shared/b/file"

stop a/x
stop a/other
stop b/y
umount "$t/merged" "$t"
finish
