#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Many at once: sandboxes of a hundred tenants, begun 16 at a time, all alive together, and then ended; runs and
# further commands of one tenant under differing policies. Nothing fails, and nothing is left.
#
# The environment's MANY says how many sandboxes (100; `make soak` has 1,000), ROUNDS how many rounds of
# differing policies (2).
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

n=${MANY:-100} n_tenants=100 n_owners=10 at_a_time=16
forget_all # what tenants that are gone own would count
load
sandboxctl gc >/dev/null

# ---- what there is ----

entries() { # MAP
	local text
	text=$(bpftool map dump name "$1" | grep -c '^key\|"key"')
	REPLY+="$1: $text"$'\n'
}

# All that a sandbox may leave, in REPLY; the names of what stays for its tenant are in there too.
inventory() {
	local map file name n_processes=0
	REPLY=
	for map in leaves labels perms connect_rules superblocks policies; do entries $map; done
	for file in /proc/[0-9]*/comm; do
		name=
		{ read -r name <"$file"; } 2>/dev/null
		[[ $name != sandboxctl && $name != probe && $name != init ]] || n_processes=$((n_processes + 1))
	done
	REPLY+="processes: $n_processes
mounts, pins, labels' mounts at home: $("$probe" count-in "$state/lsm/mnt" /bpf /labels)
programs: $(bpftool prog list | grep -c '^[0-9]')
mounts: $(sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo | sort)
state: $(find "$state" | sort)
cgroups: $(find "$base" -mindepth 1 -type d | sort)"
}

# unchanged TEXT WANTED: the kernel may be about to free what nobody has any more.
unchanged() {
	local i
	for ((i = 0; i < 10; i++)); do
		inventory
		[[ $REPLY != "$2" ]] || break
	done
	is "$1" "$(diff <(echo "$2") <(echo "$REPLY"))" ""
}

# What sandboxctl itself keeps comes with the first run.
tenant first <<POLICY
[filesystem]
exec = $world/bin
POLICY
load
sandboxctl run -t first -- "$probe" exit 0 >/dev/null
rm "$config/tenants/first.ini"
sandboxctl tenant forget first >/dev/null || bail "forget"
load
inventory
at_first=$REPLY
like "the inventory is one" "$at_first" "leaves: 0
labels: 0
perms: 0
*processes: 0
mounts, pins, labels' mounts at home: count-in: ok [1-9]* [1-9]* 0
*"

# ---- a hundred tenants ----

umask 022
tenants=()
for ((i = 0; i < n_tenants; i++)); do tenants+=("$world/t$i"); done
mkdir -m 777 "${tenants[@]}"
for ((i = 0; i < n_tenants; i++)); do
	right='write'
	((i >= n_owners)) || right=own
	printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "$right = $world/t$i" \
		"[cgroup.sandbox]" "pids.max = 10" >"$config/tenants/t$i.ini"
done
umask 0
load

mkfifo "$tmp/said"
exec {said}<>"$tmp/said"
begun=0 failed=''
# The next of them says that it runs, or says why it doesn't.
one_has_begun() {
	IFS= read -rt 300 line <&"$said" || bail "a sandbox didn't start: $(<"$tmp/errs")"
	[[ $line == "sleep: ok" ]] || failed+=$line$'\n'
	begun=$((begun + 1))
}
for ((i = 0; i < n; i++)); do
	((i - begun < at_a_time)) || one_has_begun
	sandboxctl run -t "t$((i % n_tenants))" --name "s$((i / n_tenants))" --json-status-fd 9 -- "$probe" sleep 100000 \
		1>&"$said" 2>>"$tmp/errs" </dev/null 9>>"$tmp/reports" &
	pids[i]=$!
done
while ((begun < n)); do one_has_begun; done
is "$n sandboxes of $n_tenants tenants begin, $at_a_time at a time" "$failed$(<"$tmp/errs")" ""

sandboxctl list >"$tmp/list"
declare -A uids=()
n_running=0 wrong=
while read -r who name is pid _; do
	[[ $is == running ]] || continue
	n_running=$((n_running + 1))
	read -r cgroup <"/proc/$pid/cgroup"
	[[ $cgroup == "0::/sandboxctl/$who.slice/$name.scope" ]] || wrong+="$who/$name: $cgroup "
	while read -r key uid _; do
		[[ $key != Uid: ]] || break
	done <"/proc/$pid/status"
	[[ ${uids[$uid]-$who} == "$who" ]] || wrong+="$who/$name: uid of ${uids[$uid]} "
	uids[$uid]=$who
done <"$tmp/list"
is "all of them are alive" "$n_running" "$n"
is "each in its own cgroup and with its tenant's uid" "$wrong:${#uids[@]}" ":$n_tenants"
like "and labelled" "$(sandboxctl lsm status)" "*sandboxes: $n
*"
allowed "one of so many: its own file" t7/s0 write "$world/t7/file"
denied lsm:file_open:owned "and another's" t7/s0 write "$world/t8/file"

