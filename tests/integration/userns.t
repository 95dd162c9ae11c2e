#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# User namespaces: who the sandbox's processes are in there and to the host, whose the files are, and that
# a capability in there is one over nothing.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{ext4,written}
mount_ext4 "$world/ext4"
mkdir "$world/ext4/read"
for name in root secret other; do echo "$name" >"$world/ext4/read/$name"; done
chmod 600 "$world/ext4/read/secret"
chown 1234:1234 "$world/ext4/read/other"
cp "$world/ext4/read/root" "$world/written/root"

# policy NAME NAMESPACES FURTHER
policy() {
	mkdir -p "$world/own/$1"
	chmod 777 "$world/own/$1"
	tenant "$1" <<-POLICY
		[filesystem]
		exec = $world/bin
		read = $world/ext4/read
		write = $world/written
		own = $world/own/$1
		$3
		[namespaces]
		$2
	POLICY
}

for pid in yes no; do policy "u-$pid" $'user = yes\n'"pid = $pid" ""; done
policy plain "" ""
# All that a tenant can be given, but for the host.
policy might "user = yes" "proc = full
[process]
capabilities = all
[seccomp]
allow = clone3 setuid setgid setgroups chown fchown fchownat mount umount2 chroot setns sethostname mknodat ptrace"
policy might-host "" "[process]
capabilities = all
[seccomp]
allow = clone3 setuid setgid setgroups chown fchown fchownat mount umount2 chroot setns sethostname mknodat ptrace"
load

# namespace TENANT/NAME TYPE: that of its first process.
namespace() {
	first_process "$1"
	REPLY=$(readlink "/proc/$REPLY/ns/$2")
}

host=$(readlink /proc/self/ns/user)
declare -A bits=()
for pid in yes no; do
	t=u-$pid
	start $t/x "$probe" sleep 1000 </dev/null
	namespace $t/x user
	own=$REPLY
	ok "pid = $pid: a user namespace of its own" test "$own" != "$host"
	exec {second}< <(exec sandboxctl exec $t/x -- "$probe" sleep 1000 2>&1 </dev/null)
	second_pid=$!
	read -r line <&"$second"
	all=$(for process in $(<"$base/$t.slice/x.scope/cgroup.procs"); do readlink "/proc/$process/ns/user"; done | sort | uniq -c)
	is "pid = $pid: init, command and what joins them are in one" "${all##* }:$((${all% *}))" \
		"$own:$([[ $pid == yes ]] && echo 3 || echo 2)"
	first_process $t/x
	uid=$(awk '/^Uid:/ { print $2 }' "/proc/$REPLY/status")
	is "pid = $pid: it knows root, who is nobody outside, and its tenant" \
		"$(awk '{ print $1, $2, $3 }' "/proc/$REPLY/uid_map" | paste -sd,)" "0 2000000000 1,$uid $uid 1"
	is "pid = $pid: the same of groups" "$(<"/proc/$REPLY/gid_map")" "$(<"/proc/$REPLY/uid_map")"
	is "pid = $pid: none of its processes sets groups" "$(<"/proc/$REPLY/setgroups")" deny
	namespace $t/x net
	network=$REPLY
	start plain/x "$probe" sleep 1000 </dev/null
	namespace plain/x user
	is "user = no: the host's" "$REPLY" "$host"
	stop plain/x
	kill "$second_pid"
	wait "$second_pid"
	exec {second}<&-
	start $t/y "$probe" sleep 1000 </dev/null
	namespace $t/y net
	is "pid = $pid: the network namespace is the tenant's all the same" "$REPLY" "$network"
	namespace $t/y user
	ok "pid = $pid: the user namespace is the sandbox's" test "$REPLY" != "$own"
	stop $t/y
	stop $t/x
	allowed "pid = $pid: ids" $t uid
	is "pid = $pid: they are the tenant's as ever" "$line" "uid: ok uid=$uid,$uid,$uid gid=$uid,$uid,$uid groups="
	allowed "pid = $pid: capabilities" $t caps
	none=0000000000000000
	is "pid = $pid: in none of the five sets" "$line" "caps: ok inh=$none prm=$none eff=$none bnd=$none amb=$none"
	allowed "pid = $pid: securebits" $t securebits
	bits[$pid]=$line
done

allowed "user = no: securebits" plain securebits
is "they are the same with a user namespace as without" "${bits[*]}" "$line $line"

# ---- files ----

# owner TENANT PATH: as the sandbox sees it.
owner() {
	sandbox -t "$1" -- "$busybox" stat -c %u:%g "$2"
	REPLY=$line
}

