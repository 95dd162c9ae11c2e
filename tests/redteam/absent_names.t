#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Names that were granted and that nothing has: who may make them is who was granted them, and by none of them
# rights on anything else rise. In the sandbox, where the folder is mounted to be written for that; and by root with
# all of its powers and the host's mounts, so that no wall is left but the LSM.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

d=$world/d e=$world/e theirs=$world/theirs tree=$world/tree
mkdir -m 777 "$d" "$d"/{below,mounted} "$e" "$e/folder" "$world"/{mine,turns,turns/{one,two}} "$theirs" "$theirs/out" \
	"$tree" "$tree"/{dev,proc,tmp,bin,var,var/lib}
mount -t tmpfs -o mode=777 mounted "$d/mounted"
for file in d/{other,readable} e/{file,second,third,fourth} theirs/file theirs/out/file turns/{one,two}/file tree/var/lib/file; do
	echo "of $file" >"$world/$file"
done
cp "$probe" "$tree/bin"

tenant a <<POLICY
[filesystem]
root = host
exec = $world/bin $d/program
own = $world/mine/coming
write = $e $d/new $d/next $d/below/new $world/turns/one/new
read = $d/readable $d/read
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $theirs
share = $theirs/out
POLICY
tenant c <<POLICY
[filesystem]
root = host
exec = $world/bin
read = $d/new
write = $theirs/new $theirs/out/new
POLICY
tenant folder <<POLICY
[filesystem]
exec = $world/bin
write = $d $world/turns
read = $d/fixed
POLICY
sandboxctl lsm load 2>/dev/null || bail "lsm load"

none=lsm:file_open:no_grant rights=lsm:file_open:rights
remove() { rm -rf "${@/#/$world/}"; }

# explains TENANT VERDICT ACT PATH
explains() {
	is "explain: $1: $3 $4" "$(sandboxctl policy explain "$1" "${@:3}" 2>&1 | sed 's/:.*//;q')" "$2"
}

# ---- in the sandbox ----

for name in new next below/new; do
	explains a allowed write "$d/$name"
	explains a denied exec "$d/$name"
	explains a denied metadata "$d/$name"
done
explains a allowed metadata "$world/mine/coming"
explains a allowed exec "$d/program"
explains a denied write "$d/program"
explains a denied write "$d/read"
explains a denied write "$d/absent"
explains a denied write "$d/mounted/absent"
explains c denied write "$d/new"

allowed "what isn't there is made" a write "$d/new"
is "it is there" "$(<"$d/new")" probe
chmod 666 "$d/new"
allowed "and read by another tenant that is granted to" c read "$d/new"
denied mount:EROFS "and written by none that isn't" c write "$d/new"
remove d/new
denied lsm:path_mknod:no_grant "another name in its folder isn't" a write "$d/absent"
denied $none "nor is another file written" a write "$d/other"
denied $none "or read" a read "$d/other"
denied lsm:path_unlink:no_grant "or removed" a unlink "$d/other"
denied lsm:path_rename:no_grant "or renamed to it" a rename "$d/other" "$d/new"
denied lsm:path_mkdir:no_grant "nor a folder made" a mkdir "$d/folder"
denied lsm:path_mkdir:no_grant "of that name neither" a mkdir "$d/new"
denied lsm:path_symlink:no_grant "nor a symlink" a symlink x "$d/link"
denied lsm:path_mknod:rights "nor what is to be read" a write "$d/read"
denied lsm:path_mknod:rights "nor what is to be executed" a write "$d/program"
denied mount:EROFS "what is mounted in its folder is as it was" a write "$d/mounted/absent"
denied mount:EROFS "and all around" a write "$world/mine/../absent"
sandbox -t a -- "$busybox" sh -c 'cd "$1" && echo one >new && echo two >next && mv next new && cat new && rm new &&
	echo three >new && echo more >>new && cat new' sh "$d"
