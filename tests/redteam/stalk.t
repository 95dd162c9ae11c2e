#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What joins a sandbox from outside, and a tenant that lies in wait for it: CVE-2016-9962 and CVE-2019-5736 as
# they are for `exec`.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

echo "host" >/etc/redteam
policy() { # NAME LINE...: with all that a policy can allow for it
	tenant "$1" <<-POLICY
		[seccomp]
		allow = ptrace process_vm_readv pidfd_open pidfd_getfd kcmp
		[filesystem]
		exec = $world/bin
		$(printf '%s\n' "${@:2}")
	POLICY
}
policy full "proc = full"
policy only
policy bare "[namespaces]" "pid = no"
load
[[ ! -e /proc/sys/kernel/yama/ptrace_scope ]] || echo 0 >/proc/sys/kernel/yama/ptrace_scope
# Its own launcher, which it may write as far as modes go.
mkdir -m 755 "$world/prefix"
cp -r "$repo/build/bin" "$repo/build/libexec" "$repo/build/share" "$world/prefix"
chmod -R a+w "$world"/prefix/{bin,libexec}
chmod a+w "$probe"
PATH=$world/prefix/bin:$PATH
hash -r

sums() {
	cksum "$world"/prefix/bin/sandboxctl "$world"/prefix/libexec/sandboxctl/* "$probe"
}
before=$(sums)

# lie_in_wait TENANT PROGRAM [SIGNAL]: in a sandbox in which only that is executed.
lie_in_wait() {
	start "$1/x" "$probe" stalk "$2" /etc/redteam "${@:3}" </dev/null
	[[ $line == waiting ]] || bail "$1: $line $(<"$tmp/$1.x.err")"
}
# What it says in the end, in `line`.
found() { # TENANT
	kill -TERM "${supervisors[$1/x]}"
	read_line "$1/x"
	ended "$1/x"
}

for who in full only bare; do
	lie_in_wait $who "$probe"
	wrong=
	for ((i = 0; i < ${ROUNDS:-20}; i++)); do
		launched exec --timeout 60s $who/x -- "$probe" exit 3
		[[ $status == 3 ]] || wrong+="$status: $err"
	done
	is "$who: ${ROUNDS:-20} commands into a sandbox that lies in wait for them" "$wrong" ""
	found $who
	is "$who: it met them on their way, and got nothing" "$line" "stalk: ok met some"
done

lie_in_wait full /nobody
launched exec --timeout 60s full/x -- "$probe" sleep 1
is "control: one that is executed under its eyes" "$line" "sleep: ok"
found full
like "control: is the tenant's, to look at" "$line" "stalk: ok CAUGHT exe $probe*"

# Its signals reach what has the tenant's uid: a command may end by them, or stand still until its timeout.
for signal in 9 19; do
	for who in full bare; do
		lie_in_wait $who "$probe" $signal
		wrong=
		for i in 1 2 3; do
			launched exec --timeout 1s $who/x -- "$probe" exit 3
			field reason
			# What the LSM denies him meanwhile is told of who ends with another status than 0.
			[[ $status:$REPLY == @(3:exit|3:lsm|137:signal|125:setup|124:timeout) ]] || wrong+="$status: $err"
		done
		is "$who: commands that it sends signal $signal to, on their way" "$wrong" ""
		found $who
		like "$who: it got nothing by that either" "$line" "stalk: ok met *"
	done
done

is "nothing of what it could have overwritten is another one now" "$(sums)" "$before"
rm -f /etc/redteam
finish
