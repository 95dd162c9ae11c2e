#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Sandboxes in the background: their supervisor has nothing of its caller's, costs little, and reports.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

tenant a <<POLICY
[filesystem]
exec = $world/bin
write = $world/tmp
POLICY
load
mkfifo "$tmp/go" "$tmp/said"
exec {go}<>"$tmp/go" {said}<>"$tmp/said"

# detached OPTION... -- COMMAND...
detached() {
	status=0
	: >"$tmp/json"
	sandboxctl run -t a --detach "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
}

# The number behind KEY in a sandbox's status.
status_of() { # KEY TENANT/NAME
	json=
	read_all json "$state/sandboxes/$2/status"
	field "$1"
}

# What --json-status-fd has written to $tmp/json, when it is there; the value of KEY.
reported() { # KEY
	json=
	until [[ $json ]]; do read_all json "$tmp/json"; done
	field "$1"
}

# Says something when it runs, and ends with the code that it is told.
waiting='echo ready >'$tmp/said'; read code <'$tmp/go'; exit "$code"'
ready() {
	read -rt 60 line <&"$said" || bail "it doesn't run: $err"
}

# ---- a start ----

exec {open}<"$config/tenants/a.ini" # which is not to be inherited
detached --name one -- "$busybox" sh -c "$waiting"
exec {open}<&-
is "it prints its name" "$status:$out:$err" $'0:a/one\n:'
ready
status_of supervisor a/one
supervisor=$REPLY
like "it is listed" "$(sandboxctl list)" '*a *one *running *'

read_all line "/proc/$supervisor/stat"
read -r -a words <<<"${line##*) }"
is "the supervisor leads a session of its own, without a terminal" "${words[3]}:${words[4]}" "$supervisor:0"
is "its place is the root" "$(readlink "/proc/$supervisor/cwd")" /
is "it is in the host's root cgroup" "$(<"/proc/$supervisor/cgroup")" "0::/"
links=
for fd in /proc/"$supervisor"/fd/{0,1,2}; do
	links+=$(readlink "$fd"):
done
is "its stdin, stdout and stderr are the null device" "$links" /dev/null:/dev/null:/dev/null:
inherited=
for fd in /proc/"$supervisor"/fd/*; do
	case $(readlink "$fd") in
	*/a.ini | pipe:* | "$tmp"/*) inherited+=x ;;
	esac
done
# Pipes: that by which init and the command were told to go, and that of what it writes.
is "it holds nothing that its caller had" "$inherited" xx

# private PID: in kB, in REPLY; what of it is written, in `dirty`.
private() {
	local words
	REPLY=0 dirty=0
	while read -r -a words; do
		case ${words[0]} in
		Private_*) REPLY=$((REPLY + words[1])) ;;&
		Private_Dirty:) dirty=${words[1]} ;;
		esac
	done <"/proc/$1/smaps_rollup"
}
# Beside another one, for the program's own text is all supervisors' together.
detached --name other --json-status-fd 9 -- "$busybox" sleep 1000 9>"$tmp/json"
private "$supervisor"
echo "# the supervisor's private memory: $REPLY kB, written $dirty kB"
is "the supervisor has less than 1 MB of private memory" "$((REPLY > 0 && REPLY < 1024))" 1
start a/far "$probe" sleep 1000 </dev/null # beside another one here too
start a/near "$probe" sleep 1000 </dev/null
status_of init a/near
init=$REPLY
# What its set-up took it gives back when there has been nothing to do for a moment.
for ((total = 0, until = SECONDS + 10; SECONDS < until && (total == 0 || total + REPLY > 300);)); do
	private "${supervisors[a/near]}"
	total=$REPLY
	private "$init"
done
echo "# in the foreground, its init's included: $((total + REPLY)) kB"
is "in the foreground it has no more than 300 KB, with its init" "$((total > 0 && total + REPLY <= 300))" 1
stop a/near
stop a/far
sandboxctl kill a/other
reported reason
is "another one is killed, and its report says so" "$REPLY" signal

# ---- an end ----

sandboxctl wait a/one >"$tmp/out" &
waiter=$!
until [[ $(readlink /proc/$waiter/fd/* 2>/dev/null) == */outcome* ]]; do :; done
echo 7 >&"$go"
wait "$waiter"
is "wait has its exit code" "$?:$(<"$tmp/out")" "7:a/one: reason=exit exit_code=7"

detached --name two --timeout 100ms --json-status-fd 9 -- "$busybox" sleep 1000 9>"$tmp/json"
is "one with a timeout starts" "$status:$out" $'0:a/two\n'
reported reason
is "its report says the timeout, on the descriptor that was asked for" "$REPLY" timeout

# ---- after the end ----

