#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What makes, moves and removes files without opening them: by root with all of its powers and the host's
# mounts, so that no wall is left but the LSM. Each denial beside the same act where it is allowed.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/{tmpfs,ext4}
mount_ext4 "$world/ext4"
chmod 777 "$world/ext4"

owns='' shares='' reads='' programs='' others=''
for fs in tmpfs ext4; do
	t=$world/$fs
	mkdir -m 777 "$t"/{own,shared,shared/b,read,program,outside}
	for folder in own shared shared/b read program outside; do
		mkdir -m 777 "$t/$folder/"{empty,full,gone}
		for file in first second third fourth fifth kept full/file; do
			echo "of $folder" >"$t/$folder/$file"
		done
	done
	echo "$fs fixed" >"$t/shared/fixed"
	mkdir -m 777 "$t/own/turn"
	echo "of own" >"$t/own/turn/kept"
	ln -s "$t/shared/b" "$t/own/to-other"
	owns+=" $t/own" shares+=" $t/shared $t/program" reads+=" $t/read $t/shared/fixed" others+=" $t/shared/b"
	programs+=" $t/program"
done
tenant a <<POLICY
[filesystem]
exec = $world/bin $programs
own = $owns
write = $shares
read = $reads
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $others
POLICY
load

start a/x "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null

# everywhere HOOK TEXT ATTEMPT: allowed in what a owns or may write to, denied in the rest. Of ATTEMPT "%"
# stands for the folder.
everywhere() {
	local folder words
	for folder in own shared; do
		read -ra words <<<"${3//%/$t/$folder}"
		allowed "$fs: $2 in '$folder'" a/x "${words[@]}"
	done
	for folder in shared/b:owned read:rights outside:no_grant; do
		read -ra words <<<"${3//%/$t/${folder%:*}}"
		denied "lsm:$1:${folder#*:}" "$fs: $2 in '${folder%:*}'" a/x "${words[@]}"
	done
	read -ra words <<<"${3//%/$t/shared/b}"
	allowed "$fs: $2 by its owner" b/y "${words[@]}"
}

