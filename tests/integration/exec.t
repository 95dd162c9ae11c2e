#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A further command in a sandbox that runs: the same walls, its own end; and what lies in wait for it.
#
# It needs the build by `make FAILPOINTS=1`.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

failing=$repo/build/failpoints/bin/sandboxctl
[[ -x $failing ]] || bail "make FAILPOINTS=1"

mkdir -m 777 "$world"/{a,b,noexec}
echo "a's" >"$world/a/file"
echo "b's" >"$world/b/file"
cp "$probe" "$world/noexec/probe"
printf '\0asm\1\0\0\0' >"$world/bin/module.wasm"
chmod 644 "$world/bin/module.wasm"
tenant a <<POLICY
[cgroup.sandbox]
memory.max = 64M
memory.oom.group = 0
pids.max = 30
[filesystem]
exec = $world/bin
own = $world/a
[process]
umask = 027
rlimit.NOFILE = 64
cwd = $world/a
env = WHO=%t-%i-%n
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b
POLICY
tenant bare <<POLICY
[filesystem]
exec = $world/bin
[namespaces]
pid = no
ipc = no
uts = no
cgroup = no
POLICY
tenant links <<POLICY
[filesystem]
exec = $world/bin
write = $world/links
[process]
cwd = $world/links/here
POLICY
mkdir -m 777 "$world"/links{,/there}
ln -s there "$world/links/here"
load
# "tenant a id 1000 uid 2000001000 name ..."
read -r _ _ _ id _ uid _ < <(sandboxctl run -t a --dry-run -- "$probe" exit 0)

# inside TENANT/NAME OPTION... -- COMMAND...: as `sandbox`, by exec.
inside() {
	launched exec "$@"
}

start a/x "$busybox" sh -c 'echo mine >/tmp/mine; echo ready; exec "$0" sleep 100000' "$busybox" </dev/null
first_process a/x
first=$REPLY
start bare/x "$probe" sleep 100000 </dev/null
start b/x "$probe" sleep 100000 </dev/null

# ---- exit codes ----

for code in 0 1 42; do
	inside a/x -- "$probe" exit $code
	field reason
	is "exit $code" "$status:$REPLY" "$code:exit"
done
inside a/x "$probe" exit 3
is "without '--'" "$status:$line" "3:exit: ok"
like "how it ended is said" "$err" "*a/x: reason=exit exit_code=3*"
inside a/x -q -- "$probe" exit 3
is "--quiet" "$status:$err" "3:"
inside a/x -- "$probe" signal 9
field reason && reason=$REPLY && field signal
is "killed by a signal" "$status:$reason:$REPLY" "137:signal:9"
inside a/x --timeout 200ms -- "$probe" sleep 1000
field reason
is "--timeout" "$status:$REPLY:$line" "124:timeout:sleep: ok"
inside a/x -- "$world/bin/missing"
is "a command that isn't there" "$status" 127
inside a/x -- "$world/noexec/probe" exit 0
like "a program without an exec grant" "$status:$err" "126:*no exec grant of tenant 'a' covers*"
inside a/x -- "$world/bin/module.wasm"
like "a module: only run has a runtime for it" "$status:$err" "126:*is a WASM module*use sandboxctl run*"
inside a/x -- "$probe" alloc 80
field reason
is "its memory is bounded as the rest's is" "$status:$REPLY" "137:oom"
inside a/x -- "$probe" read "$world/b/file"
is "the probe says what the kernel answers" "$status:${line%% at*}" "1:read: ENOENT"

# ---- what it gets ----

inside a/x -- "$busybox" sh -c 'read -r line; echo "$line"; echo "over stderr" >&2' <<<"over stdin"
is "stdin, stdout and stderr pass through" "$out$err" $'over stdin\nover stderr\n'
inside a/x -- "$busybox" sh -c 'for a; do printf "[%s]" "$a"; done' sh -- -t x '' 'a  b' '*' --
is "arguments pass untouched" "$out" "[--][-t][x][][a  b][*][--]"
SECRET=1 GIVEN=here inside a/x --env GIVEN --env SET=1 -- "$probe" env
is "the policy's environment, and --env" "$line" "env: ok PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp TMPDIR=/tmp\
 LANG=C.UTF-8 WHO=a-$id-x GIVEN=here SET=1"
