#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# sandboxctl events: what was denied is told, to those who look later and to those who wait for it.
#
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016,SC2317
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{a,b,granted,bare}
for file in a/file b/file granted/file bare/file bare/$'bell\a\e[31m'; do
	echo x >"$world/$file"
done
for name in a b few none; do
	own=
	[[ $name != [ab] ]] || own="own = $world/$name"
	rate=
	[[ $name != few ]] || rate="rate = 5/s"
	[[ $name != none ]] || rate="rate = 0/s"
	tenant "$name" <<-POLICY
		[filesystem]
		root = host
		exec = $world/bin
		$own
		read = $world/granted
		[network]
		mode = host
		connect = tcp 127.0.0.1 7001
		[audit]
		$rate
	POLICY
done
tenant small <<POLICY
[runtime]
timeout = 300ms
[cgroup]
memory.max = 64M
[cgroup.sandbox]
memory.max = 16M
pids.max = 3
[filesystem]
exec = $world/bin
[seccomp]
default = kill
POLICY
tenant told <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
deny = keyctl
[audit]
syscalls = yes
POLICY
tenant trapped <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
default = trap
allow = keyctl
deny = keyctl(operation == 1)
POLICY
sandboxctl lsm unload --force 2>/dev/null # by an earlier test
load
policy=$config/tenants

# tells OPTION...: all of it, in `out`.
tells() {
	status=0
	sandboxctl events "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
}
number=0
# Events of this test's own part alone: those behind the newest one of before.
mark() {
	tells --json
	number=$(sed -n 's/^{"number":\([0-9]*\),.*/\1/p' "$tmp/out" | tail -n 1)
	number=${number:-0}
}
# The events since the mark, as JSON, in `news`.
news() {
	tells --json "$@"
	news=$(awk -F '[:,]' -v n="$number" '/^{"number":/ && $2 > n' "$tmp/out")
}

when='????-??-?? ??:??:??.??????'
file='(inode [0-9]* on [0-9]*:[0-9]*)'

tells
is "nothing was denied yet, and the loader's canary is no event" "$status:$out$err" "0:"

# ---- what stands there ----

sandbox -t a --name one -- "$probe" open "$world/granted/file"
tells
is "what is allowed is no event" "$status:$out" "0:"

sandbox -t a --name one -- "$probe" open "$world/bare/file"
tells
like "what no grant covers" "$out" \
	"$when a/one: denied open of 'file' $file for read by probe?[0-9]*?: ${reasons[no_grant]}
    would allow it: read = its path in \[filesystem]
"
mark
start a/two "$probe" sleep 1000
as a/two "$probe" write "$world/granted/file"
expected[a/two:file_open]=1
stop a/two
tells
like "the line that grants too little, and the one that would do, of a sandbox that has ended" \
	"${out#*its path in \[filesystem]$'\n'}" \
	"$when a/two: denied open of 'file' $file for write by probe?[0-9]*?: ${reasons[rights]}
    $world/granted/file: $policy/a.ini:6: read = $world/granted
    would allow it: write = $world/granted/file in \[filesystem]
"
news
like "the same as JSON" "$news" '{"number":*,"time":"????-??-??T??:??:??.??????Z","kind":"denial","tenant":"a","name":"two","pid":*,"process":"probe","hook":"file_open",*"file":"file","inode":*,"wanted":\["write"],"path":"'"$world/granted/file"'",*"policy":"'"$policy/a.ini"'","line":6,"cure":"write = *"}'

mark
sandbox -t a --name three -- "$probe" open "$world/b/file"
news
like "another tenant's tree, and whose it is" "$news" \
	'*"why":"'"${reasons[owned]}"'","text":"*\(b, id *'

mark
sandbox -t a -- "$probe" connect tcp 127.0.0.1 7002
news
like "an address without a rule" "$news" \
	'*"hook":"socket_connect",*"address":"127.0.0.1","port":7002,"protocol":6,*"cure":"connect = tcp 127.0.0.1 7002 in \[network]"}'

