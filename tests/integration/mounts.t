#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Trees that are seen at another place: `mount` in a policy, --mount of run.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{data,data/inner,shared,shared/point,plain,plain/b,tools,tools/sub,own,theirs,other}
for folder in data data/inner shared plain plain/b tools own theirs other; do
	echo "of $folder" >"$world/$folder/file"
	chmod 666 "$world/$folder/file"
done
cp "$probe" "$world/tools/program"
cp "$probe" "$world/data/program"
ln -s "$world/data" "$world/link"
ln -s data "$world/way"

tenant a <<POLICY
[filesystem]
exec = $world/bin $world/tools
own = $world/own
read = $world/plain
mount = $world/data:/data $world/data/inner:/inner:ro
mount = $world/shared/file:/srv/deep/er/file:ro $world/tools:/opt/tools:ro
mount = $world/own:/home:ro $world/plain/b:/b
mount = $world/link/inner:/by-link
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/theirs
POLICY
load

# ---- what is seen where, by the policy ----

sandbox -t a -- "$probe" read /data/file
is "a tree at another place" "$status:$line" "0:read: ok of data"
allowed "it is written" a write /data/file
denied view:ENOENT "and isn't seen at its own" a read "$world/data/file"
sandbox -t a -- "$probe" read /srv/deep/er/file
is "one file, to read" "$status:$line" "0:read: ok of shared"
denied mount:EROFS "which is not written" a write /srv/deep/er/file
denied view:ENOENT "nor seen are others beside it" a read /srv/deep/er/program
denied mount:EACCES "a program there isn't executed" a exec /data/program exit 0
allowed "one that an exec grant covers is" a exec /opt/tools/program exit 0
allowed "at its own place too" a exec "$world/tools/program" exit 0
allowed "what it owns, shown to read" a read /home/file
denied mount:EROFS "is only read there" a write /home/file
allowed "and written at its own place" a write "$world/own/file"
allowed "a part that is shown to read is read" a read /inner/file
denied mount:EROFS "and not written" a write /inner/file
allowed "where the whole is shown to write, it is" a write /data/inner/file
allowed "a part of what is granted to read is written where it is shown so" a write /b/file
denied mount:EROFS "and not at its own place" a write "$world/plain/b/file"
allowed "a source that the administrator's symlink leads to" a write /by-link/file

for question in "write /data/file" "write /home/file" "exec /opt/tools/program" "exec /data/program" "open /inner/file" \
	"write /inner/file" "write /data/inner/file" "write /b/file" "write $world/plain/b/file" "open $world/data/file" \
	"open /srv/deep/er/file" "open /srv/deep" "write /by-link/file" "write $world/own/file"; do
	# shellcheck disable=SC2086 # words
	verdict=$(sandboxctl policy explain a $question)
	act=${question%% *}
	words=("${act/#open/read}" "${question#* }")
	[[ $act != exec ]] || words+=(exit 0)
	try a "${words[@]}"
	answer=denied
	[[ $line != *": ok"* && $line != *EISDIR* ]] || answer=allowed
	is "explain agrees: $question" "${verdict%%:*}" "$answer"
done
is "policy check has nothing against it" "$(sandboxctl policy check "$config/tenants/a.ini" 2>&1)" ""
like "policy show has it" "$(sandboxctl policy show a)" "*mount = $world/data:/data*"

# ---- the LSM alone ----

start a/x "$probe" sleep 1000 </dev/null
allowed "LSM alone: a mount is a grant" a/x write "$world/data/file"
denied lsm:file_open:rights "LSM alone: to read, where it is ':ro'" a/x write "$world/shared/file"
allowed "LSM alone: which takes nothing from what is granted" a/x write "$world/own/file"
allowed "LSM alone: nor from another mount" a/x write "$world/data/inner/file"
allowed "LSM alone: nor the right to execute" a/x exec "$world/tools/program" exit 0
denied lsm:file_open:no_grant "LSM alone: what lies beside" a/x read "$world/other/file"
stop a/x

# ---- by the command line ----

on() { # MOUNT ATTEMPT...: beside the policy's own
	sandbox -t a --mount "$1" -- "$probe" "${@:2}"
}
on "$world/other:/other" write /other/file
is "--mount, to write" "$status:$line" "0:write: ok"
on "$world/other:/other:ro" write /other/file
is "--mount, to read" "$status:$line" "1:write: EROFS"
on "$world/other:/other:ro" read /other/file
like "which it is" "$status:$line" "0:read: ok of other"
sandbox -t a --mount "$world/other:/1" --mount "$world/other/file:/2:ro" -- "$probe" read /2
like "more than one" "$status:$line" "0:read: ok of other"
on "$world/theirs:/theirs" read /theirs/file
field last_denial_why
is "another tenant's own stays closed" "$status:$line:$REPLY" "1:read: EACCES at open:${reasons[owned]}"
on "$world/other:/tmp" write /tmp/file
is "in the place of /tmp" "$status:$line" "0:write: ok"
like "which is the host's then" "$(<"$world/other/file")" "*probe*"
on "$world/other:/tmp/below" write /tmp/below/file
is "in /tmp" "$status:$line" "0:write: ok"
on "$world/other:$world/own/point" read /x
like "in a tree of the host's nothing is made for it" "$status:$err" \
	"125:*--mount $world/other:$world/own/point: there is no place for '$world/own/point' in '$world/own': No such file*"
ok "so nothing is there" test ! -e "$world/own/point"
mkdir "$world/own/point"
on "$world/other:$world/own/point" read "$world/own/point/file"
like "but where it is, it is used" "$status:$line" "0:read: ok of other"
on "$world/other/file:$world/own/point" read /x
like "a file on a folder" "$status:$err" "125:*one is a folder, and one isn't*"
ln -s "$world/other" "$world/own/trap"
on "$world/other:$world/own/trap" read /x
like "a symlink that the tenant made is none" "$status:$err" "125:*Too many levels of symbolic links*"
on "$world/own/trap:/x" read /x/file
like "nor is it a source" "$status:$err" "125:*--mount $world/own/trap:/x: *symlink that others than root can change*"
on "$world/none:/x" read /x
like "a source that isn't there" "$status:$err" "125:*--mount $world/none:/x: *No such file*"
on "$world/other:/data" read /x
like "a place that is taken by the policy" "$status:$err" \
	"125:*--mount $world/other:/data: '/data' shows another tree already*"
on "$world/other:$world/tools" read /x
like "or by a grant" "$status:$err" "125:*'$world/tools' shows another tree already*"
for mount in "$world/other:/dev/x" "$world/other:/proc" "$world/other" "other:/x" "$world/other:/x:rw"; do
	on "$mount" read /x
	like "--mount $mount" "$status:$err" "125:*run: --mount: '$mount': *"
done
sandbox -t a --mount "$world/other:/other:ro" --dry-run -- "$probe" exit 0
like "--dry-run shows them" "$out" "*mount $world/data on /data"$'\n*'"mount $world/other on /other to read"$'\n*'

tenant c <<POLICY
[filesystem]
exec = $world/bin $world/way/program
mount = $world/other:$world/way/x
POLICY
load
sandbox -t c -- "$probe" exit 0
like "a place behind a link that the root has" "$status:$err" \
	"125:*c.ini:4: '$world/way' is a symlink to 'data': mount it where that leads to*"

finish
