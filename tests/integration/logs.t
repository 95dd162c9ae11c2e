#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a command writes, kept by its supervisor: in its entry, in a file, in the journal.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

tenant a <<POLICY
[filesystem]
exec = $world/bin
write = $world/tmp
POLICY
load
mkdir -m 700 "$world/log"
mkfifo "$tmp/go" "$tmp/said"
exec {go}<>"$tmp/go" {said}<>"$tmp/said"

# run OPTION... -- COMMAND...
run() {
	status=0
	sandboxctl run -t a "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
}

logs() {
	status=0
	sandboxctl logs "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
}

# background NAME SCRIPT: which waits with `pause` until the test says `go_on`.
pause='echo >'$tmp/said'; read code <'$tmp/go
background() {
	run --detach --name "$1" -- "$busybox" sh -c "$2" "$busybox"
	[[ $status == 0 ]] || bail "$1: $err"
}
paused() {
	read -rt 60 line <&"$said" || bail "it doesn't run: $err"
}
go_on() {
	echo "${1-0}" >&"$go"
}
gone() { # NAME
	until [[ ! -e $state/sandboxes/a/$1 ]]; do :; done
}

# ---- in its entry ----

background one "echo first; echo second >&2; $pause; exit \$code"
paused
until logs a/one && [[ $out == *second* ]]; do :; done
is "logs prints both streams in their order" "$status:$out:$err" $'0:first\nsecond\n:'
json=
read_all json "$state/sandboxes/a/one/status"
field pid
command=$REPLY
is "the command has a pipe, and no file" \
	"$(stat -Lc %F "/proc/$command/fd/1" "/proc/$command/fd/2" | sort -u)" fifo
: >"$tmp/followed"
sandboxctl logs -f a/one >"$tmp/followed" &
follower=$!
until [[ $(<"$tmp/followed") == *second* ]]; do :; done
go_on 3
wait "$follower"
is "logs --follow ends with the sandbox" "$?:$(<"$tmp/followed")" $'0:first\nsecond'
logs a/one
is "it is there afterwards, too" "$status:$out" $'0:first\nsecond\n'
logs a/none
like "there is none of one that never was" "$status:$err" "1:*there is no sandbox 'a/none'*"

background turn "$pause; \$0 yes 012345678 | \$0 head -c 700000; $pause; echo last"
paused
sandboxctl logs --follow a/turn >"$tmp/followed" &
follower=$!
go_on
paused
go_on
wait "$follower"
is "one that is followed may turn" "$(tail -n 1 "$tmp/followed"):$(wc -c <"$tmp/followed")" last:700005

background orphan "echo first; $pause"
paused
sandboxctl logs --follow a/orphan >"$tmp/followed" &
follower=$!
json=
read_all json "$state/sandboxes/a/orphan/status"
field supervisor
until [[ $(<"$tmp/followed") == first ]]; do :; done
kill -KILL "$REPLY"
wait "$follower"
followed=$?
logs a/orphan
is "nothing more comes of an orphan, and what there is can be read" "$followed:$status:$out" $'0:0:first\n'
background other "echo other; $pause"
paused
until logs a/other && [[ $out ]]; do :; done
logs a
is "logs of a tenant names each sandbox" "$status:$out" $'0:==> a/orphan <==\nfirst\n==> a/other <==\nother\n'
logs --follow a
like "one can be followed, not all of a tenant's" "$status:$err" "2:usage: *logs*"
sandboxctl kill a/other
gone other
sandboxctl kill a/orphan
gone orphan

background big "\$0 yes 012345678 | \$0 head -c 3000000; echo last; $pause"
paused
until logs a/big && [[ $out == *last* ]]; do :; done
is "the newest of it is kept" "$((${#out} > 500000)):${out: -5}" $'1:last\n'
size=$(cat "$state"/sandboxes/a/big/log* | wc -c)
is "no more than 1 MB" "$((size <= 1 << 20))" 1
go_on
gone big

background flood "\$0 yes"
json=
read_all json "$state/sandboxes/a/flood/status"
field supervisor
dirty=0
while read -r -a words; do
	[[ ${words[0]} != Private_Dirty: ]] || dirty=${words[1]}
done <"/proc/$REPLY/smaps_rollup"
echo "# the supervisor's written memory in a flood: $dirty kB"
is "a flood needs no memory of the supervisor's" "$((dirty > 0 && dirty < 1024))" 1
sandboxctl kill a/flood
gone flood

