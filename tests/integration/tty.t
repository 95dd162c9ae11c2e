#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A terminal of the sandbox's own: job control works there, and the caller's is out of reach.
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
mkfifo "$tmp/keys"
exec {keys}<>"$tmp/keys"
screen=$tmp/screen

# session <<SCRIPT: begins a shell script at a terminal, where `keys` types and which `screen` shows.
session() {
	local text
	IFS= read -rd '' text
	{
		printf 'stty rows 33 cols 77 erase "^H"\nstty -g >%s/before\ntty >%s/outer\n' "$tmp" "$tmp"
		printf '%s\necho "status=$?"\nstty -g >%s/after\necho "it is" over\n' "${text%$'\n'}" "$tmp"
	} >"$tmp/script"
	shown=
	: >"$screen"
	TERM=xterm script -qfec "bash $tmp/script" /dev/null <&"$keys" >"$screen" 2>&1 &
	session=$!
}

# shows TEXT: waits until it does, behind what was waited for before.
shows() {
	local text until=$((SECONDS + 40))
	for (( ; ; )); do
		read_all text "$screen"
		text=${text#"$shown"}
		if [[ $text == *"$1"* ]]; then
			shown+=${text%%"$1"*}$1
			return
		fi
		((SECONDS < until)) || bail "the screen doesn't show '$1': $text"
	done
}

keys() {
	printf %b "$1" >&"$keys"
}

# over STATUS TEXT: the session is, and its terminal as it was before.
over() {
	shows "status=$1"
	shows "it is over"
	wait "$session"
	is "$2" "$(<"$tmp/after")" "$(<"$tmp/before")"
}

gone() { # TENANT/NAME
	until [[ ! -e $state/sandboxes/$1 ]]; do :; done
}

# run OPTION... -- COMMAND...
run() {
	status=0
	sandboxctl run "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
}

# ---- a shell ----

# What is typed is shown as well: so an answer never is what was typed.
session <<<"sandboxctl run -t a --name shell --tty -- $busybox sh -i"
shows '$ '
read_all outer "$tmp/outer"
outer=${outer%$'\n'}
keys 'echo at $(tty) $TERM $(stty size)\r'
shows 'at /dev/pts/0 xterm 33 77'
result ok "it has a terminal of its own, of the size and the kind of the caller's"
like "the caller's acts on nothing that is typed" "$(stty -F "$outer" -a)" "*-isig -icanon*-echo *"
keys 'stty -a\r'
shows 'erase = ^H'
shows $'\nisig icanon'
result ok "its own does, as the caller's did"
sandbox -t a -- "$busybox" id -u
keys 'echo owner $(stat -c %u:%g:%a /dev/pts/0)\r'
shows "owner $line:$line:620"
result ok "it is the tenant's"
keys 'ls -1 --color=never /proc/$$/fd; echo li"sted"\r'
shows $'\n0\r\n1\r\n10\r\n2\r\nlisted'
keys 'for fd in 0 1 10 2; do readlink /proc/$$/fd/$fd; done\r'
shows $'\n/dev/pts/0\r\n/dev/pts/0\r\n/dev/tty\r\n/dev/pts/0\r\n'
result ok "no other one is open"
stty -F "$outer" rows 40 cols 100
keys 'until [ "$(stty size)" = "40 100" ]; do :; done; echo re"sized"\r'
shows resized
result ok "when the caller's has another size it has, too"

# ---- job control ----

keys "$busybox sh -c 'echo be\"gun\"; exec \$0 sleep 1000' $busybox\\r"
shows begun
keys '\003'
keys 'echo status=$?\r'
shows status=130
result ok "^C ends what is in the foreground, and not the shell"
keys "$busybox sh -c 'echo be\"gun\"; read word; echo got-\$word'\\r"
shows begun
keys '\032'
shows Stopped
keys 'jobs\r'
shows Stopped
result ok "^Z stops it"
keys 'fg\r'
keys 'word\r'
shows got-word
result ok "fg goes on with it"

# ---- a further command ----

status=0
sandboxctl exec --tty a/shell -- "$busybox" sh -c '$0 tty; $0 cat; exit 5' "$busybox" <<<"a line" \
	>"$tmp/out" 2>"$tmp/err" || status=$?
read_all out "$tmp/out"
out=${out//$'\r'/}
is "exec --tty has another one" "$status:$(grep -x /dev/pts/1 <<<"$out"):${out: -7}" $'5:/dev/pts/1:a line\n'
keys 'exit 7\r'
over 7 "the caller's terminal is as it was"

# ---- ends ----

session <<<"sandboxctl run -t a --name killed --tty -- $busybox sh -i"
shows '$ '
first_process a/killed
kill -KILL "$REPLY"
over 137 "so it is when the command is killed"
session <<<"sandboxctl run -t a --timeout 500ms --tty -- $busybox sleep 1000"
over 124 "when its time is over"
session <<<"sandboxctl run -t a --tty -- $world/nothing"
over 127 "when it isn't there"

session <<SCRIPT
sandboxctl run -t a --name hangup --tty -- $busybox sh -c \\
	'trap "echo hung up >$tmp/said; exit" HUP; echo up; while :; do \$0 sleep 1000 & wait; done' $busybox
SCRIPT
shows up
kill -KILL "$session"
wait "$session" 2>/dev/null
gone a/hangup
is "when the caller's terminal is gone it hangs up" "$(<"$tmp/said")" "hung up"

session <<SCRIPT
set -m
sandboxctl run -t a --name background --tty -- $busybox sh -c 'echo up; read word; echo got-\$word' &
until [[ \$(jobs) == *Stopped* ]]; do :; done
stty -g | cmp - $tmp/before && echo un"touched"
fg
SCRIPT
shows untouched
result ok "one that is started in the background waits for the foreground"
shows up
keys 'word\r'
shows got-word
over 0 "and gives it back"

# ---- no terminal at the caller's ----

run -t a --tty -- "$busybox" sh -c '$0 cat; echo end' "$busybox" </dev/null
is "what stdin has not" "$status:$out" $'0:end\r\n'
run -t a --tty -- "$busybox" sh -c 'read -r word; echo "[$word]"; exit 3' < <(printf 'half a line')
like "a file's end within a line" "$status:$out" $'3:half a line*[[]half a line[]]\r\n'
run -t a --tty -- "$busybox" sh -c '$0 yes 012345678 | $0 head -c 300000' "$busybox" </dev/null
is "all that it shows is there" "$status:$(tr -d '\r' <"$tmp/out" | wc -c)" 0:300000
run -t a --tty -- "$busybox" sh -c 'exec <&- >&- 2>&-; exec >/dev/tty; echo back; exit 4' </dev/null
is "it may close it, and open it again" "$status:$out" $'4:back\r\n'
sandboxctl run -t a --tty -- "$busybox" yes </dev/null 2>/dev/null | read -r line
is "who stops to read hangs up" "${PIPESTATUS[0]}" 129
mkfifo "$tmp/stuck"
exec {stuck}<>"$tmp/stuck"
sandboxctl run -t a --timeout 500ms --tty -- "$busybox" yes </dev/null >"$tmp/stuck" 2>/dev/null
is "who never reads keeps nothing from its end" "$?" 124
exec {stuck}<&-

refuses 125 "sandboxctl: run: --tty speaks with the caller: leave --detach out" "in the background there is none" \
	sandboxctl run -t a --tty --detach -- "$busybox" true
refuses 125 "sandboxctl: run: --tty speaks with the caller: leave --log out" "nor into a log" \
	sandboxctl run -t a --tty --log "$tmp/log" -- "$busybox" true

# ---- typing at it ----

run -t a --tty -- "$probe" syscall ioctl 0 0x540b </dev/null
is "a request of its terminal" "$status:$out" $'0:syscall: ok\r\n'
run -t a --tty -- "$probe" type x </dev/null
is "TIOCSTI [seccomp]" "$status:$out" $'1:type: EPERM\r\n'
run -t a --tty -- "$probe" syscall ioctl 0 0x541c </dev/null
like "TIOCLINUX [seccomp]" "$status:$out" "1:syscall: EPERM*"

exec {keys}<&-
finish
