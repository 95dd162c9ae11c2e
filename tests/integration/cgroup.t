#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# How much does it get? Limits as the kernel holds them, and what happens at their ends.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

bin="[filesystem]
exec = $world/bin"

tenant limits <<POLICY
$bin
[cgroup]
memory.max = 64M
memory.high = 48M
memory.swap.max = 1M
memory.oom.group = 1
pids.max = 20
cpu.max = 50%
cpu.weight = 200
io.weight = 300
io.max = /dev/vda rbps=1M wiops=100
cpuset.cpus = 0
[cgroup.sandbox]
memory.max = 32M
pids.max = 10
cpu.weight = 50
POLICY
tenant unlimited <<POLICY
$bin
[cgroup]
memory.max =
pids.max =
cpu.max =
io.weight =
memory.swap.max =
memory.oom.group =
[cgroup.sandbox]
memory.oom.group =
POLICY
tenant few <<POLICY
$bin
[cgroup]
pids.max = 20
POLICY
tenant many <<POLICY
$bin
[cgroup]
pids.max = 60
POLICY
tenant few-each <<POLICY
$bin
[cgroup]
pids.max = 60
[cgroup.sandbox]
pids.max = 20
POLICY
tenant tiny <<POLICY
$bin
[cgroup]
memory.max = 64K
POLICY
tenant small <<POLICY
$bin
[cgroup]
memory.max = 32M
POLICY
tenant large <<POLICY
$bin
[cgroup]
memory.max = 256M
POLICY
tenant refused <<POLICY
$bin
[cgroup]
cpuset.cpus = 0-900
POLICY
tenant no-device <<POLICY
$bin
[cgroup]
io.max = /dev/missing rbps=1M
POLICY
tenant odd-device <<POLICY
$bin
[cgroup]
io.max = /dev/null rbps=1M
POLICY
tenant further <<POLICY
$bin
[cgroup]
memory.min = 1M
memory.low = 2M
cpu.max.burst = 10000
cpu.weight.nice = -5
cpuset.mems = 0
hugetlb.2MB.max = 5M
cgroup.max.depth = 2
cgroup.max.descendants = 1
[cgroup.sandbox]
cpu.idle = 1
cgroup.max.depth = 0
POLICY
tenant unknown-file <<POLICY
$bin
[cgroup]
memory.future = 1
POLICY
tenant no-partition <<POLICY
$bin
[cgroup.sandbox]
cpuset.cpus.partition = root
POLICY
load

# ---- written and read back ----

holds() { # CGROUP FILE VALUE
	local text=
	read_all text "$base/$1/$2"
	is "$1 $2" "${text%$'\n'}" "$3"
}

start limits/x "$probe" sleep 1000 </dev/null
first_process limits/x
is "the first process is in the sandbox's cgroup" "$(<"/proc/$REPLY/cgroup")" \
	"0::/sandboxctl/limits.slice/x.scope"
mapfile -t all <"$base/limits.slice/x.scope/cgroup.procs"
is "with its init, and nobody else" "${#all[@]}:${all[1]}:$(<"/proc/${all[0]}/comm")" "2:$REPLY:init"
vda=$(<"/sys/class/block/vda/dev")
holds limits.slice memory.max 67108864
holds limits.slice memory.high 50331648
holds limits.slice memory.swap.max 1048576
holds limits.slice memory.oom.group 1
holds limits.slice pids.max 20
holds limits.slice cpu.max "50000 100000"
holds limits.slice cpu.weight 200
holds limits.slice io.weight "default 300"
holds limits.slice io.max "$vda rbps=1048576 wbps=max riops=max wiops=100"
holds limits.slice cpuset.cpus 0
holds limits.slice/x.scope memory.max 33554432
holds limits.slice/x.scope memory.oom.group 1
holds limits.slice/x.scope pids.max 10
holds limits.slice/x.scope cpu.weight 50
stop limits/x

start few/x "$probe" sleep 1000 </dev/null
holds few.slice memory.max 268435456
holds few.slice memory.swap.max 0
holds few.slice cpu.max "100000 100000"
holds few.slice io.weight "default 100"
holds few.slice/x.scope memory.oom.group 1
holds few.slice/x.scope memory.max max
stop few/x

start unlimited/x "$probe" sleep 1000 </dev/null
for file in memory.max pids.max memory.swap.max; do
	holds unlimited.slice $file max
done
stop unlimited/x