# has_ended TENANT/NAME: it is remembered, and its entry is gone.
has_ended() {
	until [[ -e $state/ended/$1 && ! -e $state/sandboxes/$1 ]]; do :; done
}
detached --name past -- "$busybox" sh -c 'echo "$1"; exit 5' sh first
has_ended a/past
status=0
out=$(sandboxctl wait a/past) || status=$?
is "wait knows it afterwards" "$status:$out" "5:a/past: reason=exit exit_code=5"
is "and more than once" "$(sandboxctl wait a/past)" "$out"
is "so does logs" "$(sandboxctl logs a/past)" first
is "and logs --follow, which ends" "$(sandboxctl logs --follow a/past)" first
is "list doesn't show it" "$(sandboxctl list | grep -c past)" 0
like "list --all does" "$(sandboxctl list --all)" '*a *past *ended *'
refuses 1 "sandboxctl: there is no sandbox 'a/past'*" "nothing else can be done with it" sandboxctl kill a/past
refuses 125 "sandboxctl: exec: there is no sandbox 'a/past'*" "nothing is executed in it" sandboxctl exec a/past -- "$busybox" true
sandboxctl gc >"$tmp/out"
is "gc leaves it" "$(sandboxctl logs a/past)" first
sandbox -t a --name past -- "$busybox" true
is "the next run of that name takes its place" "$(sandboxctl list --all | grep -c past)" 0
detached --name past -- "$busybox" sh -c '"$0" seq 30000; exec "$0" seq 30000 30500' "$busybox" # 0.2 MB
has_ended a/past
out=$(sandboxctl logs a/past)
is "the last that it wrote is kept" "${out##*$'\n'}:$(stat -c %s "$state/ended/a/past/log.end")" 30500:65536
for n in {1..40}; do
	mkdir "$state/ended/a/old$n"
done
detached --name last -- "$busybox" true
has_ended a/last
until kept=("$state"/ended/a/*) && ((${#kept[@]} == 16)); do :; done
ok "no more than 16 are, and the last one is" test -e "$state/ended/a/last/outcome"
detached --name never -- "$world/nothing"
ok "one that didn't start isn't" test ! -e "$state/ended/a/never"
(umask 022 && mv "$config/tenants/a.ini" "$tmp/a.ini")
sandboxctl gc >"$tmp/out"
like "gc forgets those of a tenant that is removed" "$(<"$tmp/out"):$(ls "$state/ended")" "*what is remembered of tenant a*:"
(umask 022 && mv "$tmp/a.ini" "$config/tenants/a.ini")
load

# ---- no start ----

detached -- "$world/nothing"
like "a command that isn't there" "$status:$out:$err" "127::sandboxctl: run: *nothing*"
printf '#!%s/none\n' "$world" >"$world/bin/script"
chmod 755 "$world/bin/script"
detached -- "$world/bin/script"
like "one that can't be executed" "$status:$out:$err" "127::sandboxctl: run: exec: *script*"
detached --policy "$world/nothing" -- "$busybox" true
like "a policy that isn't there" "$status:$out:$err" "125::sandboxctl: run: *nothing*"
detached --name one --json-status-fd 9 -- "$busybox" sh -c "$waiting" 9>"$tmp/one.json"
ready
detached --name one -- "$busybox" true
like "a name that is in use" "$status:$out:$err" "125::sandboxctl: run: claim-name: *a/one*runs already*"
echo 0 >&"$go"
mv "$tmp/one.json" "$tmp/json"
reported reason
is "the first wasn't hurt" "$REPLY" exit

# Until its caller is told nobody knows of it.
exec {lock}<"$state/locks/a"
flock "$lock"
sandboxctl run -t a --detach --name lost -- "$busybox" sleep 1000 >"$tmp/out" 2>"$tmp/err" &
caller=$!
until [[ -e $state/sandboxes/a/lost/lock ]]; do :; done
kill -KILL "$caller"
wait "$caller" 2>/dev/null
exec {lock}<&-
until [[ ! -e $state/sandboxes/a/lost ]]; do :; done
is "where the caller was killed before it was told nothing stays" "$(<"$tmp/out"):$(left_behind)" ":"

# ---- a killed supervisor ----

orphan() {
	detached --name orphan -- "$busybox" sh -c "$waiting"
	ready
	status_of supervisor a/orphan
	kill -KILL "$REPLY"
	while [[ -d /proc/$REPLY ]]; do :; done
	status_of pid a/orphan
}
orphan
is "what a killed supervisor leaves lives on" "$(<"/proc/$REPLY/comm")" busybox
like "and is listed as an orphan" "$(sandboxctl list)" '*a *orphan *orphaned *'
sandboxctl kill a/orphan
is "kill ends it" "$?:$(left_behind)" "0:"
orphan
status=0
out=$(sandboxctl gc 2>&1) || status=$?
like "gc does" "$status:$out:$(left_behind)" "0:removed sandbox a/orphan*:"
orphan
detached --name orphan -- "$busybox" true
is "and the next of that name" "$status:$out" $'0:a/orphan\n'
until [[ ! -e $state/sandboxes/a/orphan ]]; do :; done

rm "$world/bin/script"
finish
