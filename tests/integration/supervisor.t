#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A supervisor that is killed when its command runs already: by SIGKILL while it waits, and at each step of its
# undoing. crash.t has what comes before.
#
# It needs the build by `make FAILPOINTS=1`.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

killable=$repo/build/failpoints/bin/sandboxctl
[[ -x $killable ]] || bail "make FAILPOINTS=1"

mkdir -m 777 "$world"/{a,b}
echo "b's" >"$world/b/file"
for name in a bare; do
	tenant $name <<-POLICY
		[cgroup.sandbox]
		pids.max = 20
		[filesystem]
		exec = $world/bin
		$([[ $name == a ]] && echo own || echo write) = $world/a
		[network]
		listen = tcp 127.0.0.1 7100
		$([[ $name == a ]] || echo "[namespaces]")
		$([[ $name == a ]] || echo "pid = no")
	POLICY
done
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b
POLICY
load

# Until nothing runs in that cgroup any more.
empty() { # TENANT/NAME
	local text events=$base/${1%/*}.slice/${1#*/}.scope/cgroup.events
	while [[ -e $events ]]; do
		text=
		read_all text "$events"
		[[ $text == *"populated 1"* ]] || return 0
	done 2>/dev/null
}

traces() {
	local found entry n
	found=("$base"/*/*.scope "$state"/sandboxes/*/*)
	for entry in leaves superblocks; do
		n=$(bpftool map dump name $entry | grep -c key)
		((n == 0)) || found+=("$n $entry")
	done
	REPLY="${found[*]}"
}

# gone TEXT: with gc nothing is left of any sandbox.
gone() {
	sandboxctl gc >"$tmp/gc" 2>&1 || result "not ok" "$1: gc" "$(<"$tmp/gc")"
	traces
	is "$1: gc leaves nothing" "$REPLY" ""
}

# ---- while the command runs ----

tree='"$0" setsid "$0" sleep 100000 & echo ready; wait'
for who in a bare; do
	start $who/x "$busybox" sh -c "$tree" "$busybox" </dev/null
	first_process $who/x
	first=$REPLY
	kill -KILL "${supervisors[$who/x]}"
	ended $who/x 2>/dev/null
	is "$who: the supervisor is killed, and reports nothing" "$status:$json" "137:"
	until [[ ! -e /proc/$first || $(<"/proc/$first/stat") == *") Z "* ]]; do :; done 2>/dev/null
	# What ends with its pid namespace, and what has none and lives on.
	if [[ $who == a ]]; then
		empty a/x
		is "$who: nothing of the sandbox lives on" "$(cat "$base/a.slice/x.scope/cgroup.procs")" ""
	else
		like "$who: what the command began lives on" "$(sandboxctl list)" "*bare *x *orphaned *"
		denied lsm:file_open:owned "$who: and is held by the LSM" bare/x read "$world/b/file"
		expected=()
	fi
	refuses 125 "*" "$who: no further command goes into it" sandboxctl exec $who/x -- "$probe" exit 0
	gone "$who"
	sandbox -t $who --name x -- "$probe" exit 3
	is "$who: the next one of that name" "$status:$err" "3:sandboxctl: $who/x: reason=exit exit_code=3"$'\n'
done

# Of both at once: the sandbox's, and that of a further command in it.
mkfifo "$tmp/exec"
start a/x "$probe" sleep 100000 </dev/null
sandboxctl exec a/x -- "$probe" sleep 100000 >"$tmp/exec" 2>&1 </dev/null & one=$!
read -r line <"$tmp/exec"
kill -KILL "${supervisors[a/x]}" "$one"
ended a/x 2>/dev/null
wait "$one" 2>/dev/null
empty a/x
is "the supervisors of a sandbox and of a further command in it" "$(cat "$base/a.slice/x.scope/cgroup.procs")" ""
gone "these two"

# That of a further command: the sandbox goes on.
start a/x "$probe" sleep 100000 </dev/null
first_process a/x
sandboxctl exec a/x -- "$probe" sleep 100000 >"$tmp/exec" 2>&1 </dev/null & one=$!
read -r line <"$tmp/exec"
read -r child <"/proc/$one/task/$one/children"
kill -KILL "$one"
wait "$one" 2>/dev/null
until [[ ! -e /proc/${child% } ]]; do :; done
ok "that of the further command alone: it dies, and the sandbox lives" test -e "/proc/$REPLY"
stop a/x

# ---- while it undoes ----

undone=$(sed -n '/parent_steps\[\] = {/,/^};/s/.*{ "\([a-z-]*\)", .*, \([a-z_]*\) },/\1 \2/p' "$repo/src/launch/parent.c" |
	sed '/ NULL$/d; s/ .*//')
like "there are steps to undo" "$undone" "claim-name*leaf*clone*"
for step in $undone; do
	for who in a bare; do
		[[ $step$who != clone-initbare ]] || continue
		status=0
		{ SBX_FAILPOINT=$step:undo "$killable" run -t $who --name x -- "$probe" exit 0 || status=$?; } \
			>"$tmp/out" 2>&1 </dev/null
		empty $who/x
		code=$status
		refuses 125 "*" "$who, killed while it undoes $step: no command goes into what is left" \
			sandboxctl exec $who/x -- "$probe" exit 0
		status=0
		sandboxctl run -t $who --name x -- "$probe" exit 3 >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
		is "$who, killed while it undoes $step: the next one of that name" \
			"$code:$status:$(<"$tmp/err")" "137:3:sandboxctl: $who/x: reason=exit exit_code=3"
		{ SBX_FAILPOINT=$step:undo "$killable" run -t $who --name x -- "$probe" exit 0; } >/dev/null 2>&1 </dev/null
		empty $who/x
		gone "$who, killed while it undoes $step"
	done
done

finish
