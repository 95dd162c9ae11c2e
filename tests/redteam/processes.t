#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Processes reach for processes, with no wall but the LSM: root with all of its powers, moved into the cgroup of
# a sandbox. Whose the other one is decides: the host's, another tenant's, its own, its tenant's other
# sandbox's.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016,SC2317
. "${0%/*}/../integration/lib.sh"

for name in a b; do
	tenant "$name" <<-POLICY
		[filesystem]
		exec = $world/bin
	POLICY
done
load
[[ ! -e /proc/sys/kernel/yama/ptrace_scope ]] || echo 0 >/proc/sys/kernel/yama/ptrace_scope

"$busybox" sleep 3600 &
host=$!
begin() { # TENANT/NAME: its process, in REPLY
	start "$1" "$probe" sleep 1000 <"$world/bin/busybox"
	first_process "$1"
}
begin a/x && a_x=$REPLY
begin a/z && a_z=$REPLY
begin b/y && b_y=$REPLY

by_host() { # ATTEMPT...
	status=0
	"$probe" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all line "$tmp/out"
}

# hook | what the probe is told, with the process behind | its errno, where that isn't EACCES
reaches=(
	"task_kill|kill"
	"task_kill|tgkill"
	"task_kill|sigqueue"
	"ptrace_access_check|ptrace"
	"ptrace_access_check|read-memory|EPERM"
	"ptrace_access_check|kcmp|EPERM"
	"task_setnice|setpriority"
	"task_setioprio|ioprio"
	"task_setscheduler|affinity"
	"task_setrlimit|prlimit"
)
for row in "${reaches[@]}"; do
	IFS='|' read -r hook what errno <<<"$row"
	after=()
	[[ $what != kill ]] || after=(0)
	denied "lsm:$hook:host:$errno" "$what: the host's" a/x "$what" "$host" "${after[@]}"
	denied "lsm:$hook:host:$errno" "$what: the supervisor" a/x "$what" "${supervisors[a/x]}" "${after[@]}"
	denied "lsm:$hook:owned:$errno" "$what: another tenant's" a/x "$what" "$b_y" "${after[@]}"
	allowed "$what: its own sandbox's" a/x "$what" "$a_x" "${after[@]}"
	allowed "$what: its tenant's other sandbox's" a/x "$what" "$a_z" "${after[@]}"
	for pid in "$host" "$a_x" "$b_y"; do
		by_host "$what" "$pid" "${after[@]}"
		like "control: $what by the host" "$status:$line" "0:$what: ok*"
	done
done

allowed "a pidfd is no more than its number" a/x pidfd-open "$a_x"

