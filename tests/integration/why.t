#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run --explain: which wall stopped a command, and which line of its policy.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{a,shared,shared/b}
for file in shared/b/file shared/file shared/b/$'bell\a'; do
	echo x >"$world/$file"
done
tenant a <<POLICY
[runtime]
timeout = 1h
[filesystem]
exec = $world/bin
own = $world/a
read = $world/shared
[network]
mode = host
connect = tcp 127.0.0.1 7001
POLICY
tenant b <<POLICY
[filesystem]
own = $world/shared/b
POLICY
tenant root <<POLICY
[filesystem]
root = host
exec = $world/bin
POLICY
tenant small <<POLICY
[cgroup]
memory.max = 64M
pids.max = 20
[cgroup.sandbox]
memory.max = 16M
pids.max = 3
[filesystem]
exec = $world/bin
[seccomp]
default = kill
POLICY
load
policy=$config/tenants

# says TEXT TENANT LINES ATTEMPT...: what it explains, without its own name before each line.
says() {
	sandbox -t "$2" --quiet --explain "${options[@]}" -- "$probe" "${@:4}"
	err=${err//sandboxctl: explain: /}
	like "$1" "$err" "$3"
}
by='by probe?[0-9]*?'
file='(inode [0-9]* on [0-9]*:[0-9]*)'

says "nothing to say of what ended well" a "" exit 0
says "nothing that was denied" a "nothing was denied that is counted; *: see sandboxctl policy explain a"$'\n' exit 3

says "another tenant's" a "lsm: denied 1, last: open of 'file' $file for read $by: ${reasons[owned]} (b, id [0-9]*)
$world/shared/b/file: $policy/b.ini:3: tenant 'b' owns '$world/shared/b'
would allow it: share = $world/shared/b/file in [[]filesystem] of tenant 'b', beside a grant here
" read "$world/shared/b/file"
says "a name that rings steers no terminal" a "lsm: denied 1, last: open of 'bell?' $file for read $by: *
$world/shared/b/bell?: $policy/b.ini:3: tenant 'b' owns '$world/shared/b'
would allow it: share = $world/shared/b/bell? in *
" read "$world/shared/b/"$'bell\a'
is "but not as itself" "${err//$'\a'/}" "$err"
options=(--mount "$world/shared:/there:ro")
says "under the path that it is shown at" a "lsm: denied 1, last: open of 'file' $file for read $by: *
$world/shared/b/file: $policy/b.ini:3: tenant 'b' owns '$world/shared/b'
would allow it: share = $world/shared/b/file in [[]filesystem] of tenant 'b', beside a grant here
" read /there/b/file
options=()
says "of the host's root" root "lsm: denied 1, last: open of 'file' $file for read $by: ${reasons[no_grant]}
would allow it: read = its path in ?filesystem?
" read "$world/shared/file"
sandbox -t a --quiet --explain -- "$busybox" sh -c 'cat "$1" 2>/dev/null; exit 0' sh "$world/shared/b/file"
like "what is denied and ends well is told as well" "$status:$err" \
	"0:*sandboxctl: explain: $world/shared/b/file: $policy/b.ini:3: *"
says "a mount's refusal isn't counted" a "nothing was denied that is counted; *" write "$world/shared/file"
says "an address" a "lsm: denied 1, last: tcp to 127.0.0.1 port 7002 $by: ${reasons[no_rule]}
network: no connect rule covers it
would allow it: connect = tcp 127.0.0.1 7002 in ?network?
" connect tcp 127.0.0.1 7002
says "memory" small "cgroup: out of memory, [0-9]* killed: $policy/small.ini:6: memory.max = 16M in ?cgroup.sandbox?
cgroup: out of memory, [0-9]* killed: $policy/small.ini:3: memory.max = 64M in ?cgroup?
" alloc 32
says "processes" small "cgroup: 1 fork refused: $policy/small.ini:7: pids.max = 3 in ?cgroup.sandbox?
cgroup: 1 fork refused: $policy/small.ini:4: pids.max = 20 in ?cgroup?
" fork-bomb 10
says "a call" small "seccomp: ended for a call that it may not make: $policy/small.ini:11: default = kill in ?seccomp?
which call it was, and what would allow it: sandboxctl events -t small
" syscall swapon
options=(--timeout 100ms)
says "--timeout" a $'time: --timeout is over\n' sleep 1000
options=(--set runtime.timeout=100ms)
says "the policy's" a $'time: it is over: --set runtime.timeout=100ms: timeout = 100ms in ?runtime?\n' sleep 1000
options=()

finish