is "it is replaced, removed and made again" "$status:$out" "0:two"$'\n'"three"$'\n'"more"$'\n'
allowed "its own that isn't there is made" a write "$world/mine/coming"
remove d/new mine/coming
sandbox -t a -- "$busybox" sh -c 'echo x >"$1" && chmod 600 "$1" && ls "$1"' sh "$world/mine/coming"
is "its metadata is its tenant's" "$status:$out" "0:$world/mine/coming"$'\n'
remove mine/coming

# ---- the LSM alone ----

start a/x "$probe" sleep 100000 </dev/null
start c/z "$probe" sleep 100000 </dev/null
start folder/y "$probe" sleep 100000 </dev/null

launched exec a/x -- "$probe" write "$d/new"
is "a further command makes it" "$status:$line" "0:write: ok"
is "nothing else is mounted for that: an update finds all as it was" "$(sandboxctl update a 2>&1)" ""
sed -i "s,^write = .*,& $d/later," "$config/tenants/a.ini"
sandboxctl lsm load 2>/dev/null
allowed "sandboxes go on when all is loaded anew" a/x write "$d/new"
denied lsm:path_mknod:no_grant "one isn't granted that it wasn't started with" a/x write "$d/later"
is "but by an update, which mounts nothing" "$(sandboxctl update a 2>&1)" "a/x keeps what it was started with: filesystem"
launched exec a/x -- "$probe" write "$d/later"
is "then it is made" "$status:$line" "0:write: ok"
remove d/{new,later}

allowed "LSM alone: made" a/x write "$d/new"
allowed "by a pipe" a/x mkfifo "$d/next"
allowed "removed" a/x unlink "$d/new"
allowed "as a socket" a/x listen-unix stream "$d/new" 0
allowed "replaced by what it may be renamed to" a/x rename "$e/file" "$d/new"
allowed "and away, where it may as much" a/x rename "$d/new" "$e/file"
denied lsm:path_rename:no_grant "not by what it has no right to" a/x rename "$d/other" "$d/new"
denied lsm:path_rename:rights "nor by what it may read" a/x rename "$d/readable" "$d/new"
denied lsm:path_link:rises "a link to what may be read would be written to" a/x link "$d/readable" "$d/new"
denied lsm:path_link:no_grant "a link to what isn't granted" a/x link "$d/other" "$d/new"
allowed "a link to what it may as much" a/x link "$e/second" "$d/new"
denied lsm:path_link:no_grant "and from there to a name that isn't granted" a/x link "$d/new" "$d/absent"
denied lsm:path_rename:no_grant "nor is it renamed to one" a/x rename "$d/new" "$d/absent"
denied lsm:path_rename:rises "nor to what it would own" a/x rename "$d/new" "$world/mine/coming"
denied lsm:path_link:rises "nor linked" a/x link "$d/new" "$world/mine/coming"
denied lsm:path_rename:rights "nor to what may be executed" a/x rename "$d/new" "$d/program"
denied lsm:path_rename:rights "or read" a/x rename "$d/new" "$d/read"
echo "of coming" >"$world/mine/coming"
denied lsm:path_rename:rises "exchanged, it would be owned" a/x exchange "$d/new" "$world/mine/coming"
denied lsm:path_rename:rises "the other way round, too" a/x exchange "$world/mine/coming" "$d/new"
allowed "its own goes where it has less" a/x rename "$world/mine/coming" "$d/new"
denied lsm:path_rename:rises "and not back" a/x rename "$d/new" "$world/mine/coming"
denied lsm:path_rename:no_grant "exchanged with another file" a/x exchange "$d/new" "$d/other"
denied lsm:path_rename:rights "or one that it may read" a/x exchange "$d/new" "$d/readable"
allowed "with one that it may as much" a/x exchange "$d/new" "$e/third"
remove d/new

