#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A changed policy on sandboxes that run: what takes effect at once, what can't, that it is all or nothing, and
# whom a command meets that goes into one.
#
# It needs the build by `make FAILPOINTS=1`.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

failing=$repo/build/failpoints/bin/sandboxctl
[[ -x $failing ]] || bail "make FAILPOINTS=1"

mkdir -m 755 "$world/a" "$world/b" "$world/c"
for folder in a b c; do
	echo secret >"$world/$folder/file"
	chmod 644 "$world/$folder/file"
done

# policy FOLDER PIDS SANDBOX_PIDS PORT [MORE]
policy() {
	printf '%s\n' "[cgroup]" "pids.max = $2" "memory.low = 1M" "[cgroup.sandbox]" "pids.max = $3" "[filesystem]" \
		"exec = $world/bin" "read = $world/$1" "[network]" "mode = host" "connect = tcp 127.0.0.1 $4" "${@:5}"
}
# The tenant's, written and loaded.
change() {
	tenant upd < <(policy "$@")
	load
}
update() {
	status=0
	out=$("${updater:-sandboxctl}" update "$@" 2>"$tmp/err" </dev/null) || status=$?
	read_all err "$tmp/err"
}
updates() { # TEXT OUTPUT ARG...
	update "${@:3}"
	is "$1" "$status:$out:$err" "0:$2:"
}
holds() { # CGROUP FILE VALUE
	local text=
	read_all text "$base/$1/$2"
	is "$1 $2" "${text%$'\n'}" "$3"
}
keeps() { # NAME PART
	REPLY="upd/$1 keeps what it was started with: $2"
}

change a 20 10 9
updates "a tenant that has not run yet" "" upd
ok "gets no cgroup by that" test ! -e "$base/upd.slice"
start upd/x "$probe" sleep 100000 </dev/null
start upd/y "$probe" sleep 100000 </dev/null
(umask 022 && { echo "version = 1" && policy a 20 10 9; } >"$world/own.ini")
options=(--policy "$world/own.ini")
start upd/own "$probe" sleep 100000 </dev/null
options=(--mount "$world/c:/c:ro")
start upd/m "$probe" sleep 100000 </dev/null
options=()
own="upd/own keeps all: its policy is '$world/own.ini'"
updates "a policy that has not changed" "$own" upd
allowed "what was granted" upd/x read "$world/a/file"
denied lsm:file_open:no_grant "what was not" upd/x read "$world/b/file"
try upd/x connect tcp 127.0.0.1 9
is "a port that was granted, where nobody listens" "$line" "connect: ECONNREFUSED"
denied lsm:socket_connect:no_rule "another one" upd/x connect tcp 127.0.0.1 10

# ---- at once ----

change b 30 15 10
kept=
for name in m x y; do
	keeps $name filesystem
	kept+=$'\n'$REPLY
done
# In the order of the names.
kept="${kept#*$'\n'}" kept="${kept/$'\n'/$'\n'$own$'\n'}"
updates "looked at only" "$kept" --dry-run upd
holds upd.slice pids.max 20
allowed "looked at only: what was granted is" upd/x read "$world/a/file"
updates "another policy: mounts are what they were" "$kept" upd
holds upd.slice pids.max 30
holds upd.slice/x.scope pids.max 15
holds upd.slice/y.scope pids.max 15
holds upd.slice/own.scope pids.max 10
denied lsm:file_open:no_grant "what is granted no longer" upd/x read "$world/a/file"
allowed "what is granted now" upd/x read "$world/b/file"
denied lsm:socket_connect:no_rule "a port that is granted no longer" upd/x connect tcp 127.0.0.1 9
try upd/x connect tcp 127.0.0.1 10
is "one that is now" "$line" "connect: ECONNREFUSED"
denied lsm:file_open:no_grant "in each sandbox" upd/y read "$world/a/file"
allowed "but the one with a policy of its own" upd/own read "$world/a/file"
denied lsm:file_open:no_grant "which has that alone" upd/own read "$world/b/file"
allowed "what --mount has granted stays" upd/m read "$world/c/file"
allowed "beside what is granted now" upd/m read "$world/b/file"
denied lsm:file_open:no_grant "and is nobody else's" upd/x read "$world/c/file"
stop upd/m
options=(--set cgroup.sandbox.pids.max=12)
start upd/z "$probe" sleep 100000 </dev/null
options=()
like "one that was started with --set has what was said then" "$(sandboxctl update upd)" \
	"*upd/z keeps all: it was started with --set*"
