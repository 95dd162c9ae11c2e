#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a command meets inside, and what its caller gets back.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

# All that a program with libraries needs, as its loader says.
needs_of() { # PROGRAM
	local word
	needs=$1
	for word in $(ldd "$1"); do
		[[ $word != /* ]] || needs+=" $word"
	done
}
needs_of /bin/true

mkdir -m 777 "$world"/{home,noexec}
echo "not a program" >"$world/bin/text"
chmod 644 "$world/bin/text"
printf '#!%s sh\necho "script: $0 $*"\n' "$busybox" >"$world/bin/script"
printf '#!/missing/interpreter\n' >"$world/bin/orphan"
chmod 755 "$world/bin/script" "$world/bin/orphan"
cp "$probe" "$world/noexec/probe"

tenant acme <<POLICY
[tenant]
id = 4242
[filesystem]
exec = $world/bin
POLICY
tenant exact <<POLICY
[filesystem]
exec = $needs
POLICY
tenant almost <<POLICY
[filesystem]
exec = ${needs% *}
POLICY
tenant file <<POLICY
[filesystem]
exec = $world/noexec/probe
POLICY
mkdir -m 777 "$world/by-id" "$world/by-id/4243" "$world/by-name" "$world/by-name"/{web,db}
tenant names <<POLICY
[tenant]
id = 4243
[filesystem]
exec = $world/bin
own = $world/by-id/%i
write = $world/by-name/%n
[process]
env = WHO=%t-%i-%n
POLICY
tenant limits <<POLICY
[filesystem]
exec = $world/bin
own = $world/limits
[process]
umask = 027
rlimit.NOFILE = 3:256
rlimit.CPU = 5m:10m
rlimit.STACK = infinity
rlimit.FSIZE = 64K
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
for tenant in "bound cap_net_bind_service" "chown cap_chown cap_net_bind_service" "every all"; do
	tenant "${tenant%% *}" <<-POLICY
	[filesystem]
	exec = $world/bin
	[process]
	capabilities = ${tenant#* }
	POLICY
done
tenant full <<POLICY
[filesystem]
exec = $world/bin
proc = full
POLICY
mkdir -m 777 "$world/limits"
tenant env <<POLICY
[filesystem]
exec = $world/bin
own = $world/home
[process]
env = WHO=policy LANG=de PATH=/nowhere:$world/bin "SPACED=one two"
cwd = $world/home
POLICY

load

# ---- the least policy ----

sandbox -t exact -- /bin/true
is "a policy that grants exactly what /bin/true needs: exit 0" "$status:$err" "0:"
sandbox -t almost -- /bin/true
ok "without the last of it, it doesn't start" test "$status" != 0
sandboxctl run -t exact -- /bin/true & one=$!
sandboxctl run -t exact -- /bin/true & two=$!
wait "$one" && wait "$two"
is "two runs of one tenant at the same time" "$?" 0

cd "$world/noexec" || bail "cd"
for word in ./probe ../noexec/probe "$world//noexec/./probe"; do
	sandbox -t file -- "$word" exit 3
	is "a grant on the file covers '${word/#"$world"/...}'" "$status" 3
done
sandbox -t file -- ./probe/ exit 3
is "but a file is no folder" "$status" 127
cd / || bail "cd"

# ---- exit codes ----

# A shell asks for the names of users by a unix socket: that it can't is not why it fails.
sandbox -t acme -- "$busybox" sh -c '"$0" connect-unix @nobody; exit 42' "$probe"
field reason
is "a unix socket that could not be connected is no reason" "$status:$REPLY" "42:exit"
for code in 0 1 42; do
	sandbox -t acme -- "$probe" exit "$code"
	field reason
	is "exit $code" "$status:$REPLY" "$code:exit"
done
for signal in 9 6; do
	sandbox -t acme -- "$probe" signal "$signal"
	field reason && reason=$REPLY && field signal
	is "killed by signal $signal" "$status:$reason:$REPLY" "$((128 + signal)):signal:$signal"
done
sandbox -t acme --timeout 200ms -- "$probe" sleep 1000
field reason
is "--timeout" "$status:$REPLY:$line" "124:timeout:sleep: ok"
sandbox -t acme --timeout 1h -- "$probe" exit 3
is "--timeout that isn't reached" "$status" 3
sandbox -t acme -- "$world/bin/missing"
is "a command that isn't there" "$status" 127
sandbox -t acme -- missing
is "a command that isn't in PATH" "$status" 127
sandbox -t acme -- "$world/bin/orphan"
is "a script whose interpreter isn't there" "$status" 127
sandbox -t acme -- "$world/bin/text"
is "a file that isn't executable" "$status" 126
sandbox -t acme -- "$world/bin"
is "a folder" "$status" 126
sandbox -t acme -- "$world/noexec/probe" exit 0
is "a program without an exec grant" "$status" 126
sandbox -t nobody -- "$probe" exit 0
field lsm
is "no such tenant" "$status:$REPLY" 125:null
sandbox -t acme -- $'no \xff UTF-8'
field error
is "a command that isn't UTF-8 is told in UTF-8" "$status:$REPLY" \
	"127:'no "$'\xef\xbf\xbd'" UTF-8' is not in '/usr/local/bin:/usr/bin:/bin'"

# ---- streams, arguments, environment ----

sandbox -t acme -- "$busybox" sh -c 'read -r line; echo "$line"; echo "over stderr" >&2' <<<"over stdin"
is "stdin, stdout and stderr pass through" "$out$err" $'over stdin\nover stderr\n'
sandbox -t acme -- "$busybox" sh -c 'for a; do printf "[%s]" "$a"; done' sh -- -t x --name '' 'a  b' '*' --
is "arguments pass untouched" "$out" "[--][-t][x][--name][][a  b][*][--]"
sandbox -t acme "$busybox" sh -c 'for a; do printf "[%s]" "$a"; done' sh --timeout 5 --
is "the same without '--' before the command" "$out" "[--timeout][5][--]"

SECRET=1 sandbox -t acme -- "$probe" env
is "the environment is empty but for four" "$line" \
	"env: ok PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp TMPDIR=/tmp LANG=C.UTF-8"
GIVEN=from-here sandbox -t env --env WHO=option --env GIVEN --env UNSET --env EMPTY= -- "$probe" env
is "then comes the policy's, then --env: the later wins" "$line" "env: ok PATH=/nowhere:$world/bin\
 HOME=/tmp TMPDIR=/tmp LANG=de WHO=option SPACED=one two GIVEN=from-here EMPTY="

cd "$world/bin" || bail "cd"
sandbox -t acme -- ./probe cwd
is "a relative command; the folder to start in is /" "$status:$line" "0:cwd: ok /"
cd / || bail "cd"
sandbox -t env -- probe cwd
is "PATH of the policy finds the command; cwd of the policy" "$status:$line" \
	"0:cwd: ok $world/home"
sandbox -t acme -- "$world/bin/script" x 'y z'
is "a script with #!" "$status:$line" "0:script: $world/bin/script x y z"
(umask 022 && cp "$config/tenants/acme.ini" "$world/file.ini")
sandbox -t acme --policy "$world/file.ini" --env FROM=file -- "$probe" uid
is "--policy FILE, for the tenant named" "$status:${line%% gid*}" \
	"0:uid: ok uid=2000004242,2000004242,2000004242"
(umask 022 && printf 'version = 1\n[host]\ntenant = acme\n' >"$config/sandboxctl.ini")
sandbox -- "$probe" uid
is "without -t: the host's default tenant" "$status:${line%% gid*}" \
	"0:uid: ok uid=2000004242,2000004242,2000004242"
rm "$config/sandboxctl.ini"
sandbox -- "$probe" uid
is "without -t and without a default tenant" "$status" 125

# ---- --set ----

sandbox -t env --set process.env=WHO=set --set process.cwd=/ --set "process.env=SPACED=" -- "$busybox" sh -c 'echo "$WHO,$SPACED,$PWD"'
is "--set: a list goes on, a scalar takes the place of the policy's" "$status:$line" "0:set,,/"
sandbox -t acme --set seccomp.deny=readv -- "$probe" syscall readv
is "with --set seccomp.deny it is denied" "$line" "syscall: EPERM"
sandbox -t acme -- "$probe" syscall readv
is "and without it, by another program in the cache, not" "$line" "syscall: ok EBADF"
options=(--set cgroup.sandbox.pids.max=7 --set cgroup.pids.max=20 --set seccomp.deny=readv --set "process.env=SET=%n")
start acme/set "$probe" sleep 1000 </dev/null
options=()
is "limits that --set writes: the sandbox's, and, while it is alone, the tenant's" \
	"$(<"$base/acme.slice/set.scope/pids.max"):$(<"$base/acme.slice/pids.max")" 7:20
like "status tells what was set" "$(sandboxctl status acme/set)" "* set: cgroup.sandbox.pids.max=7
*set: process.env=SET=%n
*"
launched exec acme/set -- "$probe" syscall readv
is "exec puts its command behind the same filter" "$line" "syscall: EPERM"
launched exec acme/set -- "$busybox" sh -c 'echo "$SET"'
is "and gives it the same environment" "$line" set
sandbox -t acme --set cgroup.sandbox.pids.max=9 -- "$probe" exit 0
is "beside it another one may have limits of its own" "$status" 0
refuses 125 "sandboxctl: run: totals: --set cgroup.pids.max=30: tenant 'acme' has other sandboxes, whose limit it is too: set it in ?cgroup.sandbox?, or end them before" \
	"but not say what the tenant's is" sandboxctl run -t acme --set cgroup.pids.max=30 -- "$probe" exit 0
stop acme/set
sandbox -t acme --set cgroup.pids.max=30 -- "$probe" exit 0
is "when that one has ended it may" "$status:$(<"$base/acme.slice/pids.max")" 0:30
sandbox -t acme -- "$probe" exit 0
is "and the next one has what the policy says" "$status:$(<"$base/acme.slice/pids.max")" 0:50
refuses 125 "sandboxctl: run: --set filesystem.own=$world/home: own: it is known to the kernel before any sandbox runs: set it in the tenant's own file, then sandboxctl lsm load" \
	"--set own" sandboxctl run -t acme --set "filesystem.own=$world/home" -- "$probe" exit 0
printf -v long %0400d 0
words=()
for n in 1 2 3 4 5 6 7 8 9 10 11; do words+=(--set "process.env=A=$long"); done
refuses 125 "sandboxctl: run: --set: more than 4095 bytes in all: write them into a file, for --policy" \
	"more of --set than the registry has room for" sandboxctl run -t acme "${words[@]}" -- "$probe" exit 0

# ---- limits of processes ----

sandbox -t limits -- "$busybox" sh -c 'ulimit -n; ulimit -Hn; ulimit -t; ulimit -Ht; ulimit -s; ulimit -Hs; umask'
is "limits, soft and hard, and the mask, as the policy has them" "${out//$'\n'/ }" "3 256 300 600 unlimited unlimited 0027 "
sandbox -t limits -- "$busybox" sh -c 'ulimit -n 256 && ulimit -n && : >"$1/new" && echo made' sh "$world/limits"
is "the soft limit can be raised up to the hard one" "${out//$'\n'/ }" "256 made "
is "a new file lacks the bits of the mask" "$(stat -c %a "$world/limits/new")" 640
sandbox -t limits -- "$busybox" sh -c 'ulimit -n 256 && ulimit -Hn 512' sh
ok "but not above it" test "$status" != 0
sandbox -t limits -- "$busybox" sh -c 'ulimit -n 256 && "$0" dd if=/dev/zero of="$1/big" bs=1024 count=100 2>/dev/null' "$busybox" "$world/limits"
is "a file ends where the limit is" "$(stat -c %s "$world/limits/big")" 65536
sandbox -t acme -- "$busybox" sh -c 'umask; ulimit -c'
is "without them: 022, and no core dump" "${out//$'\n'/ }" "0022 0 "

# ---- %t, %i and %n ----

for name in web db; do
	sandbox -t names --name $name -- "$busybox" sh -c \
		'cd "$1" && echo "$WHO" >by-name/"$2"/x && echo "$2" >>by-id/4243/x && echo by-name/*' sh "$world" $name
	is "%i and %n: the sandbox $name has its own" "$status:$err:$line" "0::by-name/$name"
	is "%t, %i and %n in its environment" "$(<"$world/by-name/$name/x")" "names-4243-$name"
done
is "and both have the tenant's" "$(tr '\n' ' ' <"$world/by-id/4243/x")" "web db "
sandbox -t names --name other -- "$probe" exit 0
is "a sandbox whose own isn't there does not start" "$status" 125
like "and it says why" "$err" "*$world/by-name/other*"
printf 'version = 1\n[process]\nenv = ID=%%i\n' >"$world/fresh.ini"
chmod 644 "$world/fresh.ini"
sandbox -t fresh --policy "$world/fresh.ini" --dry-run -- /bin/true
like "%i of a tenant that has none yet: a plan alone assigns none" "$status:$err" "125:*speaks of %i*run it once*"

# ---- who it is ----

sandbox -t acme -- "$probe" uid
is "uid and gid are the tenant's own, without groups" "$line" \
	"uid: ok uid=2000004242,2000004242,2000004242 gid=2000004242,2000004242,2000004242 groups="
sandbox -t acme -- "$probe" caps
zeros=0000000000000000
is "all five capability sets are empty" "$line" \
	"caps: ok inh=$zeros prm=$zeros eff=$zeros bnd=$zeros amb=$zeros"
for tenant in bound:0000000000000400 chown:0000000000000401; do
	sandbox -t "${tenant%:*}" -- "$probe" caps
	set=${tenant#*:}
	is "capabilities of the policy, and no others, in all five sets: ${tenant%:*}" "$line" \
		"caps: ok inh=$set prm=$set eff=$set bnd=$set amb=$set"
	sandbox -t "${tenant%:*}" -- "$probe" securebits
	# As below, but that what is there may be raised.
	is "and root is nobody special there either: ${tenant%:*}" "$line" "securebits: ok ab"
	sandbox -t "${tenant%:*}" -- "$probe" listen tcp 127.0.0.1 80 0
	like "a port below 1024 with cap_net_bind_service: ${tenant%:*}" "$line" "listen: ok*"
done
sandbox -t acme -- "$probe" listen tcp 127.0.0.1 80 0
is "and without" "$line" "listen: EACCES at bind"
sandbox -t chown -- "$busybox" sh -c ': >/tmp/x && "$0" chown 0:0 /tmp/x && "$0" stat -c %u:%g /tmp/x' "$busybox"
is "a file is given away with cap_chown" "$status:$line" "0:0:0"
sandbox -t bound -- "$busybox" sh -c ': >/tmp/x && "$0" chown 0:0 /tmp/x' "$busybox"
is "and not without" "$status" 1
sandbox -t every -- "$busybox" grep Cap /proc/self/status
list=${out//$'\n'/ } list=${list//Cap???:$'\t'/}
read -r set _ <<<"$list"
is "all: as the launcher has them, in all five" "$list" "$set $set $set $set $set "
ok "which are some" test "$((16#$set & 1 << 21))" != 0
(setpriv --bounding-set -net_bind_service,-chown --inh-caps -net_bind_service,-chown -- sandboxctl run -t bound -- "$probe" caps) >"$tmp/out" 2>"$tmp/err" && status=0 || status=$?
is "one that the launcher lacks is an error" "$status:$(<"$tmp/out"):$(grep -c "capabilities: .*Operation not permitted: sandboxctl lacks" "$tmp/err")" 125::1
sandbox -t acme -- "$probe" nnp
is "no_new_privs, and a filter" "$line" "nnp: ok no_new_privs=1 seccomp=2"
sandbox -t acme -- "$probe" securebits
# NOROOT and its lock, NO_SETUID_FIXUP_LOCKED, KEEP_CAPS_LOCKED, NO_CAP_AMBIENT_RAISE and its lock.
is "root is nobody special: securebits" "$line" "securebits: ok eb"
sandbox -t acme -- "$probe" fds 5</dev/null 7</proc/self/status
is "no descriptors but 0, 1 and 2" "$line" "fds: ok 0 1 2"
sandbox -t acme -- "$busybox" hostname
is "the host's name is the tenant's" "$line" "acme"
denied user:EPERM "another uid can't be taken" acme setuid 0
allowed "the own one can" acme setuid 2000004242

# ---- while it runs ----

start acme/one "$probe" sleep 1000 </dev/null
is "the first line comes while it runs" "$line" "sleep: ok"
first_process acme/one
pid=$REPLY
for ns in mnt ipc uts cgroup net; do
	ok "a $ns namespace of its own" test ! "/proc/$pid/ns/$ns" -ef "/proc/self/ns/$ns"
done
ok "a pid namespace of its own" test ! "/proc/$pid/ns/pid" -ef /proc/self/ns/pid
start bare/one "$probe" sleep 1000 </dev/null
first_process bare/one
for ns in pid ipc uts cgroup; do
	ok "$ns = no: the host's" test "/proc/$REPLY/ns/$ns" -ef "/proc/self/ns/$ns"
done
stop bare/one
sandbox -t acme --name one -- "$probe" exit 0
like "--name that is taken" "$status:$err" "125:*'acme/one' runs already: *--name*"
sandbox -t acme --name two -- "$probe" exit 0
is "another name is free" "$status" 0
read -rd '' list < <(sandboxctl list)
like "list shows it" "$list" "*acme *one *running *$pid*/sandboxctl/acme.slice/one.scope"
read -rd '' list < <(sandboxctl list --json)
like "list --json too" "${list//[[:space:]]/}" \
	"[[]{*\"tenant\":\"acme\",\"name\":\"one\",\"state\":\"running\",\"pid\":$pid,*}]"
stop acme/one
is "list is empty when it has ended" "$(sandboxctl list --json)" "[]"

# ---- what the caller has, and the tenant shouldn't ----

for word in stdin:0 stdout:1 stderr:2; do
	status=0
	eval "sandboxctl run -t acme -- \"\$probe\" exit 0 ${word#*:}<\"\$world\"" >/dev/null 2>"$tmp/err" || status=$?
	is "a folder as ${word%:*}: it would lead out of the private root" "$status" 125
done
(ulimit -r 50 && exec "$probe" sleep 1000 >"$tmp/out") & host=$!
until [[ -s $tmp/out ]]; do :; done
like "real-time priority: the host" "$(grep "realtime priority" "/proc/$host/limits")" "*priority*50*"
kill "$host"
ulimit -r 50
start acme/r "$probe" sleep 1000 </dev/null
ulimit -r 0
first_process acme/r
like "none for a tenant" "$(grep "realtime priority" "/proc/$REPLY/limits")" "*priority *0 *0 *"
stop acme/r
# What a process has from its caller, as the host sees it.
traits() { # PID
	local stat cpus memory
	read -r cpus <"/proc/$1/stat"
	read -ra stat <<<"${cpus##*) }"
	cpus=$(grep Cpus_allowed_list "/proc/$1/status")
	REPLY="personality=$(<"/proc/$1/personality") nice=${stat[16]} policy=${stat[38]} $(ionice -p "$1")"
	REPLY+=" cpus=${cpus##*$'\t'} slack=$(<"/proc/$1/timerslack_ns") oom=$(<"/proc/$1/oom_score_adj")"
	read -r _ memory _ <"/proc/$1/numa_maps"
	REPLY+=" memory=$memory"
}
# given COMMAND...: set_mempolicy(MPOL_INTERLEAVE, node 0) and prctl(PR_SET_TIMERSLACK, 1) have no tool.
given() {
	exec setarch -R ionice -c 1 -n 2 choom -n -500 -- taskset -c 0 perl -e \
		'my $node = pack("Q", 1); syscall(238, 3, $node, 64) == 0 && syscall(157, 29, 1, 0, 0, 0) == 0 && exec @ARGV or die' "$@"
}
traits $$
cpus=${REPLY#*cpus=} cpus=${cpus%% *}
for scheduling in "nice -n -5:-5 policy=0" "nice -n 5:5 policy=0" "chrt -f 3:0 policy=1"; do
	read -ra words <<<"${scheduling%:*}"
	: >"$tmp/out"
	(given "${words[@]}" "$probe" sleep 1000 >"$tmp/out") & host=$!
	until [[ -s $tmp/out || ! -e /proc/$host ]]; do :; done
	traits "$host"
	kill "$host"
	is "${scheduling%:*}, and more: the host" "$REPLY" "personality=00040000 nice=${scheduling#*:} realtime: prio 2\
 cpus=0 slack=$([[ $scheduling == chrt* ]] && echo 0 || echo 1) oom=-500 memory=interleave:0"
	mkfifo "$tmp/given"
	(given "${words[@]}" sandboxctl run -t acme --name given -- "$probe" sleep 1000 </dev/null >"$tmp/given" 2>&1) & host=$!
	read -r line <"$tmp/given"
	is "a run by such a caller" "$line" "sleep: ok"
	first_process acme/given
	traits "$REPLY"
	is "nothing of it for a tenant" "$REPLY" "personality=00000000 nice=0 policy=0 none: prio 0\
 cpus=$cpus slack=50000 oom=0 memory=default"
	read -r init _ <"$base/acme.slice/given.scope/cgroup.procs"
	traits "$init"
	is "nor for its init" "$REPLY" "personality=00000000 nice=0 policy=0 none: prio 0\
 cpus=$cpus slack=50000 oom=0 memory=default"
	kill "$host"
	wait "$host"
	rm "$tmp/given"
done
denied seccomp:EPERM "and it can't change its personality" acme syscall personality
(choom -n -500 -- sandboxctl run -t full -- "$busybox" sh -c 'echo -1 >/proc/self/oom_score_adj') >/dev/null 2>"$tmp/err"
ok "nor be spared as its caller is" grep -q "Permission denied" "$tmp/err"
# shellcheck disable=SC2016 # the inner shell's
list='for l in -n -Hn -l -v -t -f -s -Hs; do ulimit $l; done'
read -rd '' usual < <(sandboxctl run -t acme -- "$busybox" sh -c "$list" 2>/dev/null)
is "limits are those of a service" "${usual//$'\n'/ }" \
	"1024 524288 8192 unlimited unlimited unlimited 8192 unlimited"
read -rd '' given < <(ulimit -n 40; ulimit -l unlimited; ulimit -v 4000000; ulimit -t 100; ulimit -s 1000
	sandboxctl run -t acme -- "$busybox" sh -c "$list" 2>/dev/null)
is "and not the caller's" "$given" "$usual"
is "a caller that ignores SIGCHLD" "$(trap '' CHLD; sandboxctl run -t acme -- "$probe" exit 3 >/dev/null 2>&1; echo $?)" 3
is "a caller that may write no file" \
	"$( (ulimit -f 0; sandboxctl run -t acme --env X=new -- "$probe" exit 3 2>&1; echo $?) | tail -n 1)" 3
is "a caller that may open 20 files" \
	"$( (ulimit -n 20; sandboxctl run -t acme -- "$probe" exit 3 2>&1; echo $?) | tail -n 1)" 3

# ---- signals ----

for signal in TERM:15 INT:2 USR1:10; do
	start acme/s "$probe" sleep 1000 </dev/null
	kill "-${signal%:*}" "${supervisors[acme/s]}"
	ended acme/s
	field reason
	is "SIG${signal%:*} is passed on" "$status:$REPLY" "$((128 + ${signal#*:})):signal"
done
start acme/s "$busybox" sh -c 'trap "echo got USR1; exit 7" USR1; echo ready; "$0" sleep 1000 & wait' \
	"$busybox" </dev/null
kill -USR1 "${supervisors[acme/s]}"
read_line acme/s
ended acme/s
is "a command that handles it decides" "$line:$status" "got USR1:7"
start acme/s "$busybox" sh -c 'trap "echo no" TERM; echo ready; while :; do "$0" sleep 1000 & wait; done' \
	"$busybox" </dev/null
kill -TERM "${supervisors[acme/s]}"
read_line acme/s
is "SIGTERM can be handled" "$line" "no"
kill -TERM "${supervisors[acme/s]}"
ended acme/s
is "the second SIGTERM ends all" "$status" 137

mkfifo "$tmp/full"
exec {full}<>"$tmp/full"
"$busybox" timeout 1 "$busybox" dd if=/dev/zero of="$tmp/full" bs=64k count=2 2>/dev/null
sandboxctl run -t acme --json-status-fd "$full" -- "$probe" exit 0 >/dev/null 2>&1 & host=$!
until [[ $(<"/proc/$host/syscall") == "1 0x$(printf %x "$full") "* ]]; do :; done
kill "$host"
wait "$host"
is "a report that nobody reads keeps nobody from ending it" "$?:$(ls "$state/sandboxes/acme")" 143:
exec {full}>&-

# lives WORD: whether a process has it in its command line.
lives() {
	grep -qz -- "$1" /proc/[0-9]*/cmdline 2>/dev/null
}
for tenant in acme bare; do
	sandbox -t $tenant --name left -- "$busybox" sh -c \
		'"$0" setsid "$0" sleep 100042 & until "$0" grep -qz 100042 /proc/$!/cmdline || [ ! -e /proc/self ]; do :; done' "$busybox"
	ok "$tenant: what the command left running is ended with it" \
		test "$status" = 0 -a "$(lives 100042 && echo lives)" = ''
done

# ---- namespaces ----

sandbox -t acme -- "$busybox" sh -c 'echo /proc/[0-9]*; readlink /proc/self/exe; echo /proc/[a-z]*'
is "its /proc has its own processes and nothing of the kernel's: init, the command" \
	"$status:${out//$'\n'/ }" "0:/proc/1 /proc/2 $busybox /proc/self /proc/thread-self "
sandbox -t bare -- "$busybox" sh -c 'echo / /*; hostname'
like "with pid = no there is none" "$status:${out//$'\n'/ }" "0:/ /dev /srv /tmp $HOSTNAME "
start acme/zombies "$busybox" sh -c 'for i in 1 2 3 4 5 6 7 8; do ("$0" true & exec "$0" true) done; echo ready; exec "$0" sleep 100' \
	"$busybox" </dev/null
until read -r n < <(grep -c . "$base/acme.slice/zombies.scope/cgroup.procs") && ((n <= 2)); do :; done
first_process acme/zombies
is "init reaps: no zombies stay" "$(grep -c . "$base/acme.slice/zombies.scope/cgroup.procs"):$(<"/proc/$REPLY/task/$REPLY/children")" 2:
stop acme/zombies
sandbox -t acme -- "$busybox" sh -c 'kill -9 1; kill -TERM 1; kill -STOP 1; "$0" true && echo alive' "$busybox"
is "the tenant can't end its init" "$status:$line" "0:alive"
sandbox -t full -- "$busybox" sh -c '
	for f in keys kcore kallsyms sysrq-trigger cmdline; do "$0" cat /proc/$f || echo $f; done 2>&1
	for d in /proc/driver/* /proc/acpi/*; do case $d in *"*") ;; *) echo $d; esac; done
	for f in sys/kernel/hostname sys/kernel/core_pattern irq/default_smp_affinity sysrq-trigger; do
		(echo x >/proc/$f) 2>/dev/null && echo "wrote $f"; done
	read -r word rest </proc/meminfo; echo $word
	echo named >/proc/self/comm && read -r comm </proc/self/comm && echo $comm' "$busybox"
is "proc = full: the kernel's files but what tells of the host, and nothing of these to write" \
	"$status:${out//$'\n'/ }" "0:wrote sysrq-trigger MemTotal: named "

# ---- nothing done ----

rmdir "$base/acme.slice"
sandbox -t acme --dry-run -- "$probe" exit 9
like "--dry-run says the steps" "$status:$out" "0:*step clone*step exec*"
ok "and does none" test ! -e "$base/acme.slice"

finish