mark
sandbox -t a -- "$probe" open "$world/bare/"$'bell\a\e[31m'
tells
like "a name steers no terminal" "$out" "*denied open of 'bell??\[31m' *"
news
like "nor in JSON" "$news" '*"file":"bell\\u0007\\u001B\[31m"*'
cp "$probe" "$world/bin/"$'\e[2J'
mark
sandbox -t a -- "$world/bin/"$'\e[2J' open "$world/bare/file"
news
like "nor does the name of a process" "$news" '*"process":"\\u001B\[2J"*"text":"*by ?\[2J\[[0-9]*'
rm "$world/bin/"$'\e[2J'

# ---- who and when ----

mark
start b/long "$probe" sleep 1000
as b/long "$probe" open "$world/a/file"
expected[b/long:file_open]=1
news
like "a process that the host put there" "$news" '*"tenant":"b","name":"long",*'
news -t a
is "of another tenant alone" "$news" ""
news -t b
like "of that tenant" "$news" '{*"tenant":"b"*}'
stop b/long
tells -t nobody
is "a tenant that isn't" "$status:$err" \
	"1:sandboxctl: there is no tenant 'nobody': sandboxctl tenant list --all shows what there is"$'\n'
news --since -1h
like "since an hour ago" "$news" '{*}'
news --since tomorrow
is "a moment that is none" "$status" 2
news --since "$(date -d '1 hour' '+%F %T')"
is "since what is to come" "$status:$news" "0:"

# ---- what else a sandbox meets ----