owner plain "$world/ext4/read/root"
is "user = no: root's file" "$REPLY" 0:0
owner u-yes "$world/ext4/read/root"
is "what root owns is root's, by an id-mapped mount" "$REPLY" 0:0
owner u-yes "$world/ext4/read/other"
is "what others own is nobody's" "$REPLY" 65534:65534
allowed "it is read by its mode" u-yes read "$world/ext4/read/root"
denied user:EACCES "root's secret" u-yes read "$world/ext4/read/secret"
owner u-yes "$world/written/root"
is "in what can be written root is nobody" "$REPLY" 65534:65534
allowed "a new file" u-yes write "$world/written/new"
own=$(stat -c %u:%g "$world/written/new")
owner u-yes "$world/written/new"
like "is the tenant's, in there as on the host" "$REPLY=$own" "2000*=$REPLY"

# ---- capabilities ----

allowed "with all capabilities, over the host: root's secret" might-host read "$world/ext4/read/secret"
denied user:EACCES "over a user namespace: root's secret" might read "$world/ext4/read/secret"
owner might "$world/ext4/read/root"
is "to which root's files are nobody's" "$REPLY" 65534:65534
allowed "all capabilities, of the host" might-host caps
allowed "all capabilities, of a user namespace" might caps
like "they are there" "$line" "caps: ok *1ff*"
allowed "to be root of the host" might-host setuid 0
denied user:EINVAL "there is no root in there" might setuid 0
for who in might might-host; do
	rm -f "$world/own/$who/mine"
	sandbox -t $who -- "$busybox" sh -c 'echo >"$1" && "$0" chown 0:0 "$1"' "$busybox" "$world/own/$who/mine"
	owners+="$who:$status:$(stat -c %u:%g "$world/own/$who/mine") "
done
like "and it makes no file root's" "$owners" "might:1:2000*:2000* might-host:0:0:0 "
denied lsm:sb_mount:never "of the host: a mount" might-host mount tmpfs /tmp
denied lsm:sb_mount:never "in there: a mount" might mount tmpfs /tmp
allowed "of the host: a host name" might-host syscall sethostname
denied user:EPERM "in there: a host name" might syscall sethostname

denied lsm:userns_create:never "of the host: a user namespace" might-host clone3-userns
denied user:ENOSPC "in there: a user namespace" might clone3-userns
denied mount:EROFS "the limits of its user namespace" might rdwr /proc/sys/user/max_user_namespaces

# in_user_of PID FLAG: setns(2), as root with every capability in there, and unshare(2); what errno says.
# Between them nothing is executed, which would take the capabilities of a user that isn't known there.
in_user_of() {
	perl -e '
		open my $ns, "<", "/proc/$ARGV[0]/ns/user" or die $!;
		syscall(308, fileno $ns, 0x10000000) == 0 or die "setns: $!";
		print syscall(272, hex $ARGV[1]) == 0 ? "ok" : $!' "$@" 2>&1
}

# The filter and the LSM are no part of it. Beside it one that the host has made.
start might/x "$probe" sleep 1000 </dev/null
first_process might/x
unshare -Ur "$busybox" sleep 1000 &
plain=$!
until [[ $(<"/proc/$plain/uid_map") && $(readlink "/proc/$plain/ns/user") != "$host" ]]; do :; done
for kind in user:10000000 mnt:20000 pid:20000000 net:40000000 ipc:8000000 uts:4000000 cgroup:2000000 time:80; do
	is "no ${kind%:*} namespace is made in there" \
		"$(in_user_of "$REPLY" "${kind#*:}"), $(in_user_of "$plain" "${kind#*:}")" "No space left on device, ok"
done
kill "$plain"
stop might/x

# ---- a terminal, and a host without ----

TERM=dumb script -qfec "sandboxctl run --tty -t u-yes -- $busybox sh -c 'stty size; tty'" /dev/null </dev/null >"$tmp/screen" 2>&1
like "a terminal is the sandbox's own" "$(tr -d '\r' <"$tmp/screen" | tail -1)" "/dev/pts/0"

limit=$(</proc/sys/user/max_user_namespaces)
echo 0 >/proc/sys/user/max_user_namespaces
refuses 125 "sandboxctl: run: user-namespace: make a user namespace: No space left on device: raise user.max_user_namespaces with sysctl" \
	"a host that makes none" sandboxctl run -t u-yes -- "$busybox" true
is "nothing is left of it" "$(left_behind)" ""
echo "$limit" >/proc/sys/user/max_user_namespaces
sandbox -t u-yes -- "$busybox" true
is "and when it does again" "$status:$err" 0:

umount "$world/ext4"
finish