inside --env SET=2 a/x --env SET=1 -- "$busybox" sh -c 'echo $SET; umask; ulimit -n; ulimit -c; pwd'
is "options on both sides of the name; umask, limits and folder of the policy" "${out//$'\n'/ }" \
	"1 0027 64 0 $world/a "
inside a/x -- "$probe" uid
is "uid and gid are the tenant's" "$line" \
	"uid: ok uid=$uid,$uid,$uid gid=$uid,$uid,$uid groups="
zeros=0000000000000000
inside a/x -- "$probe" caps
is "no capabilities" "$line" "caps: ok inh=$zeros prm=$zeros eff=$zeros bnd=$zeros amb=$zeros"
inside a/x -- "$probe" nnp
is "no_new_privs, and a filter" "$line" "nnp: ok no_new_privs=1 seccomp=2"
inside a/x -- "$probe" securebits
is "securebits" "$line" "securebits: ok eb"
for fd in 3 4 5 6 7 8; do
	eval "inside a/x -- \"\$probe\" fds $fd</proc/self/status"
	is "no descriptor $fd of the caller's" "$line" "fds: ok 0 1 2"
done

# ---- where it is ----

inside a/x -- "$busybox" sh -c 'read -r mine </tmp/mine; echo "$mine" $$; "$0" hostname; cd /proc && echo [0-9]*' "$busybox"
like "it sees the sandbox's files, name and processes" "${out//$'\n'/ }" "mine [0-9]* a 1 2 [0-9]* "
for who in a bare; do
	mkfifo "$tmp/exec"
	sandboxctl exec $who/x -- "$probe" sleep 100000 >"$tmp/exec" 2>&1 </dev/null & one=$!
	read -r line <"$tmp/exec"
	rm "$tmp/exec"
	first_process $who/x
	read -r pid <"/proc/$one/task/$one/children"
	for ns in mnt pid ipc uts cgroup net; do
		ok "$who: its $ns namespace is the sandbox's" test "/proc/$pid/ns/$ns" -ef "/proc/$REPLY/ns/$ns"
	done
	ok "$who: its root is, too" test "/proc/$pid/root/" -ef "/proc/$REPLY/root/"
	is "$who: and its cgroup" "$(<"/proc/$pid/cgroup")" "$(<"/proc/$REPLY/cgroup")"
	kill -KILL "$one"
	wait "$one" 2>/dev/null
	until [[ ! -e /proc/$pid ]]; do :; done
	ok "$who: it dies with its supervisor, and the sandbox doesn't" test -e "/proc/$REPLY"
done

# ---- walls ----

inside a/x -- "$probe" read "$world/a/file"
is "its own file" "$status:$line" "0:read: ok a's"
inside a/x -- "$probe" write /etc/passwd
is "no file of the host's is in sight" "$line" "write: ENOENT"
as a/x "$probe" read "$world/b/file" # with none of the other walls
is "the LSM alone" "$line" "read: EACCES at open"
expected[a/x:file_open]=1
inside a/x -- "$probe" exit 3
field denied
is "what it was denied before isn't told of the next command" "$status:$REPLY" "3:"
inside a/x -- "$probe" syscall personality
is "the filter" "$status:$line" "1:syscall: EPERM"
inside a/x -- "$probe" exec "$world/noexec/probe"
is "and what it executes in turn" "$status:${line%% at*}" "1:exec: ENOENT"
inside a/x -- "$probe" fork-bomb 50
like "the sandbox's limits are its own, too" "$status:$line" "1:fork-bomb: EAGAIN*"
(exec nice -n -5 choom -n -500 -- sandboxctl exec a/x -- "$busybox" sh -c \
	'read -r a </proc/self/oom_score_adj; read -r b </proc/self/stat; set -- $b; echo $a ${19}') \
	>"$tmp/out" 2>&1 </dev/null
is "nothing of its caller's priority" "$(<"$tmp/out")" "0 0"

(umask 022 && sed 's/^\[process\]/[seccomp]\ndeny = readv\n&/' "$config/tenants/a.ini" >"$world/other.ini")
cd "$world" || bail cd
options=(--policy other.ini)
start a/y "$probe" sleep 100000 </dev/null
is "another sandbox of the tenant, by another file" "$line$(<"$tmp/a.y.err")" "sleep: ok"
options=()
cd / || bail cd
for i in 1 2 3 4; do
	for name in x y; do
		sandboxctl exec a/$name -- "$probe" syscall readv >"$tmp/$name.$i" 2>&1 </dev/null &
	done
