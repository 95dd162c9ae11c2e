#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# sandboxctl is killed with SIGKILL, at each of its steps and at random moments: what its tenant does is
# denied all the same, and the next run of that tenant and name is as good as any.
#
# It needs the build by `make FAILPOINTS=1`. The environment's KILLS says how many random moments (30).
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

killable=$repo/build/failpoints/bin/sandboxctl
[[ -x $killable ]] || bail "make FAILPOINTS=1"

mkdir -m 777 "$world"/{a,shared,shared/b}
own=$world/a/log other=$world/shared/b/file
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/a
read = $world/shared
write = $world/shared
[namespaces]
user = yes
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/shared/b
POLICY

# What the command does: notes that it ran, then tries another's own.
act='echo ran >>"$1"; { echo MARKER >>"$2"; } 2>/dev/null; { read -r x <"$2"; } 2>/dev/null && echo "READ $x" >>"$1"; exit 0'
as_victim=(run -t a --name victim --json-status-fd 9 -- "$busybox" sh -c "$act" sh "$own" "$other")
run_as_victim() { # SANDBOXCTL
	"$1" "${as_victim[@]}" >"$tmp/out" 2>"$tmp/err" 9>"$tmp/json" </dev/null
}

begin() {
	echo "b's" >"$other"
	: >"$own"
}

# What is left of the victim has ended; "" when nothing of it got through.
breach() {
	local events=$base/a.slice/victim.scope/cgroup.events text='' wrong='' tries=0
	while [[ -e $events ]]; do
		read_all text "$events"
		[[ $text == *"populated 1"* ]] || break
		((++tries < 20000)) || { wrong+="processes live on; " && break; }
	done 2>/dev/null # it may go at any moment
	read_all text "$other"
	[[ $text == $'b\'s\n' ]] || wrong+="another's file was written: $text; "
	read_all text "$own"
	[[ $text != *READ* ]] || wrong+="another's file was read: $text; "
	REPLY=$wrong
}

a_normal_run() { # TEXT
	begin
	status=0
	run_as_victim sandboxctl || status=$?
	read_all err "$tmp/err"
	read_all json "$tmp/json"
	breach
	field denied
	is "$1" "$status:$(<"$own"):$REPLY:$err" '0:ran:"file_open":2:'
}

# ---- a program that is missing ----

# The end of the set-up doesn't hang on one: this child executes its command without it.
load
a_normal_run "with all of its programs, a normal run"
n=$(n_links)
echo 1 >"$base/a.slice/cgroup.freeze"
sandboxctl -v run -t a --name late --json-status-fd 9 -- "$probe" read "$other" \
	>"$tmp/out" 2>"$tmp/err" 9>"$tmp/json" & late=$!
until read_all err "$tmp/err" && [[ $err == *"step go"* || ! -d /proc/$late ]]; do :; done
remove_pin bprm_committed_creds
links_come_to $((n - 1))
echo 0 >"$base/a.slice/cgroup.freeze"
wait "$late"
read_all line "$tmp/out"
read_all json "$tmp/json"
field denied
is "exec ends the set-up, even where no program says so" "$line:$REPLY" \
	$'read: EACCES at open\n:"file_open":1'
part="the LSM is loaded in part only: pin 'bprm_committed_creds': *"
refuses 125 "sandboxctl: run: open-lsm: $part: sandboxctl lsm unload --force && *" "a pin was removed: run" \
	sandboxctl run -t a -- "$probe" exit 0
refuses 1 "sandboxctl: $part" "a pin was removed: status" sandboxctl lsm status
refuses 1 "sandboxctl: lsm load: $part" "a pin was removed: load" sandboxctl lsm load
ok "unload --force" sandboxctl lsm unload --force
links_come_to 0

# ---- the steps of loading ----

