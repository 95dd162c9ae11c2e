#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The device program of a tenant's cgroup, alone: root with all of its powers and the host's mounts, and
# nothing between it and the host's devices but that it is in a sandbox's cgroup. No LSM watches there.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

base=/sys/fs/cgroup/devices
(umask 022 && printf 'version = 1\n[host]\nbase = /devices\nlsm = off\n' >"$config/sandboxctl.ini")
tenant a <<POLICY
[filesystem]
exec = $world/bin
POLICY

ids() { # CGROUP: of its own device programs, in REPLY
	local word
	REPLY=
	for word in $(bpftool -j cgroup show "$1" | tr '{,' '\n'); do
		[[ $word != '"id":'* ]] || REPLY+=${word#*:}' '
	done
}

start a/x "$probe" sleep 1000 </dev/null
slice=$base/a.slice

for device in null zero full random urandom ptmx; do
	allowed "/dev/$device" a/x rdwr "/dev/$device"
done
allowed "terminals" a/x pty
# Blocks, memory, messages, and what lies beside those that are allowed.
mknod "$world/port" c 1 4
mknod "$world/console" c 5 1
mknod "$world/virtual" c 4 0
mknod "$world/fuse" c 10 229
mknod "$world/loop" b 7 0
mknod "$world/block" b 1 3
for device in /dev/kmsg /dev/mem /dev/vda "$world"/{port,console,virtual,fuse,loop,block}; do
	denied cgroup:EPERM "$device, read" a/x open "$device"
	denied cgroup:EPERM "$device, written" a/x write "$device"
done
for device in /dev/kmsg /dev/vda; do
	is "$device: the host may" "$("$probe" open "$device")" "open: ok"
done
try a/x stat /dev/kmsg
like "what isn't opened may be looked at" "$status:$line" "0:stat: ok*"

allowed "a node of those allowed is made" a/x mknod "$world/null"
for what in "c 1 11" "c 1 4" "b 1 3" "b 254 0" "c 5 2" "c 136 0" "c 10 229"; do
	# shellcheck disable=SC2086 # words
	as a/x "$busybox" mknod "$world/made" $what
	like "and none of $what" "$status:$err" "1:*Operation not permitted*"
	# shellcheck disable=SC2086
	ok "which the host may" mknod "$world/made" $what
	rm -f "$world/made"
done

mkdir "$slice/x.scope/below"
(echo "$BASHPID" >"$slice/x.scope/below/cgroup.procs" && exec "$probe" open /dev/kmsg) >"$tmp/out" 2>&1
is "nor in a cgroup below" "$(<"$tmp/out")" "open: EPERM"
rmdir "$slice/x.scope/below"

# ---- one program a tenant, however often it runs ----

ids "$slice"
first=$REPLY
like "there is one program" "$first" "+([0-9]) "
sandbox -t a -- "$probe" exit 0
ids "$slice"
is "it is the same one in the next run" "$status:$REPLY" "0:$first"
ids "$slice/x.scope"
is "and none is the sandbox's own" "$REPLY" ""

bpftool cgroup detach "$slice" device id "${first% }"
is "without it the host's log is open: it is what denied" \
	"$(as a/x "$probe" open /dev/kmsg; cat "$tmp/out")" "open: ok"
sandbox -t a -- "$probe" exit 0
ids "$slice"
like "the next run has it attached again" "$status:$REPLY" "0:+([0-9]) "
denied cgroup:EPERM "for all that run there" a/x open /dev/kmsg

# Of another build, which allowed other devices: the cgroup keeps a record of what was attached.
second=$REPLY
"$probe" flip-xattr "$slice" trusted.sandboxctl.devices 16 >/dev/null
sandbox -t a -- "$probe" exit 0
ids "$slice"
like "a program of another build is replaced" "$status:$REPLY" "0:+([0-9]) "
ok "by a new one" test "$REPLY" != "$second"
denied cgroup:EPERM "which denies as well" a/x open /dev/kmsg

# ---- what can't be guarded doesn't run ----

stop a/x
ids "$slice"
tenant b <<POLICY
[filesystem]
exec = $world/bin
POLICY
# Whoever attaches a program so wants no other below.
bpftool cgroup attach "$base" device id "${REPLY% }" || bail "bpftool attach"
sandbox -t b -- "$probe" exit 0
like "a tenant that can't be guarded doesn't run" "$status:$err" \
	"125:*attach the device program to cgroup '/devices/b.slice': Operation not permitted: *detach that*"
bpftool cgroup detach "$base" device id "${REPLY% }"
sandbox -t b -- "$probe" exit 0
is "and then it does" "$status" 0

finish