start further/x "$probe" sleep 1000 </dev/null
holds further.slice memory.min 1048576
holds further.slice memory.low 2097152
holds further.slice cpu.max.burst 10000
holds further.slice cpu.weight.nice -5
holds further.slice cpuset.mems 0
holds further.slice hugetlb.2MB.max 4194304
holds further.slice cgroup.max.depth 2
holds further.slice cgroup.max.descendants 1
holds further.slice/x.scope cpu.idle 1
holds further.slice/x.scope cgroup.max.depth 0
try further exit 0
like "a sandbox more than cgroup.max.descendants" "$status:$err" "125:*make cgroup *Resource temporarily unavailable*"
stop further/x
allowed "one at a time" further exit 0

# What a policy no longer sets is what it was before, whatever file it is.
tenant further <<POLICY
$bin
[cgroup]
cpu.idle = 1
POLICY
load
allowed "a run under a policy that sets less" further exit 0
holds further.slice memory.min 0
holds further.slice memory.low 0
holds further.slice cpu.max.burst 0
holds further.slice cpu.idle 1
holds further.slice cpuset.mems ""
holds further.slice hugetlb.2MB.max max
holds further.slice cgroup.max.depth max
holds further.slice cgroup.max.descendants max
allowed "and once more, for what is idle has no weight to reset" further exit 0
tenant further <<POLICY
$bin
POLICY
load
allowed "without any of it" further exit 0
holds further.slice cpu.idle 0
holds further.slice cpu.weight 100
tenant further <<POLICY
$bin
[cgroup]
cpu.weight.nice = -5
POLICY
load
allowed "with a nice value" further exit 0
holds further.slice cpu.weight.nice -5
tenant further <<POLICY
$bin
POLICY
load
allowed "and without it again" further exit 0
holds further.slice cpu.weight.nice 0

# A limit that was changed by the policy is changed by the next run.
tenant few <<POLICY
$bin
[cgroup]
pids.max = 21
POLICY
load
allowed "a run under a policy that was changed" few exit 0
holds few.slice pids.max 21

# ---- processes ----

denied cgroup:EAGAIN "more processes than the tenant's pids.max" few fork-bomb 30
field pids_max_hits
ok "pids_max_hits says so" test "$REPLY" -ge 1
like "it had what there was" "$line" "fork-bomb: EAGAIN 19 of 30"
allowed "as many under a higher limit" many fork-bomb 30
field pids_max_hits
is "without a hit" "$REPLY" 0
denied cgroup:EAGAIN "more processes than the sandbox's pids.max" few-each fork-bomb 30
field pids_max_hits
ok "pids_max_hits says so too" test "$REPLY" -ge 1

# Two sandboxes of one tenant have its total between them.
allowed "12 of 21" few fork-bomb 12
# shellcheck disable=SC2016
start few/x "$busybox" sh -c 'i=0; while [ $((i += 1)) -le 12 ]; do "$0" sleep 1000 & done; echo ready; wait' \
	"$busybox" </dev/null
denied cgroup:EAGAIN "12 of 21, beside a sandbox of the tenant that has 13" few fork-bomb 12
allowed "which is nothing to another tenant" many fork-bomb 12
kill -KILL "$(<"$base/few.slice/x.scope/cgroup.procs")" 2>/dev/null
first_process few/x
kill -KILL "$REPLY"
ended few/x
allowed "12 of 21 once more" few fork-bomb 12

# ---- memory ----

allowed "memory below memory.max" small alloc 16
try small alloc 64
field reason && reason=$REPLY && field oom_kills && kills=$REPLY && field denied
is "memory over memory.max: killed, and that is the reason" \
	"$status:$reason:$((kills > 0)):$REPLY:$line" "137:oom:1::"
allowed "as much under a higher limit" large alloc 64
start small/x "$probe" sleep 1000 </dev/null
try limits alloc 40
field reason
is "memory over the sandbox's own memory.max" "$status:$REPLY" "137:oom"
stop small/x

# A limit below what is used: memory is taken first, and nobody is killed.
mknod -m 444 "$world/disk" b "${vda%:*}" "${vda#*:}"
# Closed by all, the device would forget what was read of it.
exec {disk}<"$world/disk"
used_up() { # MEMORY.MAX PIDS.MAX
	tenant used <<-POLICY
	$bin
	[filesystem]
	read = $world/disk
	[cgroup]
	memory.max = $1
	pids.max = $2
	POLICY
	load
}
used_up 128M 20
start used/x "$probe" sleep 1000 </dev/null
# Opened outside: no tenant may open a disk itself.
line=$({ echo "$BASHPID" >"$base/used.slice/x.scope/cgroup.procs" && exec "$busybox" head -c 33554432; } \
	<"$world/disk" | wc -c)