mapfile -t steps < <(grep -o '"load-[a-z-]*"' "$repo/src/libexec/lsm-load.c" | tr -d '"')
ok "there are steps of loading" test "${#steps[@]}" -ge 5
# Most of them lie behind the verifier, which takes 30 s in a guest with 6.12, so there it is every second one; and
# what is left of a killed one the next finds there, while with 6.1 gc has taken it away.
sample=("${steps[@]}")
if [[ $(uname -r) != 6.1.* && -z ${KILLS-} ]]; then
	sample=()
	for ((i = 0; i < ${#steps[@]}; i += 2)); do sample+=("${steps[i]}"); done
fi
for step in "${sample[@]}"; do
	begin
	status=0
	SBX_FAILPOINT=$step run_as_victim "$killable" || status=$?
	read_all err "$tmp/err"
	breach
	like "killed at $step: nothing was run" "$status:$(<"$own"):$REPLY:$err" "125:::*lsm-load was killed*"
	[[ $(uname -r) == 6.1.* ]] || continue
	sandboxctl gc >/dev/null || bail "gc"
	found=("$base"/canar[y] "$state"/lsm/*~)
	is "killed at $step: gc leaves nothing" "${found[*]}" ""
done
# The last of them leaves the programs enforcing, without the tenants' own.
begin
run_as_victim sandboxctl
read_all err "$tmp/err"
like "nobody runs before these are known" "$?:$(<"$own"):$err" "*::*: sandboxctl lsm load*"
load
a_normal_run "after all of these, a normal run"

# ---- the steps of a run ----

steps=()
while read -r word step; do
	[[ $word != step ]] || steps+=("$step")
done < <("$killable" run -t a --dry-run -- "$probe" exit 0)
ok "there are steps of a run" test "${#steps[@]}" -ge 40
# Each of them on one kernel; they take time, and hardly depend on it: the one has the even ones.
sample=()
[[ $(uname -r) == 6.1.* ]] && first=0 || first=1
for ((i = first; i < ${#steps[@]}; i += 2)); do sample+=("${steps[i]}"); done
for step in "${sample[@]}"; do
	begin
	status=0
	SBX_FAILPOINT=$step run_as_victim "$killable" 2>/dev/null || status=$?
	breach
	# Behind its filter init can't ask for it, and ends itself.
	[[ $step != init-exec ]] || status=${status/#125/137}
	is "killed at $step: nothing got through" "$status:$REPLY" "137:"
	a_normal_run "killed at $step: the next run of that name"
done

# fails_at STEP WHEN: it says so, and nothing of it is left; before GO the command doesn't run.
fails_at() {
	local ran=''
	begin
	status=0
	SBX_FAILPOINT=$1:$2 run_as_victim "$killable" || status=$?
	read_all err "$tmp/err"
	read_all json "$tmp/json"
	breach
	[[ ! -s $own ]] || ran=ran
	[[ $1:$2 != go:after ]] || ran=''
	# Of the command itself, as far as one can tell.
	[[ $1:$2 != exec:before ]] || status=125${status#126}
	field step
	is "an error $2 $1: reported by its name, and undone" \
		"$status:$REPLY:$ran:$(left_behind)" "125:$1::"
	field reason
	like "an error $2 $1: the reason" "$REPLY:$err" "setup:sandboxctl: run: *Input/output error*"
}

# Before a step is after the one that comes first; what comes after an exec is another program.
for step in "${sample[@]}"; do
	case $step in
	*exec) fails_at "$step" before ;;
	*) fails_at "$step" after ;;
	esac
done
a_normal_run "after all of these, a normal run"

# What such runs have left in the maps goes with the next load; nothing else is in them then.
entries() { # MAP
	bpftool map dump name "$1" | grep -c '^key\|"key"'
}
SBX_FAILPOINT=label-leaf run_as_victim "$killable" 2>/dev/null
ok "a run that is killed with its rules written leaves them" test "$(entries perms)" -gt 0
load
is "until lsm load" "$(entries perms):$(entries connect_rules):$(entries policies)" 0:0:0
is "with the labels of what is owned alone" "$(entries labels)" 2

# ---- a sandbox that lost its supervisor ----

start a/victim "$busybox" sh -c '"$0" setsid "$0" sleep 1000 & echo ready; wait' "$busybox" </dev/null
kill -KILL "${supervisors[a/victim]}"
ended a/victim 2>/dev/null
# Its first process dies with it; what that had started lives on.
read -rd '' list < <(sandboxctl list)
like "list calls it orphaned" "$list" "*a *victim *orphaned *"
begin
allowed "orphaned: own" a/victim rdwr "$own"
denied lsm:file_open:owned "orphaned: another's" a/victim rdwr "$other"
expected=()
a_normal_run "the next run of that name takes its place"

# Killed while it wrote its status.
mkdir -p "$state/sandboxes/a/victim"
: >"$state/sandboxes/a/victim/status~"
a_normal_run "the next run where a status was half-written"
ok "it has tidied up" test ! -e "$state/sandboxes/a/victim"

# ---- random moments ----

n=${KILLS:-30} n_killed=0 n_ran=0 bad=
begin
before=${EPOCHREALTIME/./}
run_as_victim sandboxctl
((length = ${EPOCHREALTIME/./} - before))
for ((i = 1; i <= n; i++)); do
	begin
	sandboxctl "${as_victim[@]}" >"$tmp/out" 2>"$tmp/err" 9>"$tmp/json" </dev/null &
	victim=$!
	((until = ${EPOCHREALTIME/./} + (RANDOM * 32768 + RANDOM) % length))
	while ((${EPOCHREALTIME/./} < until)); do :; done
	kill -KILL "$victim" 2>/dev/null
	wait "$victim" 2>/dev/null
	# Too late: sooner next time. So all of a run is hit, however busy the machine is.
	case $? in
	137) ((n_killed += 1, length += length / 20)) ;;
	*) ((length -= length / 10)) ;;
	esac
	[[ ! -s $own ]] || n_ran=$((n_ran + 1))
	breach
	[[ -z $REPLY ]] || bad+="$i: $REPLY"$'\n'
done
is "killed at $n random moments: nothing got through" "$bad" ""
echo "# $n_killed were killed, $n_ran commands had begun"
ok "enough of them were in time" test "$n_killed" -gt $((n / 3))
a_normal_run "the next run of that name"
like "and nothing is left of them" "$(sandboxctl lsm status)" "*sandboxes: 0*"

finish