# ---- a file ----

file=$world/log/file
run --log "$file" -- "$busybox" sh -c 'echo first; echo second >&2'
is "--log takes both streams" "$status:$out:$err:$(<"$file")" $'0:::first\nsecond'
run --log "$file" -- "$busybox" echo third
is "it appends to what is there" "$(<"$file"):$(stat -c %a "$file")" $'first\nsecond\nthird:600'
rm "$file"
cd "$world/log" || bail cd
run --log file -- "$busybox" sh -c '$0 yes 012345678 | $0 head -c 1000000' "$busybox"
cd / || bail cd
is "all is written by the end" "$status:$(wc -c <"$file")" 0:1000000
rm "$file"

run --detach --name file --log "$file" --json-status-fd 9 -- \
	"$busybox" sh -c "echo first; $pause; exit \$code" 9>"$tmp/json"
paused
logs a/file
like "logs says where it goes" "$status:$err" "1:*a/file*see '$file'*"
go_on 3
# Which is the very last that it writes.
until [[ $(<"$tmp/json") ]]; do :; done
like "the report goes there too" "$(<"$file")" $'first\nsandboxctl: a/file: reason=exit exit_code=3'

refused() { # TEXT PATTERN FILE
	run --log "$3" -- "$busybox" echo written
	like "$1" "$status:$err" "125:sandboxctl: run: log: $2"$'\n'
}
echo kept >"$world/log/kept"
ln -s kept "$world/log/link"
refused "a link is refused" "*link*" "$world/log/link"
ln "$world/log/kept" "$tmp/hard"
refused "a file that has another name" "*hard*not root's alone*" "$tmp/hard"
rm "$tmp/hard"
install -o 70000 -m 600 /dev/null "$tmp/theirs"
refused "another's file" "*theirs*not root's alone*" "$tmp/theirs"
ln -s "$world/log" "$tmp/folder"
refused "by a link that others may change" "*folder*symlink that others than root can change*" "$tmp/folder/new"
refused "a folder" "*log*neither a file nor a fifo*" "$world/log"
refused "a device" "*null*neither a file nor a fifo*" /dev/null
mkfifo -m 600 "$world/log/fifo"
refused "a fifo that nobody reads" "*fifo*start the reader first*" "$world/log/fifo"
is "nothing was written to any of them" "$(<"$world/log/kept")$(<"$tmp/theirs"):$(echo "$world"/log/new*)" kept:
exec {fifo}<>"$world/log/fifo"
run --log "$world/log/fifo" -- "$busybox" echo written
read -rt 10 line <&"$fifo"
is "a fifo that is read" "$status:$line" 0:written
exec {fifo}<&-

mkdir "$world/small"
mount -t tmpfs -o size=16k small "$world/small"
run --log "$world/small/log" -- "$busybox" sh -c '$0 yes 012345678 | $0 head -c 100000' "$busybox"
like "a full disk is told, and stops nobody" "$status:$err" "0:*a/run-*log: * bytes were lost: No space left*"
umount "$world/small"

start a/front "$busybox" sh -c 'echo ready; read code' <"$tmp/go"
logs a/front
like "what is written to the caller isn't kept" "$status:$err" "1:*a/front*isn't kept*--log*"
stop a/front

# ---- the journal ----

rm -rf /run/systemd/journal
refused "without a journal" "*connect to the journal*it is systemd's: without it use --log FILE" journal
mkdir -p /run/systemd/journal
/lib/systemd/systemd-journald >/dev/null 2>&1 &
journal=$!
until [[ -S /run/systemd/journal/stdout ]]; do
	[[ -d /proc/$journal ]] || bail "systemd-journald has ended"
done
run --detach --name journal --log journal -- "$busybox" sh -c "echo '<0>first'; $pause"
paused
logs a/journal
like "logs says how to read it there" "$status:$err" "1:*a/journal*journalctl -t sandboxctl:a/journal*"
go_on
gone journal
journalctl --sync
is "the journal has it, and takes no priority from a tenant" \
	"$(journalctl -q -o cat -t sandboxctl:a/journal -p info..info)" "<0>first"
kill "$journal"
wait "$journal"

rm -rf "$world/log" "$tmp/folder"
finish
