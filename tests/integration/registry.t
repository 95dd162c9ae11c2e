#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What others than its supervisor do with a sandbox: see it, stop it, end it, wait for it, and take away
# what a killed supervisor has left.
#
# It needs the build by `make FAILPOINTS=1`.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016,SC2317
. "${0%/*}/lib.sh"

killable=$repo/build/failpoints/bin/sandboxctl
[[ -x $killable ]] || bail "make FAILPOINTS=1"

mkdir -m 777 "$world"/{a,b}
echo "a's" >"$world/a/file"
echo "b's" >"$world/b/file"
tenant a <<POLICY
[cgroup]
memory.max = 200M
pids.max = 40
[cgroup.sandbox]
memory.max = 100M
pids.max = 20
[filesystem]
exec = $world/bin
own = $world/a
# So that a killed supervisor leaves something, and there is no init to count.
[namespaces]
pid = no
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b
[namespaces]
pid = no
POLICY
tenant c <<POLICY
[filesystem]
exec = $world/bin
POLICY
forget_all # by an earlier test
load

# The value of KEY in what --json has printed, in REPLY.
json_of() { # KEY COMMAND...
	json=$("${@:2}")
	json=${json//[[:space:]]/}
	field "$1"
}

mkfifo "$tmp/in"
exec {in}<>"$tmp/in"

# A sandbox that ends with the code that is written to its stdin.
start_reader() { # TENANT/NAME
	start "$1" "$busybox" sh -c 'echo ready; read code; exit "$code"' <"$tmp/in"
}

# Comes back when process PID has that many descriptors open; fails when it has ended.
has_open() { # PID NUMBER PATTERN
	local fds fd n=-1
	until ((n == $2)); do
		fds=(/proc/"$1"/fd/*) n=0
		((${#fds[@]})) || return 1
		for fd in "${fds[@]}"; do
			# shellcheck disable=SC2053 # a pattern it is
			[[ $(readlink "$fd") != $3 ]] || n=$((n + 1))
		done
	done
}

# waits TENANT[/NAME] NUMBER: begins `sandboxctl wait`, and comes back when it waits for that many.
declare -A waiters=()
n_waiters=0
waits() {
	n_waiters=$((n_waiters + 1))
	sandboxctl wait "$1" >"$tmp/wait$n_waiters.out" 2>"$tmp/wait$n_waiters.err" {in}>&- &
	waiters[$n_waiters]=$!
	has_open "$!" "$2" "*/outcome" || bail "it didn't wait for $1: $(<"$tmp/wait$n_waiters.err")"
}

# waited NUMBER: how that one ended, in `status`, `out` and `err`.
waited() {
	status=0
	wait "${waiters[$1]}" || status=$?
	read_all out "$tmp/wait$1.out"
	read_all err "$tmp/wait$1.err"
}

# The supervisor is killed; what its first process has started lives on.
orphan() { # TENANT/NAME
	start "$1" "$busybox" sh -c '"$0" setsid "$0" sleep 1000 & echo ready; wait' "$busybox" </dev/null
	kill -KILL "${supervisors[$1]}"
	ended "$1" 2>/dev/null
}

# ---- names ----

for command in status stats kill freeze thaw wait; do
	refuses 1 "sandboxctl: there is no sandbox 'a/none': sandboxctl list shows what there is" \
		"$command: a sandbox that isn't there" sandboxctl "$command" a/none
	refuses 1 "sandboxctl: there is no sandbox of tenant 'none': sandboxctl list *" \
		"$command: a tenant that has none" sandboxctl "$command" none
	refuses 1 "sandboxctl: '../a' is not TENANT/NAME: *" "$command: what is no name" \
		sandboxctl "$command" ../a
done
is "status of nobody" "$(sandboxctl status)" ""
is "the same as JSON" "$(sandboxctl status --json)" "[]"
refuses 2 "sandboxctl: kill: --signal 'BOGUS' is not a signal, such as TERM or 15" "no signal" \
	sandboxctl kill -s BOGUS a

# ---- seeing ----

start a/x "$probe" sleep 1000 </dev/null
start a/y "$busybox" sh -c 'trap "exit 3" TERM; echo ready; while :; do "$0" sleep 0.1; done' "$busybox" </dev/null
start b/x "$probe" sleep 1000 </dev/null
first_process a/x
first=$REPLY
denied lsm:file_open:owned "something that the LSM counts" a/x read "$world/b/file"
like "status of one" "$(sandboxctl status a/x)" \
	"a/x
*state: running since 20*
*pid: $first
*supervisor: ${supervisors[a/x]}
*cgroup: /sandboxctl/a.slice/x.scope
*policy: $config/tenants/a.ini
*memory: * of 100M; tenant: * of 200M
*peak: *
*pids: 1 of 20; tenant: [23] of 40
*cpu: *s
*lsm denied: 1, last: open of 'file' *: another tenant owns it (b, id *)"
json_of denied sandboxctl status --json a/x
is "status --json: denials" "$REPLY" '"file_open":1'
like "status --json: the rest" "$json" \
	'[[]{*"state":"running","pid":'"$first"',*"use":{*"memory.max":104857600,*"pids.max":20,*"tenant_use":{*'
like "status of a tenant" "$(sandboxctl status a)" "a/x*state: running*a/y*state: running*"
[[ $(sandboxctl status a) != *b/x* ]]
is "and of no other one" "$?" 0
like "status of all" "$(sandboxctl status)" "a/x*a/y*b/x*"
list=$(sandboxctl stats)
like "stats: a line a sandbox, and each tenant's total" "$list" \
	"TENANT/NAME *
a/x * 1 *
a/y * [12] *
a  * [23] *
b/x * - *
b  * 1 *"
mapfile -t lines < <(sandboxctl stats a)
is "stats of a tenant" "${#lines[@]}" 4
json_of memory.max sandboxctl stats --json a/y
is "stats --json: a number" "$REPLY" 104857600
like "stats --json" "$json" '{"sandboxes":[[]{"tenant":"a","name":"y","cpu.stat":{"usage_usec":*"pids.events":{"max":0},*"io.stat":{"rbytes":*},*}],"tenants":[[]{"tenant":"a","cpu.stat":*'
[[ -e $base/a.slice/x.scope/memory.pressure ]] && want='{"some":{"avg10":*},"full":{"avg10":*}}' || want='{"some":null,"full":null}'
like "stats --json: pressure, where the kernel tells it" "$json" '*"memory.pressure":'"$want"'*'
[[ $json == *'"memory.swap.current":'* ]]
is "what isn't there is null, and never 0" "$?:$([[ -e $base/a.slice/x.scope/memory.swap.current ]] || grep -c '"memory.swap.current":0' <<<"$json")" "0:$([[ -e $base/a.slice/x.scope/memory.swap.current ]] || echo 0)"

# ---- stopping ----

# Whether it goes on: the file of its own grows, by however much others are at work meanwhile.
size() {
	REPLY=$(stat -c %s "$world/a/ticks")
}
grows() {
	local before tries=0
	size
	before=$REPLY
	until size && ((REPLY > before)); do
		((++tries < 3000)) || return 1
	done
}

start a/busy "$busybox" sh -c 'echo ready; while :; do echo tick; done >"$0"' "$world/a/ticks" </dev/null
ok "it goes on" grows
ok "freeze" sandboxctl freeze a/busy
size
before=$REPLY
like "list says so" "$(sandboxctl list)" "*a *busy *frozen *"
like "status too" "$(sandboxctl status a/busy)" "*state: frozen since *"
like "and says of others that they run" "$(sandboxctl status a/x)" "*state: running since *"
size
is "it stands still" "$REPLY" "$before"
ok "freezing it again is well" sandboxctl freeze a/busy
ok "thaw" sandboxctl thaw a/busy
ok "it goes on again" grows
like "list says so" "$(sandboxctl list)" "*a *busy *running *"
ok "freeze all of a tenant's" sandboxctl freeze a
list=$(sandboxctl list)
like "all are frozen" "$list" "*a *busy *frozen *a *x *frozen *a *y *frozen *"
like "another's are not" "$list" "*b *x *running *"
ok "a signal to one that is frozen" sandboxctl kill -s TERM a/y
like "that it would handle waits" "$(sandboxctl status a/y)" "*state: frozen *"
ok "a frozen one is killed" sandboxctl kill a/busy
ended a/busy
field reason
is "and dies" "$status:$REPLY" 137:signal
ok "thaw all of a tenant's" sandboxctl thaw a
ended a/y
is "now it has come" "$status" 3

# ---- ending ----

start a/tree "$busybox" sh -c '"$0" setsid "$0" sleep 1000 & echo ready; wait' "$busybox" </dev/null
ok "kill" sandboxctl kill a/tree
ended a/tree
is "ends all that is in it" "$status:$(<"$base/a.slice/cgroup.procs")" 137:
for signal in TERM SIGUSR1 10; do
	start a/s "$busybox" sh -c 'trap "exit 3" TERM; trap "exit 4" USR1; echo ready; while :; do :; done' </dev/null
	ok "kill -s $signal" sandboxctl kill -s "$signal" a/s
	ended a/s
	[[ $signal == TERM ]] && want=3 || want=4
	is "is for its first process" "$status" "$want"
done

# The number in the registry is another's by now: a process of the host's.
start a/s "$probe" sleep 1000 </dev/null
sleep 1000 & other=$!
first_process a/s
sed -i "s/\"pid\":$REPLY/\"pid\":$other/" "$state/sandboxes/a/s/status"
refuses 1 "sandboxctl: a/s: its command has ended" "a process that isn't the sandbox's" \
	sandboxctl kill -s KILL -s TERM a/s
ok "it lives" kill -0 "$other"
kill "$other"
wait "$other" 2>/dev/null
ok "kill of a tenant" sandboxctl kill a
ended a/s
is "ends one" "$status" 137
ended a/x
is "and the other" "$status" 137
expected=()
like "and no other tenant's" "$(sandboxctl list)" "*b *x *running *"
stop b/x

orphan a/o
like "an orphan is seen" "$(sandboxctl status a/o)" "*state: orphaned since *killed*pids: 1 of 20*"
refuses 1 "sandboxctl: a/o: its command has ended: without --signal *" "a signal to it" \
	sandboxctl kill -s TERM a/o
ok "kill of an orphan" sandboxctl kill a/o
is "takes all of it away" "$(left_behind)" ""
like "its label too" "$(sandboxctl lsm status)" "*sandboxes: 0*"
mapfile -t lines < <(sandboxctl list)
is "and its entry" "${#lines[@]}" 1

# ---- waiting ----

start_reader a/w
waits a/w 1
waits a/w 1
echo 7 >&"$in"
waited 1
is "wait: its exit code and its reason" "$status:$out$err" $'7:a/w: reason=exit exit_code=7\n'
waited 2
is "and so for a second one" "$status:$out$err" $'7:a/w: reason=exit exit_code=7\n'
ended a/w
is "as run has it" "$status" 7

start_reader a/w
sandboxctl wait --json a/w >"$tmp/wait.out" & waiter=$!
has_open "$waiter" 1 "*/outcome" || bail "it didn't wait"
sandboxctl kill a/w
status=0
wait "$waiter" || status=$?
ended a/w
is "wait --json: the report itself" "$status:$(<"$tmp/wait.out")" "137:$(<"$tmp/a.w.json")"
is "its name is free when who waited comes to know" "$(sandboxctl run -t a --name w -- "$probe" exit 0 2>&1)" \
	"exit: ok"

start a/m1 "$probe" sleep 1000 </dev/null
start_reader a/m2
waits a 2
echo 0 >&"$in"
ended a/m2
sandboxctl kill -s TERM a/m1
ended a/m1
waited 3
is "wait for a tenant's: all of them, and the first code that isn't 0" "$status:$out$err" \
	$'143:a/m1: reason=signal exit_code=143 signal=15\na/m2: reason=exit exit_code=0\n'

orphan a/w
sandboxctl wait a/w >"$tmp/wait.out" 2>&1 & waiter=$!
has_open "$waiter" 1 "*inotify*" || bail "it didn't wait: $(<"$tmp/wait.out")"
sandboxctl kill a/w
status=0
wait "$waiter" || status=$?
like "wait for an orphan: until nothing is left, and says what is lost" "$status:$(<"$tmp/wait.out")" \
	"1:sandboxctl: a/w: it has ended, but how is not known: its supervisor was killed before"

start a/w "$busybox" sh -c '"$0" setsid "$0" sleep 1000 & echo ready; wait' "$busybox" </dev/null
waits a/w 1
kill -KILL "${supervisors[a/w]}"
ended a/w 2>/dev/null
ok "its supervisor is killed meanwhile" kill -0 "${waiters[4]}"
sandboxctl kill a/w
waited 4
like "wait says that it is lost" "$status:$out$err" "1:sandboxctl: a/w: it has ended, but how is not known: *"

# ---- an odd registry ----

start a/x "$probe" sleep 1000 </dev/null
mkdir -m 700 "$state"/sandboxes/{ghost,a/half,a/garbage,ghost/x}
echo '{"tenant":"a","name":"garb' >"$state/sandboxes/a/garbage/status"
echo '{"tenant":"b","name":"x","pid":1,"supervisor":1,"started":1,"cgroup":"/","policy":""}' \
	>"$state/sandboxes/ghost/x/status"
: >"$state/sandboxes/file"
: >"$state/sandboxes/a/half/status~"
is "what is half there is not listed" "$(sandboxctl list | sed 's/ .*//' | tr '\n' ' ')" "TENANT a "
sandboxctl stats >/dev/null
is "and keeps nobody from the rest" "$?" 0
list=$(sandboxctl gc --dry-run)
like "gc --dry-run tells of these" "$list" "*would remove sandbox a/garbage*would remove sandbox a/half*would remove sandbox ghost/x*"
ok "and does nothing" test -e "$state/sandboxes/a/garbage/status"
is "gc does what it told" "$(sandboxctl gc)" "${list//would remove/removed}"
ok "it has" test ! -e "$state/sandboxes/a/garbage" -a ! -e "$state/sandboxes/ghost"
rm "$state/sandboxes/file"

# ---- gc and what lives ----

is "nothing is left to remove" "$(sandboxctl gc)" ""
allowed "what lives keeps its rules: own" a/x read "$world/a/file"
denied lsm:file_open:owned "what lives keeps its rules: another's" a/x read "$world/b/file"
like "and its name" "$(sandboxctl list)" "*a *x *running *"
stop a/x
sandboxctl gc >/dev/null
is "gc takes the rules that nobody uses" "$(bpftool map dump name perms | grep -c key)" 0
allowed "the next run has them again" a read "$world/a/file"

# Runs of two tenants, one of which has no policy of its own, and gc all the while.
(umask 022 && sed '/^own/d' "$config/tenants/a.ini" >"$config/guest.ini")
bad='' runs=()
for i in {1..12}; do
	for who in "-t a" "-t guest --policy $config/guest.ini"; do
		# shellcheck disable=SC2086 # words they are
		sandboxctl run $who -- "$probe" exit 0 >"$tmp/run.${who:3:1}" 2>&1 &
		runs[${#runs[@]}]=$!
	done
	sandboxctl gc >"$tmp/gc.out" 2>&1 || bad+="gc: $(<"$tmp/gc.out")"
	for pid in "${runs[@]}"; do
		wait "$pid" || bad+="$i: $? $(<"$tmp/run.a") $(<"$tmp/run.g")"$'\n'
	done
	runs=()
done
is "runs that begin and end while gc works" "$bad" ""
rm "$config/guest.ini"
sandboxctl gc >/dev/null
ok "what one without a policy had goes" test ! -e "$base/guest.slice" -a ! -e "$state/net/guest" -a \
	! -e "$state/locks/guest"

# ---- a launcher that is killed at any step ----

traces() {
	local found entries
	found=("$base"/*/*.scope "$base"/canar[y] "$state"/sandboxes/*/* "$state"/*/*~ /var/lib/sandboxctl/*~)
	entries=$(bpftool map dump name leaves | grep -c key)
	((entries == 0)) || found+=("$entries labels")
	for entry in perms policies connect_rules; do
		entries=$(bpftool map dump name "$entry" | grep -c key)
		((entries == 0)) || found+=("$entries in $entry")
	done
	entries=
	read_all entries "$base/cgroup.events"
	[[ $entries != *"populated 1"* ]] || found+=("processes")
	mount_points entries
	[[ $entries == "$mounts_before" ]] || found+=("mounts: $entries")
	REPLY="${found[*]}"
}

steps=()
while read -r word step; do
	[[ $word != step ]] || steps+=("$step")
done < <("$killable" run -t c --dry-run -- "$probe" exit 0)
ok "there are steps of a run" test "${#steps[@]}" -ge 40
n_said=0 text=''
# crash.t kills at each step; here each third shows that gc knows what is left.
for ((i = RANDOM % 3; i < ${#steps[@]}; i += 3)); do
	step=${steps[i]}
	status=0
	{ SBX_FAILPOINT=$step "$killable" run -t c --name victim -- "$probe" exit 0 </dev/null || status=$?; } \
		>"$tmp/out" 2>&1
	# What was begun dies with it, but it may take its time.
	if [[ -e $base/c.slice/victim.scope ]]; then
		until read_all text "$base/c.slice/victim.scope/cgroup.events" && [[ $text != *"populated 1"* ]]; do :; done
	fi
	said=$(sandboxctl gc 2>&1) || status+="gc $?"
	[[ $said != *"removed sandbox c/victim"* ]] || n_said=$((n_said + 1))
	traces
	# Behind its filter init can't ask to be killed, and ends by itself.
	[[ $step != init-exec ]] || status=${status/#125/137}
	is "killed at $step: gc leaves nothing" "$status:$REPLY" 137:
done
ok "it had something to do at most of them" test "$n_said" -gt 5
orphan a/victim
like "gc ends an orphan" "$(sandboxctl gc)" "*removed sandbox a/victim*"
traces
is "and leaves nothing" "$REPLY" ""

# A label whose cgroup somebody removed by hand.
mkdir "$base/b.slice/by-hand.scope"
orphan b/o
# shellcheck disable=SC2046 # words they are
"$busybox" kill -9 $(<"$base/b.slice/o.scope/cgroup.procs") 2>/dev/null
until rmdir "$base/b.slice/o.scope" 2>/dev/null; do :; done
like "gc takes a label without its cgroup, and a cgroup that nobody knows" "$(sandboxctl gc)" \
	"*removed label of a cgroup that is gone*removed sandbox b/by-hand*"
traces
is "and leaves nothing" "$REPLY" ""

# ---- tenants ----

allowed "a tenant runs" b exit 0
list=$(sandboxctl tenant list)
like "tenant list" "$list" "TENANT *
a  * yes  * 1
b  * yes  * 1
c  * yes  * 0"
json=$(sandboxctl tenant list --json)
json=${json//[[:space:]]/}
like "tenant list --json" "$json" \
	'*{"name":"b","id":*,"uid":*,"sandboxes":0,"policy":true,"own":1}*'
field id
[[ $json =~ '"name":"b","id":'([0-9]+) ]]
id_b=${BASH_REMATCH[1]}
refuses 1 "sandboxctl: tenant 'b' has a policy: remove '$config/tenants/b.ini' first" \
	"tenant forget, of one that has a policy" sandboxctl tenant forget b
refuses 1 "sandboxctl: there was never a tenant 'nobody': *" "of one that never was" sandboxctl tenant forget nobody
refuses 1 "sandboxctl: '../b' is not a tenant's name" "of what is no name" sandboxctl tenant forget ../b

start b/x "$probe" sleep 1000 </dev/null
mv "$config/tenants/b.ini" "$tmp/b.ini"
load
refuses 1 "sandboxctl: tenant 'b' has sandboxes that run: sandboxctl kill b*" "of one that runs" \
	sandboxctl tenant forget b
allowed "which still does" b/x read "$world/b/file"
like "tenant list tells that it was removed" "$(sandboxctl tenant list)" "*b  * 1  removed 1*"
stop b/x

sed "s,^own = .*,own = $world/a $world/b," "$config/tenants/a.ini" >"$tmp/a.ini"
cp "$config/tenants/a.ini" "$tmp/old.ini"
(umask 022 && cp "$tmp/a.ini" "$config/tenants/a.ini")
refuses 1 "*own '$world/b': tenant id $id_b owns it already: *tenant forget*" "a removed tenant keeps its own" \
	sandboxctl lsm load
(umask 022 && cp "$tmp/old.ini" "$config/tenants/a.ini")
load
like "tenant forget" "$(sandboxctl tenant forget b)" \
	"removed network namespace of tenant b*removed cgroup /sandboxctl/b.slice*removed own of tenant b: 1 inode"
ok "takes its slice, its network namespace and its lock" \
	test ! -e "$base/b.slice" -a ! -e "$state/net/b" -a ! -e "$state/locks/b"
[[ $(sandboxctl tenant list) != *$'\n'"b "* ]]
is "it is not listed any more" "$?" 0
like "but by --all: its id is its own for good" "$(sandboxctl tenant list --all)" "*b  * $id_b * 0  removed 0*"
is "nothing of it is left" "$(bpftool map dump name labels | grep -c key)" 1
(umask 022 && cp "$tmp/a.ini" "$config/tenants/a.ini")
load
allowed "its own can be another's now" a read "$world/b/file"
ok "forgetting it again is well" sandboxctl tenant forget b
tenant c <<<"[filesystem]
exec = $world/bin"
load
json=$(sandboxctl tenant list --json)
json=${json//[[:space:]]/}
[[ $json =~ '"name":"c","id":'([0-9]+) ]]
ok "its id is not given out again" test "${BASH_REMATCH[1]}" -gt "$id_b"
sed -i /^own/d "$tmp/b.ini"
(umask 022 && cp "$tmp/b.ini" "$config/tenants/b.ini")
load
json=$(sandboxctl tenant list --json)
json=${json//[[:space:]]/}
[[ $json =~ '"name":"b","id":'([0-9]+) ]]
is "but to itself" "${BASH_REMATCH[1]}" "$id_b"

finish
