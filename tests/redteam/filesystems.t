#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each kind of file system is labelled alike, with no wall but the LSM; and what only some of them have is no way
# in: snapshots, names that ignore case, commands of ioctl(2), folders below 63 others.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
. "${0%/*}/../integration/lib.sh"

modprobe loop || bail "loop devices"
kinds=(tmpfs ext4 xfs btrfs overlay 9p)
mkdir -m 777 "$world"/{tmpfs,ext4,xfs,btrfs,overlay,folding}
nine=/run/vm/share/nine # the guest's own way to its machine
ln -s "$nine" "$world/9p"
mkdir "$nine"
image() { # NAME MIB MKFS...: made in a file, mounted
	truncate -s "$2M" "$world/$1.image"
	"${@:3}" "$world/$1.image" >"$tmp/mkfs" 2>&1 || bail "$3: $(<"$tmp/mkfs")"
	mount -o loop "$world/$1.image" "$world/$1" || bail "mounting '$1'"
}
mount_ext4 "$world/ext4"
image xfs 300 mkfs.xfs -q
image btrfs 128 mkfs.btrfs -q
# Without checksums, so that an inode's generation can be set.
image folding 16 mkfs.ext4 -q -O casefold,^metadata_csum
mkdir -m 777 "$world/folding/"{own,read}
mkdir -m 777 "$world/ext4"/{layers,layers/{lower,upper,work}}

# What it has before anybody is granted it; for an overlay, in the layer below.
fill() { # FOLDER
	local folder file
	chmod 777 "$1"
	mkdir -m 777 "$1"/{own,shared,shared/b,read,outside}
	for folder in own shared shared/b read outside; do
		mkdir -m 777 "$1/$folder/folder"
		for file in first second third fourth; do echo "of $folder" >"$1/$folder/$file"; done
	done
	# Nobody's modes deny anything.
	chmod -R a+rwX "$1"
}
own='' write='' read='' others=''
for kind in "${kinds[@]}"; do
	t=$(readlink -f "$world/$kind")
	[[ $kind != overlay ]] || t=$world/ext4/layers/lower
	fill "$t"
	t=$(readlink -f "$world/$kind")
	own+=" $t/own" write+=" $t/shared" read+=" $t/read" others+=" $t/shared/b"
done
mount -t overlay -o "lowerdir=$world/ext4/layers/lower,upperdir=$world/ext4/layers/upper,workdir=$world/ext4/layers/work" \
	overlay "$world/overlay" || bail "making an overlay"