holds upd.slice/z.scope pids.max 12
stop upd/z

# ---- who comes later ----

# inside COMMAND...: by exec, in upd/x.
inside() {
	launched exec upd/x -- "$probe" "$@"
}
inside syscall readv
like "exec: limits and grants are the sandbox's, and it may come" "$status:$line" "0:syscall: ok*"
inside fork-bomb 20
like "exec: the new limit is its own, too" "$status:$line" "1:fork-bomb: EAGAIN*"
inside read "$world/a/file"
is "exec: what is granted no longer isn't for it either" "$status:$line" "1:read: EACCES at open"
expected[upd/x:file_open]=$((${expected[upd/x:file_open]} + 1))
change b 30 15 10 "[seccomp]" "deny = readv"
inside syscall readv
like "exec: nor with another filter than the sandbox has" "$status:$err" \
	"125:*is not what sandbox 'upd/x' was started with: seccomp: start the sandbox anew*"
keeps x "seccomp, filesystem" && like="*$REPLY"$'\n'"*"
update upd
like "what is named is the filter" "$status:$out" "0:$like"
inside syscall readv
like "exec: after the update as before it" "$status:$err" "125:*was started with: seccomp: *"
for more in "[seccomp]/allow = personality" "[process]/umask = 0" "[process]/rlimit.NOFILE = 4000" "[namespaces]/ipc = no"; do
	change b 30 15 10 "${more%/*}" "${more#*/}"
	update upd
	inside exit 3
	like "exec: never behind a lower wall: $more" "$status:$err" "125:*is not what sandbox 'upd/x' was started with: *"
done
change b 30 15 10 "[runtime]" "timeout = 1h" "[process]" "cwd = /tmp" "env = A=B" "; a comment" "[seccomp]" "deny = readv"
update --json upd
like "all that is kept, as JSON" "$status:${out//[[:space:]]/}" \
	'0:{"tenant":"upd","sandboxes":\[{"name":"own","updated":false,*},{"name":"x","updated":true,"module_gone":false,"kept":\["seccomp","filesystem","environment","timeout"\]},{"name":"y",*}\]}'
change b 30 15 10 "[runtime]" "timeout = 1h" "[process]" "cwd = /tmp" "env = A=B" "; a comment"
inside exit 3
is "exec: what isn't a wall may differ" "$status" 3

# What was limited and isn't any more.
keeps x filesystem && kept=$own$'\n'$REPLY
keeps y filesystem && kept+=$'\n'$REPLY
tenant upd < <(policy b 30 15 10 | grep -v memory.low | grep -v "pids.max = 15")
load
updates "a policy that limits less" "$kept" upd
holds upd.slice memory.low 0
holds upd.slice/x.scope pids.max max
stop upd/own

# ---- all or nothing ----