# A folder has not the rights of the name: what lies in there wouldn't either.
denied lsm:path_mkdir:no_grant "no folder of that name is made" a/x mkdir "$d/new"
denied lsm:path_rename:no_grant "or moved there" a/x rename "$e/folder" "$d/new"
allowed "but somewhere else" a/x rename "$e/folder" "$e/moved"
echo x >"$d/new"
denied lsm:path_rename:no_grant "or exchanged with it" a/x exchange "$e/moved" "$d/new"
remove d/new
denied lsm:path_mkdir:no_grant "by whom its folder is granted to neither" folder/y mkdir "$d/new"
allowed "who makes another one" folder/y mkdir "$d/folder"
mkdir -m 777 "$d/new"
echo "of a folder" >"$d/new/file"
denied $none "the host makes one: what is in it isn't granted" a/x read "$d/new/file"
denied lsm:path_mknod:no_grant "nor can anything be made in it" a/x write "$d/new/more"
allowed "but in a sandbox that begins then" a write "$d/new/file"
remove d/new

# A symlink there is judged by what it leads to, and nothing is mounted through it.
allowed "a symlink of that name is made" a/x symlink "$d/other" "$d/new"
denied $none "it is no way to what isn't granted" a/x read "$d/new"
chown -h 12345 "$d/new"
sandbox -t a -- "$probe" exit 0
like "and no sandbox begins" "$status:$err" "125:*a.ini:6: '$d/new' is a symlink that others than root can change*"
remove d/new

# Less than what its folder has: nobody makes it, whatever it is made of.
denied lsm:path_mknod:rights "a name to be read, in a folder to be written: made" folder/y write "$d/fixed"
denied lsm:path_symlink:rights "a symlink" folder/y symlink x "$d/fixed"
denied lsm:path_link:rights "a link" folder/y link "$d/other" "$d/fixed"
denied lsm:path_rename:rights "a file that is renamed" folder/y rename "$d/other" "$d/fixed"
allowed "to another name it is" folder/y rename "$d/other" "$d/again"
mv "$d/again" "$d/other"

# The host's file of that name, whenever it comes.
echo "of the host" >"$d/new"
allowed "what the host makes is granted" a/x read "$d/new"
ln "$d/new" "$d/linked"
denied $none "and no other link of it" a/x read "$d/linked"
denied $rights "with the rights of each tenant: read" c/z write "$d/new"
allowed "read" c/z read "$d/new"
remove d/new d/linked

# In what another tenant owns, and shares.
denied lsm:path_mknod:owned "in another's own it isn't made" c/z write "$theirs/new"
echo "of b" >"$theirs/new"
denied lsm:file_open:owned "nor read" c/z read "$theirs/new"
allowed "in what that one shares it is" c/z write "$theirs/out/new"
denied $none "and its neighbours aren't" c/z read "$theirs/out/file"
denied lsm:path_mkdir:owned "or made in its own" c/z mkdir "$theirs/folder"
allowed "its owner uses it" b read "$theirs/new"
remove theirs/new theirs/out/new
stop a/x
stop c/z

# ---- a folder that another tenant puts in the place of its folder ----

n_made=0 n_refused=0
(as folder/y "$probe" exchange-loop "$world/turns/one" "$world/turns/two") &
swapper=$!
for ((n = 0; n < 12; n++)); do
	sandbox -t a -- "$busybox" sh -c 'for i in 1 2 3 4 5 6 7 8; do echo x >"$1/new"; echo x >"$1/else"; echo x >"$1/file"; done; exit 0' \
		sh "$world/turns/one" 2>/dev/null
	case $status in
	0) n_made=$((n_made + 1)) ;;
	125) n_refused=$((n_refused + 1)) ;;
	*) result "not ok" "a run ends otherwise" "$(what_happened)" ;;
	esac
	rm -f "$world"/turns/*/new
done
for pid in $(<"$base/folder.slice/y.scope/cgroup.procs"); do
	[[ $(tr '\0' ' ' </proc/"$pid"/cmdline) != *exchange-loop* ]] || kill "$pid"
done
wait "$swapper" 2>/dev/null
# What was removed while the folders took turns may have been elsewhere just then.
rm -f "$world"/turns/*/new
is "a folder that is exchanged all the time, $n_made times in use and $n_refused refused: no other name is made in either" \
	"$(cd "$world/turns" && printf '%s\n' */* | sort -u)" "one/file"$'\n'"two/file"
like "and no other file is written" "$(cat "$world"/turns/*/file)" "of turns/@(one|two)/file"$'\n'"of turns/@(one|two)/file"
stop folder/y
finish