is "what is read" "$line" 33554432
read -r before <"$base/used.slice/memory.current"
ok "is kept in memory" test "$before" -ge 33554432
used_up 16M 20
allowed "a run under a limit below that" used exit 0
holds used.slice memory.max 16777216
holds used.slice memory.high max
holds used.slice cgroup.freeze 0
read -r after <"$base/used.slice/memory.current"
ok "what was kept went" test "$after" -le 16777216
is "and nobody was killed" "$(grep oom_kill "$base/used.slice/memory.events")" "oom_kill 0"
stop used/x
exec {disk}<&-

used_up 128M 20
# shellcheck disable=SC2016
start used/y "$busybox" sh -c 'x=$("$0" head -c 20000000 /dev/zero | "$0" tr "\0" a); echo ready; "$0" sleep 1000; echo "${#x}"' \
	"$busybox" </dev/null
is "a process that uses 20 MB" "$line" ready
used_up 16M 30
try used exit 0
like "a limit below what can't be taken away" "$status:$err" \
	"125:sandboxctl: run: *used.ini:*: memory.max of cgroup '/sandboxctl/used.slice' can't be lowered to 16777216: * bytes are in use, and could not be taken away in 10 s: *"
holds used.slice memory.max 134217728
holds used.slice memory.high max
holds used.slice pids.max 20
holds used.slice cgroup.freeze 0
is "nobody was killed" "$(grep oom_kill "$base/used.slice/memory.events")" "oom_kill 0"
first_process used/y
ok "and it lives" test -d "/proc/$REPLY"
stop used/y
allowed "as soon as it is gone the limit is set" used exit 0
holds used.slice memory.max 16777216
holds used.slice pids.max 30

# Killed before its exec: nothing was run, whatever killed it.
try tiny exit 0
field reason && reason=$REPLY && field step && step=$REPLY && field oom_kills
like "memory.max too small for the set-up" "$status:$reason:$step:$err" \
	"125:setup:?*:sandboxctl: run: $step: killed by signal 9 before the command ran: memory.max is too small *"
ok "and the kernel counted it" test "$REPLY" -ge 1
ok "nothing is left" test ! -e "$base/tiny.slice"

# ---- what can't be limited doesn't run ----

refuses() { # PATTERN TEXT WHO
	try "$3" exit 0
	field step
	like "$2: it doesn't start" "$status:$REPLY:$err" "125:*:sandboxctl: run: $1"$'\n'
	ok "$2: nothing is left" test ! -e "$base/$3.slice"
}
refuses "*/refused.ini:5: write '0-900' to cpuset.cpus of cgroup*" "a value that the kernel refuses" refused
refuses "*/no-device.ini:5: io.max: device '/dev/missing': No such file or directory" "a limit of a device that isn't there" no-device
refuses "*/unknown-file.ini:5: read memory.future of cgroup '/sandboxctl/unknown-file.slice': No such file or directory: this kernel has no such file; take it out of the policy" \
	"a file that this kernel lacks" unknown-file
refuses "*/no-partition.ini:5: cpuset.cpus.partition of cgroup '*' is 'root invalid *' after 'root' was written" \
	"a value that the kernel takes for another" no-partition
refuses "*/odd-device.ini:5: io.max: '/dev/null' is not a block device" "a limit of something that is no disk" odd-device

# The pids controller goes to a v1 hierarchy, where cgroup v2 doesn't have it.
rmdir "$base"/*.slice
echo -pids >"$base/cgroup.subtree_control"
echo -pids >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$world/v1"
tries=0
# Busy until the kernel has done with the cgroups that were removed.
until mount -t cgroup -o pids none "$world/v1" 2>/dev/null; do
	((++tries < 1000)) || bail "mounting cgroup v1"
done
refuses "base: pids.max: cgroup '/' has no controller 'pids': *" "a controller that isn't there" few
allowed "without a limit that needs it, all is well" unlimited exit 0
umount "$world/v1"
# The kernel gives it back in its own time.
until [[ $(</sys/fs/cgroup/cgroup.controllers) == *pids* ]]; do :; done
allowed "with the controller back" few exit 0

finish
