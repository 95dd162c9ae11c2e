#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Which wall denies what, alone: each attempt is made four times, with the other three walls off, and has
# to end as the table of docs/THREATS.md says; and once by root outside of all, where it succeeds.
#
# How the others are off:
#	cgroup		root with the host's mounts, moved into the tenant's cgroup; lsm = off
#	namespaces	joins a sandbox's namespaces and root with its tenant's ids; in no cgroup, no filter
#	seccomp		root behind the policy's filter, started by tests/redteam/filtered
#	LSM		root with the host's mounts, moved into the cgroup of a tenant without limits, from
#			which the device program was taken
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2317
. "${0%/*}/../integration/lib.sh"

shopt -s extglob
page=$repo/docs/THREATS.md
filtered=$repo/build/demo/filtered

mkdir -m 777 "$world"/{a,b,outside}
echo a >"$world/a/file"
echo b >"$world/b/file"
echo host >"$world/outside/file"
cp "$probe" "$world/outside/probe"

"$busybox" sleep 3600 &
victim=$!
exec {tcp}< <(exec "$probe" listen tcp 127.0.0.1 4711 3600)
tcp_pid=$!
exec {unix}< <(exec "$probe" listen-unix stream @walls 3600)
unix_pid=$!
"$probe" ipc-make shm 4711 >/dev/null
if ! { read -r line <&"$tcp" && read -r line <&"$unix"; }; then bail "no listeners"; fi

# What the table calls it | the attempt.
attempts=(
	"read another tenant's file|read $world/b/file"
	"write a file of the host's|rdwr $world/outside/file"
	"execute a program of the host's|exec $world/outside/probe exit 0"
	"execute a program in memory|memfd-exec"
	"map a memfd to be executed|memfd-map-exec"
	"remove a file of another tenant's|unlink $world/b/removed"
	"look at a file of another tenant's|stat $world/b/file"
	"change the mode of one|chmod $world/b/file"
	"watch one|inotify $world/b/file"
	"read a disk|open /dev/vda"
	"make a disk's node|mknod $world/a/node 254 0"
	"set core_pattern|rdwr /proc/sys/kernel/core_pattern"
	"move to another cgroup|rdwr /sys/fs/cgroup/cgroup.procs"
	"own a release_agent|release-agent $world/a"
	"mount|mount tmpfs $world/a"
	"chroot|chroot /"
	"make a user namespace|userns"
	"join the host's mounts|setns /proc/1/ns/mnt"
	"connect to the host's loopback|connect tcp 127.0.0.1 4711"
	"connect to an abstract socket|connect-unix @walls"
	"send packets of its own making|socket packet"
	"kill a process of the host's|kill $victim 0"
	"trace a process of the host's|ptrace $victim"
	"read the memory of one|read-memory $victim"
	"find the host's shared memory|ipc-find shm 4711"
	"load a BPF program or map|bpf-map"
	"load a module|syscall init_module 0 4096"
	"use io_uring|syscall io_uring_setup 1 0x1000"
	"use the kernel's keys|new-keyring"
	"set the clock|syscall settimeofday"
	"type into a terminal|syscall ioctl -1 0x5412"
	"become root again|setuid 0"
	"fork without end|fork-bomb 200"
	"use memory without end|alloc 100"
)

# ---- the page ----

declare -A wanted=()
in_order=()
while IFS='|' read -r _ name cgroup namespaces seccomp lsm _; do
	name=${name## } name=${name%%+( )}
	case $name in
	'' | attempt | -*) continue ;;
	esac
	in_order+=("$name")
	wanted[$name:cgroup]=${cgroup// } wanted[$name:namespaces]=${namespaces// }
	wanted[$name:seccomp]=${seccomp// } wanted[$name:lsm]=${lsm// }
done < <(sed -n '/^| attempt/,/^$/p' "$page")
is "docs/THREATS.md has these attempts, in this order" "$(printf '%s\n' "${in_order[@]}")" \
	"$(printf '%s\n' "${attempts[@]%%|*}")"

# judge WALL NAME ATTEMPT: what happened against the page.
judge() {
	local got=-
	case $status:$line in
	0:"$3: ok"*) ;;
	137:*) got=killed ;;
	*:"$3: "*) got=${line#*: } got=${got%% *} ;;
	*) got="?$status" ;;
	esac
	if [[ $got == "${wanted[$2:$1]-}" ]]; then
		result ok "$1 alone: $2: ${got/#-/passes}"
	else
		result "not ok" "$1 alone: $2: is '$got', the page says '${wanted[$2:$1]-}'" "$(what_happened)"
	fi
}

# measure WALL BY: every attempt, made by the function BY.
measure() {
	local row words
	for row in "${attempts[@]}"; do
		read -ra words <<<"${row#*|}"
		prepare
		status=0
		"$2" "${words[@]}"
		judge "$1" "${row%%|*}" "${words[0]}"
	done
}

prepare() {
	rm -f "$world/a/node"
	: >"$world/b/removed"
	chmod 666 "$world/b/removed"
}

caught() { # COMMAND...
	status=0
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
	line=${out%%$'\n'*}
}

# ---- no wall ----

for row in "${attempts[@]}"; do
	read -ra words <<<"${row#*|}"
	prepare
	caught "$probe" "${words[@]}"
	like "no wall: ${row%%|*}" "$status:$line" "0:${words[0]}: ok*"
done

# ---- the LSM ----

limits="memory.max =
pids.max ="
both() { # LIMITS
	tenant a <<-POLICY
		[cgroup]
		$1
		[cgroup.sandbox]
		memory.oom.group =
		[filesystem]
		exec = $world/bin
		own = $world/a
	POLICY
	tenant b <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/b
	POLICY
}

by_cgroup() {
	as a/x "$probe" "$@"
}

both "$limits"
load
start a/x "$probe" sleep 1000 </dev/null
no_device_program a
measure lsm by_cgroup
kill "${supervisors[a/x]}"
ended a/x

# ---- the other three, without it ----

base=/sys/fs/cgroup/walls
(umask 022 && printf 'version = 1\n[host]\nbase = /walls\nlsm = off\n' >"$config/sandboxctl.ini")
both "memory.max = 48M
pids.max = 30"
start a/x "$probe" sleep 1000 </dev/null
measure cgroup by_cgroup

# Only the command's namespaces and root, and its ids.
by_namespaces() {
	caught nsenter -t "$pid" -m -p -n -i -u -C -r -w -G "$gid" -S "$uid" -- "$probe" "$@"
}
first_process a/x
pid=$REPLY
read -r _ uid _ < <(grep ^Uid: "/proc/$pid/status")
read -r _ gid _ < <(grep ^Gid: "/proc/$pid/status")
measure namespaces by_namespaces

by_filter() {
	caught "$filtered" "$repo/build/share/sandboxctl/policies" "$config/tenants/a.ini" "$probe" "$@"
}
measure seccomp by_filter

stop a/x
kill "$victim" "$tcp_pid" "$unix_pid"
ipcrm -M 4711
rm -f "$config/sandboxctl.ini"
rmdir "$base"/*.slice "$base"
base=/sys/fs/cgroup/sandboxctl

finish