for fs in tmpfs ext4; do
	t=$world/$fs

	before=$(cd "$t" && find read outside | sort)
	everywhere path_mknod "a file" "write %/made"
	everywhere path_mknod "a pipe" "mkfifo %/pipe"
	everywhere path_mknod "a socket" "listen-unix stream %/socket 0"
	everywhere path_mkdir "a folder" "mkdir %/folder"
	everywhere path_symlink "a symlink" "symlink x %/symlink"
	everywhere path_link "a link" "link %/first %/link"
	everywhere path_rename "a rename" "rename %/first %/renamed"
	everywhere path_rename "a rename that replaces" "rename %/second %/full/file"
	everywhere path_rename "a folder, renamed" "rename %/empty %/full/empty"
	everywhere path_rename "an exchange" "exchange %/full %/third"
	everywhere path_rename "a rename with a whiteout" "whiteout %/fourth %/whiteout"
	everywhere path_unlink "an unlink" "unlink %/fifth"
	everywhere path_rmdir "a folder, removed" "rmdir %/gone"
	is "$fs: nothing was changed where it was denied" "$(cd "$t" && find read outside | sort)" "$before"

	# A device leads past all file systems, so a sandbox makes none; the host does.
	for what in "" " 254 0"; do
		read -ra words <<<"mknod $t/own/device$what"
		denied lsm:path_mknod:never "$fs: a device node${what:+ of a disk} in its own" a/x "${words[@]}"
		is "$fs: as the host may" "$("$probe" "${words[@]}")" "mknod: ok"
		rm "$t/own/device"
	done

	# From one place to another: another's own neither loses nor gets a file.
	for folder in own shared shared/b read program outside; do echo "of $folder" >"$t/$folder/moved"; done
	denied lsm:path_rename:owned "$fs: out of another's own" a/x rename "$t/shared/b/moved" "$t/shared/got"
	denied lsm:path_rename:owned "$fs: into another's own" a/x rename "$t/shared/moved" "$t/shared/b/put"
	denied lsm:path_rename:owned "$fs: over a file of another's own" a/x rename "$t/shared/moved" "$t/shared/b/moved"
	denied lsm:path_rename:owned "$fs: exchanged with one of another's own" \
		a/x exchange "$t/shared/moved" "$t/shared/b/moved"
	denied lsm:path_rename:owned "$fs: the folder that is another's own" a/x rename "$t/shared/b" "$t/shared/c"
	denied lsm:path_rename:owned "$fs: one exchanged with it" a/x exchange "$t/shared/moved" "$t/shared/b"
	denied lsm:path_link:owned "$fs: a link to another's file" a/x link "$t/shared/b/moved" "$t/shared/got"
	denied lsm:path_link:owned "$fs: a link in another's folder" a/x link "$t/shared/moved" "$t/shared/b/put"
	denied lsm:path_link:no_grant "$fs: a link to what was not granted" a/x link "$t/outside/moved" "$t/own/got"
	denied lsm:path_rename:no_grant "$fs: out of what was not granted" a/x rename "$t/outside/moved" "$t/own/got"
	denied lsm:path_rename:no_grant "$fs: to what was not granted" a/x rename "$t/own/moved" "$t/outside/put"
	denied lsm:path_rename:rights "$fs: out of a read grant" a/x rename "$t/read/moved" "$t/own/got"
	denied lsm:path_rename:rights "$fs: into a read grant" a/x rename "$t/own/moved" "$t/read/put"

	# Rights never rise: as at the border of a file system, so mv(1) copies.
	denied lsm:path_link:rises "$fs: a link from a read grant to where it could be written" \
		a/x link "$t/read/moved" "$t/own/got"
	denied lsm:path_rename:rises "$fs: from what may be written to its own" a/x rename "$t/shared/moved" "$t/own/got"
	denied lsm:path_rename:rises "$fs: to where it could be executed" a/x rename "$t/shared/moved" "$t/program/got"
	denied lsm:path_rename:rises "$fs: a folder of such" a/x rename "$t/shared/third" "$t/program/got"
	denied lsm:path_rename:rises "$fs: an exchange that raises the one" a/x exchange "$t/own/moved" "$t/shared/moved"
	denied lsm:path_rename:rises "$fs: or the other" a/x exchange "$t/shared/moved" "$t/own/moved"
	denied lsm:path_link:rises "$fs: a link to where it could be executed" a/x link "$t/shared/moved" "$t/program/got"
	allowed "$fs: from where it may be executed to where not" a/x rename "$t/program/moved" "$t/shared/back"
	allowed "$fs: from its own to where all may" a/x rename "$t/own/moved" "$t/shared/given"
	allowed "$fs: a link from where it may be executed" a/x link "$t/program/kept" "$t/shared/linked"

	# A file with a label of its own, in a folder that may be written to.
	denied lsm:path_unlink:rights "$fs: a file that is granted to be read, removed" a/x unlink "$t/shared/fixed"
	denied lsm:path_rename:rights "$fs: renamed" a/x rename "$t/shared/fixed" "$t/shared/loose"
	denied lsm:path_rename:rights "$fs: replaced" a/x rename "$t/shared/moved" "$t/shared/fixed"
	denied lsm:path_link:rises "$fs: linked to a name that isn't granted" a/x link "$t/shared/fixed" "$t/program/fixed"

	# Files without a name, and by another way to the same folder.
	allowed "$fs: a file without a name gets one" a/x tmpfile-link "$t/shared" "$t/shared/named"
	denied lsm:path_link:owned "$fs: one in another's folder" a/x tmpfile-link "$t/shared" "$t/shared/b/named"
	denied lsm:path_link:rises "$fs: one where more is allowed" a/x tmpfile-link "$t/shared" "$t/own/named"
	denied lsm:path_unlink:owned "$fs: another's, by /proc/PID/root" a/x unlink "/proc/self/root$t/shared/b/moved"
	allowed "$fs: its own, by /proc/PID/root" a/x unlink "/proc/self/root$t/own/made"
	denied lsm:path_mknod:owned "$fs: a new file by a symlink to another's folder" a/x write "$t/own/to-other/new"

	# A folder and a link to another's take turns.
	denied lsm:file_open:owned "$fs: a race for another's file" a exchange-race "$t/own/turn" "$t/own/to-other" kept
done

first_process a/x
private=/proc/$REPLY/root/tmp
allowed "its /tmp: a file is made" a/x write "$private/file"
allowed "renamed" a/x rename "$private/file" "$private/renamed"
allowed "a folder" a/x mkdir "$private/folder"
denied lsm:path_mknod:never "and no device" a/x mknod "$private/device"
denied lsm:ptrace_access_check:owned "another tenant's /tmp" b/y write "$private/other"
denied lsm:ptrace_access_check:owned "nor removed from" b/y unlink "$private/renamed"

