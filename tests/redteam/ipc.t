#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# System V IPC, with no wall but the LSM: root with all of its powers, in the IPC namespace of the host, moved into
# the cgroup of a sandbox. Each attempt on the host's, another tenant's, its own, and its tenant's other sandbox's.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

for name in a b; do
	tenant "$name" <<-POLICY
		[filesystem]
		exec = $world/bin
	POLICY
done
tenant shared <<POLICY
[namespaces]
ipc = no
[filesystem]
exec = $world/bin
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
start a/z "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null

by_host() { # ATTEMPT...
	status=0
	"$probe" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all line "$tmp/out"
	line=${line%$'\n'}
}

declare -A ctl=([shm]=shm_shmctl [msg]=msg_queue_msgctl [sem]=sem_semctl)

# at TEXT ATTEMPT KIND ID WHY: by a/x; WHY is why the LSM denies it, or "-".
at() {
	local hook=ipc_permission
	case $2 in
	ipc-set | ipc-remove | ipc-stat-any) hook=${ctl[$3]} ;;
	esac
	if [[ $5 == - ]]; then
		allowed "$3: $2: $1" a/x "$2" "$3" "$4"
	else
		denied "lsm:$hook:$5" "$3: $2: $1" a/x "$2" "$3" "$4"
	fi
}

for kind in shm msg sem; do
	by_host ipc-make $kind 1001
	host=${line##* }
	like "control: $kind: the host makes one" "$status:$line" "0:ipc-make: ok [0-9]*"
	try b/y ipc-make $kind 1002
	other=${line##* }
	allowed "$kind: a tenant makes one" a/x ipc-make $kind 1003
	own=${line##* }
	try a/z ipc-make $kind 1004
	near=${line##* }
	for act in use stat stat-any set; do
		at "the host's" ipc-$act $kind "$host" host
		at "another tenant's" ipc-$act $kind "$other" owned
		at "its own" ipc-$act $kind "$own" -
		at "its tenant's other sandbox's" ipc-$act $kind "$near" -
		by_host ipc-$act $kind "$other"
		like "control: $kind: ipc-$act: a tenant's, by the host" "$status:$line" "0:ipc-$act: ok"
	done
	at "the host's" ipc-find $kind 1001 host
	at "another tenant's" ipc-find $kind 1002 owned
	at "its own" ipc-find $kind 1003 -
	at "its tenant's other sandbox's" ipc-find $kind 1004 -
	denied "lsm:${ctl[$kind]}:host" "$kind: of all of them" a/x ipc-info $kind
	by_host ipc-info $kind
	like "control: $kind: of all of them, by the host" "$status:$line" "0:ipc-info: ok"
	at "the host's" ipc-remove $kind "$host" host
	at "another tenant's" ipc-remove $kind "$other" owned
	at "its tenant's other sandbox's" ipc-remove $kind "$near" -
	at "its own" ipc-remove $kind "$own" -
	by_host ipc-remove $kind "$other"
	like "control: $kind: a tenant's is removed by the host" "$status:$line" "0:ipc-remove: ok"
	by_host ipc-remove $kind "$host"
done

# ---- the label goes with the object ----

labels() {
	bpftool map dump name ipc_objects | grep -c '"key"'
}
try a/x ipc-make shm 1005
is "what a sandbox has made has a label" "$(labels)" 1
by_host ipc-remove shm "${line##* }"
# The kernel frees them some time later.
until [[ $(labels) == 0 ]]; do :; done
result ok "and none when all of it has gone"

# ---- whom nobody knows ----

# Root, that goes to a cgroup, and to the IPC namespace of a process where there is one.
find='
	my ($procs, $ns) = @ARGV;
	open $procs, ">", $procs or die;
	$ns eq "" or open $ns, "<", "/proc/$ns/ns/ipc" or die;
	syswrite $procs, $$ or die;
	$ns eq "" or syscall(308, fileno $ns, 0x08000000) == 0 or die "setns: $!";
	for (1006, 01007) { print defined shmget($_, 4096, $_ == 1006 ? 0666 : 01666) ? "ok " : $!{EACCES} ? "EACCES " : "$! " }'
find() { # CGROUP [PID]: the segment 1006, and makes another one
	perl -e "$find" "$1/cgroup.procs" "${2-}" 2>&1
}
mkdir "$base/stray"
by_host ipc-make shm 1006
is "nobody's process finds none, and makes none" "$(find "$base/stray")" "EACCES EACCES "
is "control: the host's does" "$(find /sys/fs/cgroup)" "ok ok "
ipcrm -M 1006 -M 01007
rmdir "$base/stray"

# ---- in another's namespace ----

first_process b/y
nsenter -t "$REPLY" -i "$probe" ipc-make shm 1006 >/dev/null
is "in another's namespace what has no label isn't the host's, and closed all the same" \
	"$(find "$base/a.slice/x.scope" "$REPLY")" "EACCES ok "
expected[a/x:ipc_permission]=$((${expected[a/x:ipc_permission]} + 1))
is "control: whose it is" "$(find "$base/b.slice/y.scope" "$REPLY")" "ok ok "

# ---- POSIX queues ----

mkdir "$world/queues"
mount -t mqueue queues "$world/queues" || bail "mount"
by_host mqueue /host
is "control: a POSIX queue of the host's" "$status:$line" "0:mqueue: ok"
denied lsm:file_open:no_grant "it is not opened" a/x mqueue /host
denied lsm:inode_create:no_grant "none is made" a/x mqueue /made
denied lsm:inode_unlink:no_grant "and the host's isn't removed" a/x mqueue-unlink /host
is "there is that one" "$(ls "$world/queues")" host
denied lsm:inode_create:no_grant "nor is one made with 'ipc = no'" shared mqueue /made
by_host mqueue-unlink /host
is "control: the host removes it" "$status:$line:$(ls "$world/queues")" "0:mqueue-unlink: ok:"
umount "$world/queues"
sandbox -t a -- "$busybox" sh -c '"$0" mqueue /own && "$0" mqueue-unlink /own' "$probe"
is "in a namespace of its own both are its own" "$status:$out" $'0:mqueue: ok\nmqueue-unlink: ok\n'

# ---- in a sandbox ----

by_host ipc-make shm 1008
for kind in shm msg sem; do
	allowed "$kind: in a namespace of its own all is its own" a ipc-make $kind 1009
	allowed "$kind: of all of them, in there" a ipc-info $kind
done
denied view:ENOENT "the host's is out of sight there" a ipc-find shm 1008
allowed "with 'ipc = no' it makes its own" shared ipc-make shm 1010
allowed "which its next sandbox finds" shared ipc-find shm 1010
denied lsm:ipc_permission:host "but not the host's, whose mode would let all users" shared ipc-find shm 1008
denied lsm:shm_shmctl:host "nor what there is in all" shared ipc-info shm
ipcrm -M 1008 -M 1010

stop a/x
stop a/z
stop b/y
finish