done
for name in x y; do
	for i in 1 2 3 4; do
		until read -r line <"$tmp/$name.$i"; do :; done 2>/dev/null
		printf '%s %s\n' "$name" "$line"
	done
done >"$tmp/all"
like "two sandboxes of one tenant under two policies at once: each by its own" "$(sort -u "$tmp/all" | tr '\n' ' ')" \
	"x syscall: ok EBADF* y syscall: EPERM* "
stop a/y

# ---- refused ----

enter_x=(sandboxctl exec a/x -- "$probe" exit 0)
refuses 125 "sandboxctl: exec: there is no sandbox 'a/none': *" "a sandbox that isn't there" \
	sandboxctl exec a/none -- "$probe" exit 0
for name in a a/ /x ../a a/../x a/x/y; do
	refuses 125 "sandboxctl: exec: '$name' is not TENANT/NAME: *" "'$name'" sandboxctl exec "$name" -- "$probe" exit 0
done
sandboxctl freeze a/x
refuses 125 "sandboxctl: exec: find-sandbox: sandbox 'a/x' is frozen: sandboxctl thaw a/x" "one that is frozen" "${enter_x[@]}"
sandboxctl thaw a/x
inside a/x -- "$probe" exit 3
is "one that was thawed: allowed" "$status" 3

policy=$config/tenants/a.ini
cp -p "$policy" "$tmp/kept"
echo "rlimit.STACK = 1M" >>"$policy"
refuses 125 "sandboxctl: exec: '$policy', what it includes, *start the sandbox anew*" "another policy than it has" "${enter_x[@]}"
cp -p "$tmp/kept" "$policy"
mkdir -m 755 "$policy.d"
(umask 022 && printf 'version = 1\n[seccomp]\nallow = personality\n' >"$policy.d/more.ini")
refuses 125 "sandboxctl: exec: '$policy', what it includes, *" "a drop-in that it hasn't" "${enter_x[@]}"
rm -r "$policy.d"
load # for who runs something from now on

# The registry is root's, and what stands in it is held against the kernel all the same.
status_file=$state/sandboxes/a/x/status
is "nobody else writes into the registry" "$(stat -c %a:%u "$state/sandboxes/a/x" "$status_file" | tr '\n' ' ')" "700:0 600:0 "
cp "$status_file" "$tmp/status"
init=$(sed 's/.*"init":\([0-9]*\).*/\1/' "$tmp/status")
ok "a status names the init" test "/proc/$init/ns/pid" -ef "/proc/$first/ns/pid"
first_process b/x
other=$REPLY
for pid in 1 $$ "${supervisors[a/x]}" "$other" 4000000; do
	sed "s/\"init\":$init/\"init\":$pid/" "$tmp/status" >"$status_file"
	refuses 125 "sandboxctl: exec: find-first: sandbox 'a/x' has ended" "a status with the process $pid" "${enter_x[@]}"
done
sed "s|a.slice/x.scope|b.slice/x.scope|" "$tmp/status" >"$status_file"
refuses 125 "*there is no sandbox 'a/x'*" "a status with another's cgroup" "${enter_x[@]}"
sed 's/"walls":"[^"]*"/"walls":""/' "$tmp/status" >"$status_file"
refuses 125 "*is not what sandbox 'a/x' was started with*" "a status that has no fingerprint" "${enter_x[@]}"
mkdir -p "$state/sandboxes/a/fake"
sed "s|\"x\"|\"fake\"|; s|x.scope|fake.scope|" "$tmp/status" >"$state/sandboxes/a/fake/status"
: >"$state/sandboxes/a/fake/lock"
refuses 125 "*the supervisor of sandbox 'a/fake' was killed*" "an entry that nobody holds" \
	sandboxctl exec a/fake -- "$probe" exit 0
rm -r "$state/sandboxes/a/fake"
cp "$tmp/status" "$status_file"
inside a/x -- "$probe" exit 3
is "with its own status: allowed" "$status" 3
setpriv --reuid 65534 --clear-groups sandboxctl exec a/x -- "$probe" exit 0 >/dev/null 2>"$tmp/err" || status=$?
like "not root" "$status:$(<"$tmp/err")" "125:*not root*"

# ---- each step that fails ----