unchanged() { # TEXT
	holds upd.slice pids.max 30
	holds upd.slice memory.low 0
	holds upd.slice/x.scope pids.max max
	holds upd.slice/x.scope memory.max max
	holds upd.slice/y.scope memory.max max
	allowed "$1: what was granted is" upd/x read "$world/b/file"
	denied lsm:file_open:no_grant "$1: what was not isn't" upd/x read "$world/a/file"
}
fails() { # PATTERN TEXT
	update upd
	like "$2" "$status:$out:$err" "1::sandboxctl: update: $1"$'\n'
	unchanged "$2"
}
tenant upd < <(policy a 40 15 9)
fails "*is not what was loaded: sandboxctl lsm load" "a policy that isn't loaded yet"
tenant upd < <(policy a 40 15 9 "[filesystem]" "own = $world/c")
fails "own '$world/c' is not loaded as this tenant's: *sandboxctl lsm load" "another own, which isn't loaded"
tenant upd < <(policy missing 40 15 9)
load
fails "*upd.ini:*'$world/missing'*" "a grant of what isn't there"
tenant upd < <(policy a 40 15 9 "[cgroup.sandbox]" "cpuset.cpus = 0-900")
load
fails "*upd.ini:*: write '0-900' to cpuset.cpus of cgroup '/sandboxctl/upd.slice/x.scope'*" "a value that the kernel refuses"
change a 40 15 9
updater=$failing
for step in slice limits labels check-loaded; do
	SBX_FAILPOINT=update-$step:after update upd
	is "an error behind $step" "$status:$err" "1:sandboxctl: update: asked to fail: Input/output error"$'\n'
done
unchanged "with an error behind each step"
updater=
tenant upd < <(echo "[cgroup]"; echo "pids.max = 0")
update upd
like "a policy with a mistake" "$status:$err" "1:*pids.max: '0' is not *"

# ---- killed ----

# Each of them has one of the two policies as a whole.
whole() { # TEXT
	local name one other
	for name in x y; do
		as upd/$name "$probe" read "$world/a/file" && one=$status
		as upd/$name "$probe" read "$world/b/file" && other=$status
		expected[upd/$name:file_open]=$((${expected[upd/$name:file_open]} + 1))
		is "$1: $name" "$((one + other))" 1
	done
}
updater=$failing
for step in slice limits limits-half labels labels-half check-loaded; do
	if [[ $step == *labels* ]]; then change a 40 20 9; else change b 30 15 10; fi
	SBX_FAILPOINT=update-$step update upd 2>/dev/null
	is "killed at $step" "$status" 137
	whole "killed at $step"
done
updater=
change a 40 20 9
update upd
is "the next update goes on" "$status" 0
holds upd.slice pids.max 40
holds upd.slice/x.scope pids.max 20
holds upd.slice/y.scope pids.max 20
whole "the next update"
allowed "the next update: what is granted" upd/y read "$world/a/file"
change a 40 20 9 "[cgroup.sandbox]" "memory.max = 16M"
updater=$failing
SBX_FAILPOINT=memory-frozen update upd 2>/dev/null
updater=
holds upd.slice/x.scope cgroup.freeze 1
like "gc thaws what was frozen for its limit" "$(sandboxctl gc)" "*removed freeze of cgroup /sandboxctl/upd.slice/x.scope*"
holds upd.slice/x.scope cgroup.freeze 0
sandboxctl freeze upd/y
update upd
is "the update that comes then" "$status" 0
holds upd.slice/x.scope memory.max 16777216
holds upd.slice/y.scope memory.max 16777216
holds upd.slice/y.scope cgroup.freeze 1
is "and gc leaves what somebody has frozen" "$(sandboxctl gc)" ""
holds upd.slice/y.scope cgroup.freeze 1
sandboxctl thaw upd/y

# ---- at once ----

for i in 1 2 3 4; do
	sandboxctl update upd >"$tmp/$i" 2>&1 </dev/null & updating[i]=$!
done
wrong=
for i in 1 2 3 4; do
	wait "${updating[i]}" || wrong+="$i: $(<"$tmp/$i") "