stop a/x
stop b/y

# ---- what is owned stays where its policy says it is, or another folder would be owned there ----

for fs in tmpfs ext4; do
	mkdir -p "$world/$fs"/way/{up/{b,none},free/below}
	chmod -R 777 "$world/$fs/way"
done
tenant a <<POLICY
[filesystem]
exec = $world/bin
write = $world/tmpfs/way $world/ext4/way
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/tmpfs/way/up/b $world/tmpfs/way/up/none $world/ext4/way/up/b $world/ext4/way/up/none
write = $world/tmpfs/way $world/ext4/way
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null
anchor=lsm:path_rename:anchor
for fs in tmpfs ext4; do
	t=$world/$fs/way
	allowed "$fs: a folder that it may write to is moved" a/x rename "$t/free" "$t/moved"
	allowed "$fs: and back" a/x rename "$t/moved" "$t/free"
	denied $anchor "$fs: not one on the way to another's own" a/x rename "$t/up" "$t/moved"
	denied $anchor "$fs: nor exchanged" a/x exchange "$t/up" "$t/free"
	denied $anchor "$fs: by either side" a/x exchange "$t/free" "$t/up"
	denied $anchor "$fs: nor by its owner" b/y rename "$t/up" "$t/moved"
	denied $anchor "$fs: who doesn't move its own away either" b/y rename "$t/up/b" "$t/moved"
	denied lsm:path_rmdir:anchor "$fs: nor removes it" b/y rmdir "$t/up/none"
	denied $anchor "$fs: nor puts another in its place" b/y rename "$t/free/below" "$t/up/none"
	allowed "$fs: what is in there is as it was" b/y mkdir "$t/up/b/new"
	allowed "$fs: and moves" b/y rename "$t/up/b/new" "$t/up/b/newer"
	allowed "$fs: other folders are removed" b/y rmdir "$t/free/below"
done
allowed "and everybody runs" a exit 0
stop a/x
stop b/y

# By who doesn't see that something is mounted there: the kernel unmounts it everywhere then.
t=$world/tmpfs/way
mkdir -m 777 "$t"/{mounted,other}
elsewhere() { # CGROUP ATTEMPT...: in a mount namespace where nothing is mounted there
	status=0
	unshare -m --propagation private perl -e "$in_perl"'
		my ($cgroup, $root, @attempt) = @ARGV;
		my $path = "$root/mounted\0";
		syscall(166, $path, 2) == 0 or die "umount: $!";
		go($cgroup);
		exec @attempt' "$1/cgroup.procs" "$t" "${@:2}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all out "$tmp/out"
	line=${out%%$'\n'*}
}
mount -t tmpfs -o mode=0777 mounted "$t/mounted" || bail "mount"
mkdir -m 777 "$t/mounted/b"
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $t/mounted/b
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
x=$base/a.slice/x.scope
elsewhere "$x" "$probe" rename "$t/mounted" "$t/moved"
is "what another's own is mounted on: not moved, unseen" "$status:$line" "1:rename: EACCES"
elsewhere "$x" "$probe" rmdir "$t/mounted"
is "what another's own is mounted on: not removed, unseen" "$status:$line" "1:rmdir: EACCES"
elsewhere "$x" "$probe" rmdir "$t/other"
is "what nothing is mounted on is removed" "$status:$line" "0:rmdir: ok"
expected[a/x:path_rename]=1 expected[a/x:path_rmdir]=1
ok "it is where it was" test -d "$t/mounted/b"
stop a/x
tenant b <<POLICY
[filesystem]
exec = $world/bin
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
elsewhere "$x" "$probe" rmdir "$t/mounted"
is "control: once nobody owns anything there, it is removed" "$status:$line" "0:rmdir: ok"
ok "control: and what was mounted there is unmounted" test ! -e "$t/mounted"
start b/y "$probe" sleep 1000 </dev/null
for fs in tmpfs ext4; do
	t=$world/$fs/way
	allowed "$fs: once nobody owns anything there, it is moved" a/x rename "$t/up" "$t/moved"
done
stop a/x
stop b/y
umount "$world/ext4"
finish