# Another build's sandboxes are not its own.
refuses 125 "*is not what sandbox 'a/x' was started with*" "another build" "$failing" exec a/x -- "$probe" exit 0
PATH=${failing%/*}:$PATH start a/f "$probe" sleep 100000 </dev/null
steps=$("$failing" exec -v a/f -- "$probe" exit 0 2>&1 >/dev/null </dev/null | sed -n 's/.*ms: //p')
like "the steps are named" "${steps//$'\n'/ }" "plan open-lsm find-sandbox * clone * go *join-init *exec*"
procs=$base/a.slice/f.scope/cgroup.procs
before=$(sort "$procs")
wrong=
for step in $steps; do
	[[ $step != plan ]] || continue
	for when in :before :after; do
		[[ $step$when != exec:after ]] || continue
		status=0
		SBX_FAILPOINT=$step$when "$failing" exec a/f -- "$busybox" sh -c 'echo ran' >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
		# It was told to go, and may have been faster.
		[[ $step$when != go:after ]] || : >"$tmp/out"
		[[ $status == 12[56] && ! -s $tmp/out ]] || wrong+="$step$when: $status $(<"$tmp/out") "
	done
	SBX_FAILPOINT=$step "$failing" exec a/f -- "$busybox" sh -c 'echo ran' >"$tmp/out" 2>"$tmp/err" </dev/null
	[[ ! -s $tmp/out ]] || wrong+="killed at $step: it ran "
done 2>/dev/null
is "with a step that fails, or at which it is killed, nothing is run" "$wrong" ""
for ((i = 0; i < 20000; i++)); do
	after=$(sort "$procs")
	[[ $after != "$before" ]] || break
done
is "and no process is left of it" "$after" "$before"
status=0
"$failing" exec a/f -- "$probe" exit 3 >/dev/null 2>&1 || status=$?
is "the sandbox is as it was" "$status" 3
stop a/f

# ---- its end ----

mkfifo "$tmp/exec"
begin_exec() { # TENANT/NAME COMMAND...
	sandboxctl exec --json-status-fd 9 "$1" -- "${@:2}" >"$tmp/exec" 2>"$tmp/err" 9>"$tmp/json" </dev/null & one=$!
	exec 8<"$tmp/exec"
	read -r line <&8
}
end_exec() {
	status=0
	wait "$one" || status=$?
	exec 8<&-
	read_all json "$tmp/json"
	field reason
}
begin_exec a/x "$busybox" sh -c 'trap "echo no" TERM; echo ready; while :; do "$0" sleep 1000 & wait; done' "$busybox"
kill -TERM "$one"
read -r line <&8
is "SIGTERM is passed on" "$line" "no"
kill -TERM "$one"
end_exec
ok "the second SIGTERM ends the command, and the sandbox goes on" test "$status:$REPLY" = 137:signal -a -e "/proc/$first"
begin_exec a/x "$probe" sleep 100000
kill -USR1 "$one"
end_exec
is "SIGUSR1 is passed on" "$status" 138
for who in a bare; do
	begin_exec $who/x "$probe" sleep 100000
	stop $who/x
	end_exec
	is "$who: it ends with its sandbox" "$status:$REPLY" "137:signal"
	refuses 125 "*there is no sandbox '$who/x'*" "$who: and that isn't there any more" sandboxctl exec $who/x -- "$probe" exit 0
done

# ---- links for who comes ----

start links/x "$probe" sleep 100000 </dev/null
is "a folder to start in that is a link" "$line$(<"$tmp/links.x.err")" "sleep: ok"
inside links/x -- "$probe" cwd
is "a folder to start in that is a link: allowed" "$line" "cwd: ok $world/links/there"
wrong=
for to in root cwd fd/{3..24} "task/1/root" ; do
	ln -sfn "/proc/self/$to" "$world/links/here"
	inside links/x -- "$probe" exit 3
	[[ $status == 125 ]] || wrong+="exec: $to: $status "
	[[ $to != *[05] ]] || sandbox -t links -- "$probe" exit 3
	[[ $status == 125 ]] || wrong+="run: $to: $status "
done
is "one that the tenant has made lead to what the launcher has open: not for exec, nor for run" "$wrong" ""
ln -sfn ../../../../../../../../.. "$world/links/here"
inside links/x -- "$busybox" sh -c 'pwd; echo /*' "$busybox"
is "and none leads out of the root" "${out//$'\n'/ }" "/ /dev /proc /srv /tmp "
stop links/x

stop b/x
finish