done
is "updates at once" "$wrong" ""
# A run that has read the policy and waits for the tenant; an update comes in between, or behind it.
mkfifo "$tmp/steps"
for i in 1 2 3; do
	change a 40 20 9
	exec {lock}>>"$state/locks/upd"
	flock "$lock"
	sandboxctl -v run -t upd --name late -- "$probe" sleep 100000 >"$tmp/late" 2>"$tmp/steps" </dev/null {lock}>&- & late=$!
	exec {steps}<"$tmp/steps"
	while read -r line <&"$steps" && [[ $line != *"step lock-tenant" ]]; do :; done
	change a 40 $((20 + i)) 9
	sandboxctl update upd >/dev/null 2>"$tmp/err" </dev/null {lock}>&- & other=$!
	exec {lock}>&-
	wait "$other" || wrong+="$i: $(<"$tmp/err") "
	# Either it gave up, or the update has found it.
	{ read -r held <"$base/upd.slice/late.scope/pids.max"; } 2>/dev/null || held=gone
	case $held in
	$((20 + i)))
		sandboxctl kill upd/late ;;
	gone) while read -r line <&"$steps" && [[ $line != *"was updated meanwhile: try again" ]]; do :; done
		[[ $line == *"try again" ]] || wrong+="$i: it ended otherwise " ;;
	*) wrong+="$i: pids.max is $held " ;;
	esac
	wait "$late"
	exec {steps}<&-
	line=
done
is "a run that has read an old policy gets no sandbox by it behind the update" "$wrong" ""

# ---- memory ----

change b 30 15 10
tenant upd < <(policy b 30 15 10 | grep -v memory.low | grep -v "pids.max = 15")
load
update upd
start upd/z "$busybox" sh -c 'x=$("$0" head -c 12000000 /dev/zero | "$0" tr "\0" a); echo ready; "$0" sleep 100000; echo "${#x}"' \
	"$busybox" </dev/null
is "a sandbox that uses 12 MB" "$line" ready
tenant upd < <(policy a 40 15 9 "[cgroup.sandbox]" "memory.max = 8M")
load
# The others have the limit already, and get back what they had.
fails "*upd.ini:*: memory.max of cgroup '/sandboxctl/upd.slice/z.scope' can't be lowered to 8388608: *" \
	"a limit below what can't be taken away"
holds upd.slice/z.scope memory.max max
holds upd.slice/z.scope memory.high max
first_process upd/z
ok "and nobody is killed for it" test -d "/proc/$REPLY"
stop upd/z
update upd
is "without that sandbox it works" "$status" 0
holds upd.slice/x.scope memory.max 8388608
holds upd.slice pids.max 40

refuses 1 "sandboxctl: update: tenant 'nobody' has no policy*" "a tenant that isn't" sandboxctl update nobody
ok "and that gets no lock" test ! -e "$state/locks/nobody"
refuses 1 "sandboxctl: update: '../x' is not a tenant's name" "no tenant's name" sandboxctl update ../x
refuses 1 "sandboxctl: update: not root: use sudo" "not root" setpriv --reuid 65534 --clear-groups sandboxctl update upd

# The LSM's counts are what they would be without all that: `stop` says so.
stop upd/x
stop upd/y
change a 50 15 9
updates "with none left" "" upd
holds upd.slice pids.max 50

# ---- without the LSM ----

(umask 022 && printf 'version = 1\n[host]\nlsm = off\nbase = /unwatched\n' >"$config/sandboxctl.ini")
base=/sys/fs/cgroup/unwatched
start upd/x "$probe" sleep 100000 </dev/null
tenant upd < <(policy b 60 25 9)
keeps x filesystem
updates "without the LSM: nothing has to be loaded" "$REPLY" upd
holds upd.slice pids.max 60
holds upd.slice/x.scope pids.max 25
(umask 022 && printf 'version = 1\n[host]\nlsm = off\nbase = /elsewhere\n' >"$config/sandboxctl.ini")
refuses 1 "sandboxctl: update: sandbox 'upd/x' runs in cgroup '/unwatched/upd.slice/x.scope', which is not below*" \
	"another base than they run in" sandboxctl update upd
stop upd/x
rmdir "$base/upd.slice" "$base"
base=/sys/fs/cgroup/sandboxctl
finish