# meets TEXT TENANT PATTERN ATTEMPT...: what is told of it, and nothing but this; its sandbox is `met`.
meets() {
	mark
	sandbox -t "$2" --name met "${options[@]}" -- "$probe" "${@:4}"
	ended=$status
	news
	like "$1" "$news" "$3"
}
# event TENANT KIND REST: one, as JSON, in REPLY.
event() {
	REPLY='{"number":+([0-9]),"time":"+([-0-9T:.])Z","kind":"'$2'","tenant":"'$1'","name":"met","pid":+([0-9]),"process":'$3'}'
}
# limits [SECTION KEY VALUE LINE]...: of the tenant `small`, in `limits`.
limits() {
	limits=
	for (( ; $#; )); do
		limits+=${limits:+,}'{"section":"'$1'","key":"'$2'","value":"'$3'","policy":"'$policy/small.ini'","line":'$4'}'
		shift 4
	done
	limits='"limits":\['$limits']'
}

meets "memory that there is" small "" alloc 4
limits cgroup.sandbox memory.max 16M 7 cgroup memory.max 64M 5
event small oom_kill '"probe","text":"probe\[+([0-9])] killed for want of memory",'"$limits"
meets "memory that there isn't" small "$REPLY*" alloc 32
is "each process once" "$(sort <<<"$news" | sed 's/.*"pid":\([0-9]*\).*/\1/' | uniq -d)" ""
is "and it was killed" "$ended" 137
tells -t small
like "in words" "$out" "$when small/met: probe?[0-9]*? killed for want of memory
    $policy/small.ini:7: memory.max = 16M in ?cgroup.sandbox?
    $policy/small.ini:5: memory.max = 64M in ?cgroup?
"
meets "a fork" small "" fork-bomb 1
limits cgroup.sandbox pids.max 3 8
limits=${limits%]}',{"section":"cgroup","key":"pids.max","value":"50"}]'
event small fork_refused '"probe","text":"fork by probe\[+([0-9])] refused: pids.max",'"$limits"
meets "a fork too many" small "$REPLY" fork-bomb 10
limits runtime timeout 300ms 3
event small timeout 'null,"text":"command \[+([0-9])] ended: timeout of 300 ms","usec":300000,'"$limits"
meets "time that is over" small "$REPLY" sleep 1000
options=(--timeout 200ms)
event small timeout 'null,"text":"command \[+([0-9])] ended: timeout of 200 ms","usec":200000'
meets "time that the policy says nothing of" small "$REPLY" sleep 1000
options=()
start a/met "$probe" sleep 1000
mark
launched exec a/met --timeout 200ms -- "$probe" sleep 1000
news
event a timeout 'null,"text":"command \[+([0-9])] ended: timeout of 200 ms","usec":200000'
like "time of a further command that is over" "$news" "$REPLY"
stop a/met

meets "a call that is allowed" small "" syscall getpid
event small seccomp '"probe","text":"denied system call swapon by probe\[+([0-9])]: SIGSYS","syscall":"swapon","answer":"SIGSYS","explanation":"the profile '"'@default'"' lacks it: the process is killed","cure":"allow = swapon in \[seccomp]"'
meets "a call that kills" small "$REPLY" syscall swapon
is "and it did" "$ended" 159
event trapped seccomp '"probe","text":"denied system call swapon *: SIGSYS",*"cure":"allow = swapon in \[seccomp]"'
meets "a call that is answered by a signal" trapped "$REPLY" syscall swapon
meets "a call in a case that is allowed" trapped "" syscall keyctl 0 -3 0
event trapped seccomp '"probe","text":"denied system call keyctl *: SIGSYS",*"explanation":"not where deny = keyctl(operation == 1)","policy":"'"$policy/trapped.ini"'","line":7'
meets "a call in a case that a line denies" trapped "$REPLY" syscall keyctl 1 -3 0
event small seccomp '"probe","text":"denied system call 32-bit getpid *: SIGSYS","syscall":"32-bit getpid","answer":"SIGSYS","explanation":"no policy can allow that"'
meets "a call by the 32-bit entry" small "$REPLY" i386
event small seccomp '"probe","text":"denied system call x32 getpid *: SIGSYS","syscall":"x32 getpid",*'
meets "a call by x32's numbers" small "$REPLY" syscall x32-getpid

meets "a call that is answered by an error, and not to be told" a "" syscall swapon
is "and it was" "$line" "syscall: EPERM"
meets "a call that is allowed, where those that aren't are told" told "" syscall getpid
event told seccomp '"probe","text":"denied system call swapon by probe\[+([0-9])]: EPERM","syscall":"swapon","answer":"EPERM","explanation":"the profile '"'@default'"' lacks it: it is answered with an error","cure":"allow = swapon in \[seccomp]"'
meets "a call that is answered by an error" told "$REPLY" syscall swapon
event told seccomp '"probe","text":"denied system call keyctl *: EPERM",*"explanation":"deny = keyctl: *","policy":"'"$policy/told.ini"'","line":5'
meets "by a line that denies it" told "$REPLY" syscall keyctl
event told seccomp '"probe","text":"denied system call number 9999 *: ENOSYS",*,"explanation":"no policy can allow that"'
meets "a call that nobody knows" told "$REPLY" syscall 9999
event told seccomp '"probe","text":"denied system call 32-bit getpid *: SIGSYS",*'
meets "what kills is told once" told "$REPLY" i386
logged=/proc/sys/kernel/seccomp/actions_logged
read -r actions <"$logged"
echo "${actions/errno /}" >"$logged"
refuses 125 "sandboxctl: run: check-audit: the kernel tells no calls that are answered by an error: add 'errno' to the sysctl *" \
	"nothing that is asked for is left out in silence" sandboxctl run -t told -- "$probe" exit 0
echo "$actions" >"$logged"

options=(--timeout 1h)
start small/met "$probe" sleep 1000
options=()
mark
{ as small/met "$probe" alloc 32; } 2>/dev/null
news
limits cgroup.sandbox memory.max 16M 7 cgroup memory.max 64M 5
event small oom_kill '"probe","text":"probe\[+([0-9])] killed for want of memory",'"$limits"
like "the end of a process that the host put there" "$news" "$REPLY*"
# Whether the sandbox's command is killed by that or with its init is a matter of who comes first.
like "and with it of the sandbox, for memory.oom.group = 1" "$news" '*"process":"init"*'
ended small/met
mkdir "$base/../others"
mark
{
	(
		echo 16M >"$base/../others/memory.max"
		echo "$BASHPID" >"$base/../others/cgroup.procs"
		exec "$probe" alloc 32
	) >/dev/null
	ended=$?
} 2>/dev/null
news
is "what the host's processes meet is no event" "$ended:$news" "137:"
rmdir "$base/../others"

# ---- too many ----

tells -t few
mark
sandbox -t few --name flood -- "$probe" opens "$world/bare/file" 20000
is "a flood of denials" "${line#*: }" "ok 20000 of 20000 failed"
news -t few
n=$(grep -c . <<<"$news")
ok "of which the rate's are recorded, here $n" test "$n" -ge 5 -a "$n" -le 100
tells -t few
like "and the others counted" "$out" "*-- few: $((20000 - n)) more, over its \[audit] rate: counted, not recorded --"$'\n'
field denied
is "the sandbox's own count is whole" "$REPLY" '"file_open":20000'
tells -t a
like "what was recorded of another tenant is still there" "$out" "$when a/one: denied open of 'file'*"
sandbox -t none -- "$probe" open "$world/bare/file"
tells -t none
is "a rate of nothing records nothing" "$out" \
	"-- none: 1 more, over its [audit] rate: counted, not recorded --"$'\n'
mkdir "$base/stray"
is "a flood of nobody's denials" "$(by_root "$base/stray" 'go(shift);
	print scalar grep { !open my $file, "<", $ARGV[0] } 1 .. 2000' "$world/bare/file")" 2000
rmdir "$base/stray"
tells --json
like "nobody is no tenant" "$out" '*{"kind":"dropped","tenant":null,"count":*'
like "nor of those that are recorded" "$out" '*"kind":"denial","tenant":null,"name":null,*'
tells
like "in words" "$out" "*$when (nobody): denied open of 'file' *-- (nobody): * more, *"

# ---- those who wait ----

declare -A followers=()
# follow NAME OPTION...: comes back when it follows, for it has told what was there.
follow() {
	mkfifo "$tmp/$1.fifo"
	sandboxctl events --follow --since -1h --json "${@:2}" >"$tmp/$1.fifo" 2>"$tmp/$1.err" &
	followers[$1]=$!
	exec {fd}<"$tmp/$1.fifo"
	fifos[$1]=$fd
	hears "$1" '*"name":"flood"*'
}
# hears NAME PATTERN: reads on until a line is like that, which is in `line` then.
hears() {
	while IFS= read -rt 20 line <&"${fifos[$1]}"; do
		# shellcheck disable=SC2053 # a pattern it is
		[[ $line != $2 ]] || return 0
	done
	return 1
}

ok "one follows" follow first
ok "two do" follow second
sandbox -t a --name told -- "$probe" open "$world/bare/file"
for who in first second; do
	ok "the $who is told at once" hears "$who" '*"tenant":"a","name":"told"*'
done
load
sandbox -t b --name later -- "$probe" open "$world/bare/file"
for who in first second; do
	ok "the $who also of what comes after another load" hears "$who" '*"tenant":"b","name":"later"*'
done
kill -STOP "${followers[second]}"
sed -i 's/^\[audit\]$/&\nrate = 10000\/s/' "$policy/b.ini"
load
sandbox -t b --name many -- "$probe" opens "$world/bare/file" 9000
ok "one who keeps up is told all" hears first '*"name":"many"*'
kill -CONT "${followers[second]}"
ok "one who doesn't is told how many are gone" hears second '{"kind":"lost","count":*}'
ok "and the newest" hears second '*"name":"many"*'
for who in first second; do
	kill "${followers[$who]}"
	wait "${followers[$who]}" 2>/dev/null
	fd=${fifos[$who]}
	exec {fd}<&-
	unset "fifos[$who]"
done

finish
