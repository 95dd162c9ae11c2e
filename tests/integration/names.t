#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A grant on a file is one on its name: whatever file has the name has the rights, and no other name of
# the same file has them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{tmpfs,ext4}
if ! { mkfs.ext4 -q /dev/vda && mount /dev/vda "$world/ext4"; }; then
	bail "making an ext4"
fi
chmod 777 "$world/ext4"
long=$(printf '%0119d' 0)

for fs in tmpfs ext4; do
	t=$world/$fs
	mkdir -m 777 "$t"/{d,d/below,both,elsewhere}
	for file in d/{read,write,own,other,program,"$long"} d/below/read both/{read,other}; do
		echo "of $file" >"$t/$file"
	done
	cp "$probe" "$t/d/program"
	chmod 777 "$t/d/program"
	ln "$t/d/read" "$t/d/link"
	ln "$t/d/own" "$t/elsewhere/link"
done

all() { # PATH: on both file systems
	REPLY="$world/tmpfs/$1 $world/ext4/$1"
}
all d/read && read=$REPLY
all d/write && write=$REPLY
all d/own && own=$REPLY
all d/program && program=$REPLY
all "d/$long" && read+=" $REPLY"
all both && folders=$REPLY
all both/read && read+=" $REPLY"
all elsewhere && elsewhere=$REPLY

tenant a <<POLICY
[filesystem]
exec = $world/bin $program
own = $own
write = $write $folders
read = $read
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
write = $world/tmpfs/d $world/ext4/d $elsewhere
POLICY
load

# replace FILE: as an editor does it, by a new file and a rename.
replace() {
	echo "new ${1##*/}" >"$1.new"
	chmod 777 "$1.new"
	mv "$1.new" "$1"
}

start a/x "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null
none=lsm:file_open:no_grant rights=lsm:file_open:rights other=lsm:file_open:owned

for fs in tmpfs ext4; do
	t=$world/$fs
	allowed "$fs: a granted file" a/x read "$t/d/read"
	denied $none "$fs: another name of it" a/x read "$t/d/link"
	denied $none "$fs: its neighbour" a/x read "$t/d/other"
	denied $none "$fs: a file of that name in a folder below" a/x read "$t/d/below/read"
	denied $rights "$fs: a read grant, written" a/x write "$t/d/read"
	allowed "$fs: a write grant" a/x write "$t/d/write"
	allowed "$fs: its own" a/x write "$t/d/own"
	denied "$other" "$fs: another's own, under a grant on the folder" b/y read "$t/d/own"
	denied "$other" "$fs: by another name of it, too" b/y read "$t/elsewhere/link"
	allowed "$fs: an exec grant" a/x exec "$t/d/program" exit 0
	allowed "$fs: a name of 119 bytes" a/x read "$t/d/$long"
	allowed "$fs: a file in a granted folder" a/x write "$t/both/other"
	denied $rights "$fs: one that is granted nearer, and less" a/x write "$t/both/read"

	for file in d/{read,write,own} both/read; do replace "$t/$file"; done
	allowed "$fs: what took its place" a/x read "$t/d/read"
	is "$fs: it is the new one" "$line" "read: ok new read"
	allowed "$fs: what took the place of a write grant" a/x write "$t/d/write"
	allowed "$fs: what took the place of its own" a/x write "$t/d/own"
	denied "$other" "$fs: that is another's own as well" b/y read "$t/d/own"
	denied $rights "$fs: what took the place of a lesser grant" a/x write "$t/both/read"
	allowed "$fs: in a new sandbox, without lsm load" a read "$t/d/read"
	is "$fs: it is the new one there" "$line" "read: ok new read"
	allowed "$fs: its own in a new sandbox" a write "$t/d/own"
	denied "$other" "$fs: another's own in a new sandbox" b write "$t/d/own"

	mv "$t/d/write" "$t/d/moved"
	denied $none "$fs: under another name it isn't granted any more" a/x read "$t/d/moved"
	rm "$t/d/read"
	mv "$t/d/moved" "$t/d/read"
	denied $rights "$fs: under that of another grant it has the rights of that" a/x write "$t/d/read"
	echo "of write" >"$t/d/write"
	chmod 666 "$t/d/write"
	allowed "$fs: made anew, it is granted" a/x write "$t/d/write"

	# A folder of the same name is another folder.
	mv "$t/d" "$t/away"
	mkdir -m 777 "$t/d"
	cp "$t/away"/{read,write,own,program,"$long"} "$t/d"
	denied $none "$fs: in a folder that has taken the place of the other" a/x read "$t/d/read"
	allowed "$fs: in the old one, wherever that is" a/x read "$t/away/read"
	denied "$other" "$fs: what is owned there, likewise" b/y read "$t/away/own"
	rm -r "$t/d"
	mv "$t/away" "$t/d"
done
stop a/x
stop b/y

finish