t=$world/btrfs
for name in sub mine spare shared/b/sub; do
	is "control: a subvolume, by the host" "$("$probe" subvolume "$t/$(dirname "$name")" "${name##*/}")" "subvolume: ok"
done
for name in sub mine; do
	echo "of $name" >"$t/$name/file"
	chmod 777 "$t/$name" "$t/$name/file"
done

policies() { # A B: what they have besides
	tenant a <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $own
		write = $write
		read = $read
		$1
	POLICY
	tenant trial <<-POLICY
		[filesystem]
		exec = $world/bin
		[lsm]
		mode = audit
	POLICY
	tenant b <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $others
		$2
	POLICY
	load
}
all_start() {
	start a/x "$probe" sleep 100000 </dev/null
	start trial/t "$probe" sleep 100000 </dev/null
	start b/y "$probe" sleep 100000 </dev/null
}
all_stop() {
	stop a/x
	stop trial/t
	stop b/y
}
policies "read = $t/mine $world/folding/read"$'\n'"own = $world/folding/own" "own = $t/sub"
all_start
other=lsm:file_open:owned none=lsm:file_open:no_grant rights=lsm:file_open:rights

for kind in "${kinds[@]}"; do
	t=$(readlink -f "$world/$kind")
	for when in "" ", nothing of it cached"; do
		[[ -z $when ]] || echo 3 >/proc/sys/vm/drop_caches
		allowed "$kind: its own$when" a/x rdwr "$t/own/first"
		allowed "$kind: a write grant$when" a/x rdwr "$t/shared/first"
		allowed "$kind: a read grant$when" a/x read "$t/read/first"
		denied $rights "$kind: a read grant, written$when" a/x write "$t/read/first"
		# That asks whether the file could be made before it looks whether it is there.
		[[ $kind != 9p ]] || expected[a/x:path_mknod]=$((${expected[a/x:path_mknod]-0} + 1))
		denied "$other" "$kind: another's own$when" a/x read "$t/shared/b/first"
		denied "$other" "$kind: another's own, on trial$when" trial/t read "$t/shared/b/first"
		denied "$none" "$kind: without a grant$when" a/x read "$t/outside/first"
		allowed "$kind: by its owner$when" b/y rdwr "$t/shared/b/first"
	done
	allowed "$kind: its own, written" a/x write "$t/own/first"
	allowed "$kind: and read again" a/x read "$t/own/first"
	allowed "$kind: its own, made" a/x write "$t/own/made"
	denied lsm:path_mknod:owned "$kind: another's own, made" a/x write "$t/shared/b/made"
	denied lsm:path_unlink:owned "$kind: another's own, removed" a/x unlink "$t/shared/b/second"
	allowed "$kind: its own, removed" a/x unlink "$t/own/second"
	denied lsm:path_rename:owned "$kind: another's own, moved" a/x rename "$t/shared/b/third" "$t/shared/got"
	allowed "$kind: a granted file, moved" a/x rename "$t/shared/third" "$t/shared/folder/third"
	denied lsm:path_link:owned "$kind: another's own, linked" a/x link "$t/shared/b/third" "$t/shared/got"
	allowed "$kind: a granted file, linked" a/x link "$t/shared/fourth" "$t/shared/folder/fourth"
	denied lsm:path_chmod:owned "$kind: another's mode" a/x chmod "$t/shared/b/first"
	allowed "$kind: its own mode" a/x chmod "$t/own/fourth"
	denied lsm:inode_getattr:owned "$kind: another's, looked at" a/x stat "$t/shared/b/first"
	# Of an overlay no folder can be moved.
	[[ $kind != overlay ]] || continue
	# What the host moves keeps its label, whatever else is where it was.
	mv "$t/shared/b" "$t/outside/b"
	denied "$other" "$kind: another's own, moved by the host" a/x read "$t/outside/b/first"
	allowed "$kind: by its owner, still" b/y read "$t/outside/b/first"
	mv "$t/outside/b" "$t/shared/b"
done

# ---- the layers of an overlay, which belong to nobody ----

for layer in lower/own/first upper/own/first lower/shared/b/first; do
	denied "$none" "overlay: $layer itself" a/x read "$world/ext4/layers/$layer"
done
like "overlay: it was copied up" "$(<"$world/ext4/layers/upper/own/first")" "of own*probe"
is "overlay: and is as it was below" "$(<"$world/ext4/layers/lower/own/first")" "of own"

# ---- snapshots: the same numbers, the same generation, the same device ----

t=$world/btrfs
for name in sub mine; do
	is "control: a snapshot of '$name', by the host" "$("$probe" snapshot "$t/$name" "$t/outside" "$name")" "snapshot: ok"
	is "its file has the same number" "$(stat -c %i "$t/outside/$name/file")" "$(stat -c %i "$t/$name/file")"
done
for when in "" ", nothing of it cached"; do
	[[ -z $when ]] || echo 3 >/proc/sys/vm/drop_caches
	allowed "the subvolume that is granted$when" a/x read "$t/mine/file"
	denied "$none" "a snapshot of it isn't$when" a/x read "$t/outside/mine/file"
	denied "$other" "another's own$when" a/x read "$t/sub/file"
	allowed "by its owner$when" b/y read "$t/sub/file"
	denied "$none" "a snapshot of it is nobody's$when" b/y read "$t/outside/sub/file"
	denied "$none" "and no other's$when" a/x read "$t/outside/sub/file"
done
denied "$other" "a snapshot of another's own" a/x snapshot "$t/sub" "$t/shared" got
never=lsm:file_ioctl:never
denied $never "a snapshot of what may be read, to where it may be written" a/x snapshot "$t/mine" "$t/shared" got
denied $never "a subvolume in what may be read" a/x subvolume "$t/read" made
denied $never "another's subvolume, removed by the folder above" a/x remove-subvolume "$t/shared" b/sub
denied $never "one that nobody owns" a/x remove-subvolume "$t/shared" none
is "control: by the host" "$("$probe" remove-subvolume "$t" spare)" "remove-subvolume: ok"

# ---- what ioctl(2) changes ----

t=$world/folding
for folder in own read; do
	denied $never "the generation, by which a label knows its inode: of '$folder'" a/x set-version "$t/$folder"
done
is "control: by the host" "$("$probe" set-version "$t")" "set-version: ok"
for kind in ext4 btrfs xfs; do
	t=$world/$kind
	allowed "$kind: flags, in its own" a/x set-flags "$t/own/fourth"
	denied lsm:file_ioctl:rights "$kind: flags, of what it may write" a/x set-flags "$t/shared/fourth"
	denied lsm:file_ioctl:rights "$kind: flags, of what it may read" a/x set-flags "$t/read/fourth"
	is "$kind: control: by the host" "$("$probe" set-flags "$t/outside/fourth")" "set-flags: ok"
done

# ---- more than 63 folders ----

deep() { # FOLDER LEVELS: the path, in `p`
	local i
	p=$1
	for ((i = 0; i < $2; i++)); do p+=/d; done
}
t=$world/tmpfs
# With the file itself and the root of the file system.
for where in own:60 shared/b:59; do
	deep "$t/${where%:*}" "${where#*:}"
	mkdir -p "$p/d"
	for file in "$p/file" "$p/d/file"; do echo deep >"$file"; done
	chmod -R 777 "$t/${where%:*}/d"
done
deep "$t/own" 60
allowed "64 deep" a/x read "$p/file"
depth=lsm:file_open:depth
denied $depth "65 deep" a/x read "$p/d/file"
allowed "64 deep: truncate(2)" a/x truncate "$p/file"
denied lsm:path_truncate:depth "65 deep: truncate(2)" a/x truncate "$p/d/file"
denied lsm:inode_getattr:depth "65 deep: looked at" a/x stat "$p/d/file"
allowed "a file is made 64 deep" a/x write "$p/new"
denied $depth "65 deep: it is made, and can't be opened" a/x write "$p/d/new"
denied lsm:path_link:depth "65 deep: linked to where it can be reached" a/x link "$p/d/file" "$t/own/got"
deep "$t/shared/b" 59
denied "$other" "another's, 64 deep" trial/t read "$p/file"
denied $depth "another's, 65 deep, on trial" trial/t read "$p/d/file"
# A tree goes down, with what was within reach, and comes up again.
deep "$t/own/folder" 40
mkdir -p "$p"
echo deep >"$p/file"
chmod -R 777 "$t/own/folder"
allowed "before it is moved" a/x read "$p/file"
deep "$t/own" 30
allowed "a tree is moved down" a/x rename "$t/own/folder" "$p/moved"
deep "$p/moved" 40
denied $depth "and what lies deepest is out of reach" a/x read "$p/file"
denied lsm:path_unlink:depth "nor is it removed" a/x unlink "$p/file"
denied lsm:path_rename:depth "nor moved by itself" a/x rename "$p/file" "$t/own/got"
deep "$t/own" 30
allowed "a tree is moved up" a/x rename "$p/moved" "$t/own/folder"
deep "$t/own/folder" 40
allowed "and all is there" a/x read "$p/file"

# ---- names: dots, slashes, capitals ----

t=$world/ext4
for path in first ./first folder/../first /first ./folder/./.././first folder/../../shared/first; do
	denied "$other" "another's own, as 'shared/b/$path'" a/x read "$t/shared/b/${path/..\/shared/..\/b}"
	allowed "its own, as 'own/$path'" a/x read "$t/own/${path/..\/shared/..\/own}"
done
all_stop
f=$world/folding
mkdir -m 777 "$f"/{folder,plain}
chattr +F "$f/folder" || bail "a folder that ignores case"
for folder in folder plain; do
	echo secret >"$f/$folder/Secret"
	chmod 666 "$f/$folder/Secret"
done
policies "write = $f" "own = $f/folder $f/plain/Secret"
all_start
for name in Secret secret SECRET ./sEcret; do
	denied "$other" "in a folder that ignores case, which is another's own: $name" a/x read "$f/folder/$name"
	allowed "by its owner: $name" b/y read "$f/folder/$name"
done
denied "$other" "in a folder that doesn't: another's own file" a/x read "$f/plain/Secret"
allowed "another file, whose name differs in case" a/x write "$f/plain/secret"
all_stop
tenant b <<POLICY
[filesystem]
own = $f/folder/Secret
POLICY
refuses 1 "*'$f/folder/Secret': its folder ignores case: other names lead to it, too: name its folder" \
	"a file in a folder that ignores case is nobody's by its name" sandboxctl lsm load
tenant b <<POLICY
[filesystem]
exec = $world/bin
read = $f/folder/Secret
POLICY
load
refuses 125 "*'$f/folder/Secret': its folder ignores case: *: name its folder" "nor is it granted by that" \
	sandboxctl run -t b -- "$probe" exit 0
tenant b <<POLICY
[filesystem]
root = host
exec = $world/bin
write = $f/folder/absent
POLICY
load
refuses 125 "*'$f/folder/absent': its folder ignores case: *: name its folder" "or before it is there" \
	sandboxctl run -t b -- "$probe" exit 0

umount "$world/overlay" "$world"/{ext4,xfs,btrfs,folding}
rm -r "$nine"
finish