: >"$tmp/errs"
kill -TERM "${pids[@]}"
declare -A ends=()
for pid in "${pids[@]}"; do
	status=0
	wait "$pid" || status=$?
	ends[$status]=$((${ends[$status]-0} + 1))
done
exec {said}<&-
is "each of them ends by the signal that it was sent" "${!ends[*]}:${ends[*]}" "143:$n"
is "says so, and nothing else" \
	"$(grep -c '^sandboxctl: t[0-9]*/s[0-9]*: reason=signal exit_code=143 signal=15' "$tmp/errs"):$(wc -l <"$tmp/errs")" "$n:$n"
is "and reports it" "$(grep -c '^{"tenant":.*"exit_code":143,.*}$' "$tmp/reports"):$(wc -l <"$tmp/reports")" "$n:$n"
is "no cgroup of a sandbox is left" "$(find "$base" -name '*.scope')" ""
is "nor an entry" "$(find "$state/sandboxes" -mindepth 2)" ""
like "nor a label" "$(sandboxctl lsm status)" "*sandboxes: 0
*"
is "gc finds nothing but the rules that nobody uses" "$(sandboxctl gc | grep -v '^removed \(policy\|rules\)')" ""
is "what is there once for a tenant: its network and its slice" \
	"$(find "$state/net" -name 't*' | wc -l):$(find "$base" -name '*.slice' | wc -l)" "$n_tenants:$n_tenants"

rm "$config"/tenants/t*.ini
# What a tenant owned is nobody else's before it is forgotten by name.
for ((i = 0; i < n_owners; i++)); do
	sandboxctl tenant forget "t$i" >/dev/null || bail "forget t$i"
	[[ ! -e $state/net/t$i ]] || wrong+="t$i has its network "
done
is "those that owned something are forgotten" "$wrong" ""
sandboxctl gc >/dev/null || bail gc
load
unchanged "nothing is left of any of them" "$at_first"

# ---- one tenant, differing policies ----

# Each denies another call, reaches another port, has another number of descriptors.
calls=('' readv personality memfd_create fallocate)
answers=('' 'ok EBADF' ok 'ok EFAULT' 'ok EBADF')
kinds=(1 2 3 4)
umask 022
printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" >"$config/tenants/one.ini"
for k in "${kinds[@]}"; do
	printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "[network]" "mode = host" "connect = tcp 127.0.0.1 700$k" \
		"[seccomp]" "allow = personality" "deny = ${calls[k]}" "[process]" "rlimit.NOFILE = 4$k" "env = KIND=$k" \
		>"$world/$k.ini"
done
umask 0
load
script='all="$KIND $(ulimit -n)"
for call in readv personality memfd_create fallocate; do all="$all $("$0" syscall $call)"; done
for port in 7001 7002 7003 7004; do all="$all $("$0" connect tcp 127.0.0.1 $port)"; done
echo "$all"'
wanted=
for k in "${kinds[@]}"; do
	line="$k 4$k"
	for j in "${kinds[@]}"; do
		[[ $j == "$k" ]] && answer=EPERM || answer=${answers[j]}
		line+=" syscall: $answer"
	done
	for j in "${kinds[@]}"; do
		[[ $j == "$k" ]] && answer=ECONNREFUSED || answer=EACCES
		line+=" connect: $answer"
	done
	wanted+=$line$'\n'
	options=(--policy "$world/$k.ini")
	start "one/x$k" "$probe" sleep 100000 </dev/null
	is "a sandbox under policy $k" "$line$(<"$tmp/one.x$k.err")" "sleep: ok"
done
options=()
rounds=${ROUNDS:-2} pids=()
for ((round = 0; round < rounds; round++)); do
	for ((i = 0; i < at_a_time / 2; i++)); do
		k=$((i % 4 + 1))
		sandboxctl run -t one --policy "$world/$k.ini" -- "$busybox" sh -c "$script" "$probe" \
			>"$tmp/run.$round.$i" 2>&1 </dev/null &
		pids+=($!)
		sandboxctl exec "one/x$k" -- "$busybox" sh -c "$script" "$probe" >"$tmp/exec.$round.$i" 2>&1 </dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	pids=()
done
for how in run exec; do
	text=$(sort -u "$tmp/$how".*.*)
	is "$how: $((rounds * at_a_time / 2)) of one tenant at once, each under its own of four policies" \
		"$text"$'\n' "$wanted"
done
for k in "${kinds[@]}"; do
	# Three ports that are another's, each time.
	expected[one/x$k:socket_connect]=$((3 * rounds * at_a_time / 8))
	stop "one/x$k"
done
rm "$config/tenants/one.ini"
sandboxctl tenant forget one >/dev/null || bail "forget"
load
unchanged "nothing is left of these" "$at_first"

finish