# by_pidfd CGROUP PID: root opens a pidfd, goes there, and signals and takes a descriptor by it.
by_pidfd() {
	perl -e '
		my $pidfd = syscall 434, $ARGV[1] + 0, 0;
		open my $procs, ">", "$ARGV[0]/cgroup.procs" or die;
		syswrite $procs, $$ or die;
		for ([424, $pidfd, 0, 0, 0], [438, $pidfd, 0, 0]) {
			print syscall($$_[0], @$_[1 .. $#$_]) < 0 ? $!{EACCES} ? "EACCES " : $!{EPERM} ? "EPERM " : "$! " : "ok ";
		}' "$1" "$2" 2>&1
}
x=$base/a.slice/x.scope
is "by a pidfd: the host's" "$(by_pidfd "$x" "$host")" "EACCES EPERM "
is "by a pidfd: another tenant's" "$(by_pidfd "$x" "$b_y")" "EACCES EPERM "
is "by a pidfd: its own" "$(by_pidfd "$x" "$a_x")" "ok ok "
is "control: by a pidfd, the host" "$(by_pidfd /sys/fs/cgroup "$b_y")" "ok ok "
for hook in task_kill ptrace_access_check; do
	expected[a/x:$hook]=$((${expected[a/x:$hook]} + 2))
done

# ---- who asks to be traced ----

# Its parent is the test, and the host's.
denied lsm:ptrace_traceme:host "be traced by the host" a/x traceme
allowed "be traced by its own" a/x traceme-child
by_host traceme
like "control: be traced by the test" "$status:$line" "0:traceme: ok*"

# ---- what must go on ----

allowed "signals, timers and children of its own" a/x own-signals
allowed "a child that wants to end with its parent" a/x parent-death
sandbox -t a -- "$probe" own-signals
is "the same behind all walls" "$status:$line" "0:own-signals: ok"
sandbox -t a -- "$probe" parent-death
is "and that child" "$status:$line" "0:parent-death: ok"

# ---- /proc, where looking is asking ----

as a/x "$busybox" readlink "/proc/$host/cwd"
like "/proc/PID/cwd of the host's" "$status:$out$err" "1:*"
expected[a/x:ptrace_access_check]=$((${expected[a/x:ptrace_access_check]} + 1))
as a/x "$busybox" readlink "/proc/$a_x/cwd"
is "/proc/PID/cwd of its own" "$status:$out" $'0:/\n'
is "control: the host's, by the host" "$(readlink "/proc/$host/cwd")" "$PWD"

denied lsm:file_open:no_grant "/proc/PID/mem of the host's" a/x open "/proc/$host/mem"
denied lsm:file_open:no_grant "/proc/PID/mem of another tenant's" a/x open "/proc/$b_y/mem"
allowed "/proc/PID/mem of its own, in a /proc of its own" a rdwr /proc/self/mem
for pid in "$host" "$b_y"; do
	by_host open "/proc/$pid/mem"
	is "control: /proc/PID/mem, by the host" "$status:$line" "0:open: ok"$'\n'
done

# ---- who is on its way into a sandbox ----

: >"$tmp/late.err"
echo 1 >"$base/a.slice/cgroup.freeze"
sandboxctl -v run -t a --name late -- "$probe" sleep 1000 >"$tmp/late" 2>>"$tmp/late.err" & late=$!
until read_all err "$tmp/late.err" && [[ $err == *"step go"* || ! -d /proc/$late ]]; do :; done
first_process a/late
child=$REPLY
kill -STOP "$child"
echo 0 >"$base/a.slice/cgroup.freeze"
denied lsm:task_kill:host "a signal to a child in its set-up" a/x kill "$child" 0
denied lsm:ptrace_access_check:host:EPERM "a look into it" a/x read-memory "$child"
by_host kill "$child" 0
like "control: the host's signal" "$status:$line" "0:kill: ok*"
kill -CONT "$child"
until read_all out "$tmp/late" && [[ -n $out || ! -d /proc/$late ]]; do :; done
is "it goes on" "$out" $'sleep: ok\n'
allowed "when it has executed its command it is the tenant's" a/x kill "$child" 0
kill "$late"
wait "$late" 2>/dev/null

# ---- moved ----

# moved CGROUP...: root, through these, signals a process of a/x at the end of it.
moved() {
	(
		fds=()
		for cgroup in "$@"; do
			exec {fd}>"$cgroup/cgroup.procs" || exit
			fds+=("$fd")
		done
		exec 2>/dev/null
		for fd in "${fds[@]}"; do
			echo "$BASHPID" >&"$fd" || exit
			# A hook sees it there.
			kill -0 "$host"
		done
		if kill -0 "$a_x"; then echo ok; fi
		if kill -0 "$BASHPID"; then echo itself; fi
	)
}
is "from the host: its signal arrives" "$(moved /sys/fs/cgroup)" $'ok\nitself'
mkdir "$base/stray"
is "from nobody's cgroup: none does but its own" "$(moved "$base/stray")" itself
rmdir "$base/stray"
is "moved out of another's sandbox: none does but its own" "$(moved "$base/b.slice/y.scope" /sys/fs/cgroup)" itself
expected[b/y:task_kill]=1

# ---- signals that a descriptor sends ----

# 8: F_SETOWN; 15: F_SETOWN_EX, of a process; 0x8901: FIOSETOWN.
by_descriptor='
	my ($cgroup, $pid) = @ARGV;
	pipe my $read, my $write;
	socket my $socket, 2, 2, 0 or die;
	go($cgroup);
	my ($who, $process) = (pack("l", $pid), pack("ll", 1, $pid));
	answer("itself", fcntl($read, 8, $$) ? 0 : -1);
	answer("nobody", fcntl($read, 8, 0) ? 0 : -1);
	answer("process", fcntl($read, 8, $pid + 0) ? 0 : -1);
	answer("group", fcntl($read, 8, -getpgrp) ? 0 : -1);
	answer("extended", fcntl($read, 15, $process) ? 0 : -1);
	answer("socket", ioctl($socket, 0x8901, $who) ? 0 : -1);
'
is "a descriptor's signals go to nobody else" "$(by_root "$base/a.slice/x.scope" "$by_descriptor" "$host")" \
	"itself=ok nobody=ok process=EACCES group=EACCES extended=EACCES socket=EACCES "
expected[a/x:file_fcntl]=3 expected[a/x:file_ioctl]=1
is "control: a descriptor's signals, by the host" "$(by_root /sys/fs/cgroup "$by_descriptor" "$host")" \
	"itself=ok nobody=ok process=ok group=ok extended=ok socket=ok "

kill "$host"
for who in a/x a/z b/y; do
	stop $who
done
finish
