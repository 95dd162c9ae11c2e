#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Namespaces that a sandbox has by its policy only.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

for pid in yes no; do
	for time in yes no; do
		tenant "$pid-$time" <<-POLICY
			[filesystem]
			exec = $world/bin
			[namespaces]
			pid = $pid
			time = $time
		POLICY
	done
done
load

# namespace TENANT/NAME TYPE: that of its first process.
namespace() {
	first_process "$1"
	REPLY=$(readlink "/proc/$REPLY/ns/$2")
}

host=$(readlink /proc/self/ns/time)
for pid in yes no; do
	start $pid-yes/x "$probe" sleep 1000 </dev/null
	namespace $pid-yes/x time
	own=$REPLY
	ok "pid = $pid, time = yes: clocks of its own" test "$own" != "$host"
	namespace $pid-yes/x time_for_children
	is "pid = $pid: for its children too" "$REPLY" "$own"
	# What joins it says a line too, and is found in its cgroup.
	exec {second}< <(exec sandboxctl exec $pid-yes/x -- "$probe" sleep 1000 2>&1 </dev/null)
	second_pid=$!
	read -r line <&"$second"
	all=$(for process in $(<"$base/$pid-yes.slice/x.scope/cgroup.procs"); do readlink "/proc/$process/ns/time"; done | sort | uniq -c)
	is "pid = $pid: init, command and what joins them are in one" "${all##* }:$((${all% *}))" \
		"$own:$([[ $pid == yes ]] && echo 3 || echo 2)"
	denied seccomp:EPERM "pid = $pid: and none make further ones" $pid-yes syscall unshare
	stop $pid-yes/x
	wait "$second_pid"
	exec {second}<&-
	start $pid-no/x "$probe" sleep 1000 </dev/null
	namespace $pid-no/x time
	is "pid = $pid, time = no: the host's" "$REPLY" "$host"
	stop $pid-no/x
done
sandbox -t no-yes -- "$busybox" true
is "a program of libc's with its clocks" "$status:$err" "0:"

finish
