#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A grant on a file is one on its name: whatever file has the name has the rights, and no other name of
# the same file has them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{tmpfs,ext4}
mount_ext4 "$world/ext4"
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
tenant c <<POLICY
[filesystem]
exec = $world/bin
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

# ---- what has that name is yet to come, or its tenant has removed it ----

tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $own $world/tmpfs/d/coming
write = $write $folders $world/tmpfs/d $world/tmpfs/elsewhere
POLICY
mkdir -m 777 "$world/tmpfs/elsewhere/folder"
is "an own that isn't there is loaded by its name, and said" "$(sandboxctl lsm load 2>&1)" \
	"sandboxctl: lsm load: warning: $config/tenants/a.ini:4: own '$world/tmpfs/d/coming' is not there: what gets \
that name will be its tenant's, if it is a file; for a folder, load again"
start b/y "$probe" sleep 1000 </dev/null
start c/z "$probe" sleep 1000 </dev/null
sandbox -t a -- "$probe" exit 0
is "its tenant's runs don't need it, where its folder is in sight" "$status:$err" "0:"
denied lsm:path_mknod:owned "another doesn't make it" b/y write "$world/tmpfs/d/coming"
denied lsm:path_rename:owned "nor move anything there" b/y rename "$world/tmpfs/d/other" "$world/tmpfs/d/coming"
denied lsm:path_mkdir:owned "nor make a folder of it" b/y mkdir "$world/tmpfs/d/coming"
echo coming >"$world/tmpfs/d/coming"
chmod 666 "$world/tmpfs/d/coming"
denied "$other" "made by the host, it is closed to others" b/y read "$world/tmpfs/d/coming"
allowed "and its tenant's" a write "$world/tmpfs/d/coming"
start a/x "$probe" sleep 1000 </dev/null
allowed "its tenant removes it" a/x unlink "$world/tmpfs/d/coming"
denied lsm:path_mkdir:no_grant "and makes no folder of that name" a/x mkdir "$world/tmpfs/d/coming"
denied lsm:path_rename:no_grant "nor moves one there" \
	a/x rename "$world/tmpfs/elsewhere/folder" "$world/tmpfs/d/coming"
allowed "others go on" c exit 0
load 2>/dev/null
allowed "after lsm load, too" c exit 0
allowed "its tenant puts a symlink there" a/x symlink "$world/tmpfs/d/other" "$world/tmpfs/d/coming"
chown -h 12345 "$world/tmpfs/d/coming"
load 2>/dev/null
allowed "which keeps nobody else from running either" c exit 0
denied lsm:path_unlink:owned "it is its tenant's" b/y unlink "$world/tmpfs/d/coming"
sandbox -t a -- "$probe" exit 0
like "who doesn't run" "$status:$err" "125:*a.ini:4: '$world/tmpfs/d/coming' is a symlink that others than root can change*"
allowed "but may remove it" a/x unlink "$world/tmpfs/d/coming"
allowed "its tenant makes it anew" a/x write "$world/tmpfs/d/coming"
denied "$other" "and it is that tenant's again" b/y read "$world/tmpfs/d/coming"
rm "$world/tmpfs/d/coming"
mkdir -m 777 "$world/tmpfs/d/coming"
sandbox -t c -- "$probe" exit 0
like "a folder of that name, by the host: nobody runs until it is loaded" "$status:$err" "125:*lsm load*"
load
echo secret >"$world/tmpfs/d/coming/file"
chmod 666 "$world/tmpfs/d/coming/file"
denied "$other" "and then it is closed to others, with all in it" b/y read "$world/tmpfs/d/coming/file"
ln -s nowhere /srv/link-to-nothing
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = /srv/link-to-nothing
POLICY
is "an own that is a link to nothing is an error" "$(sandboxctl lsm load 2>&1)" \
	"sandboxctl: lsm load: $config/tenants/a.ini:4: own: open '/srv/link-to-nothing': No such file or directory: \
make it, or take it out of the policy"
rm /srv/link-to-nothing
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/tmpfs/none/file
POLICY
like "and so is one in a folder that isn't there" "$(sandboxctl lsm load 2>&1)" \
	"*a.ini:4: own: *No such file or directory: make it, or take it out of the policy"
tenant a <<POLICY
[filesystem]
exec = $world/bin
POLICY
load
stop a/x
stop b/y
stop c/z

# ---- a folder was somebody's, and then no more than a file in it is ----

his=$world/tmpfs/elsewhere/his
echo his >"$his"
chmod 666 "$his"
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/tmpfs/elsewhere
POLICY
load
allowed "a folder is a tenant's" a write "$his"
denied "$other" "and closed to another" b write "$his"
tenant a <<POLICY
[filesystem]
exec = $world/bin
POLICY
tenant c <<POLICY
[filesystem]
exec = $world/bin
own = $his
POLICY
load
allowed "then it is nobody's, and a file in it another's" c write "$his"
denied "$other" "who has the folder has not that file" b write "$his"
allowed "but all else" b write "$world/tmpfs/elsewhere/else"

finish
