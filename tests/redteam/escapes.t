#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The ways out that others' launchers have had, one after the other as their CVEs tell them; each beside
# the same act where nothing forbids it, so that an attempt which can't work proves nothing here.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

# host TEXT ANSWER ATTEMPT...: root, outside of all.
host() {
	like "control: $1" "$("$probe" "${@:3}" 2>&1)" "$3: $2*"
}

mkdir -m 777 "$world"/{a,a/spot,a/mid,a/mid/spot,outside,outside/spot,agent}
mkdir -m 755 "$world/prefix"
echo secret >"$world/outside/file"
echo secret >"$world/outside/spot/file"
echo "its own" >"$world/a/spot/file"
echo "its own" >"$world/a/mid/spot/file"
echo "host" >/etc/redteam
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/a
[cgroup]
cpu.max =
POLICY
tenant full <<POLICY
[filesystem]
exec = $world/bin
proc = full
POLICY
tenant bare <<POLICY
[filesystem]
exec = $world/bin
[namespaces]
pid = no
POLICY
tenant joiner <<POLICY
[filesystem]
exec = $world/bin
write = $state/sandboxes
proc = full
[seccomp]
allow = setns
POLICY
# What it may not, whatever is allowed.
tenant most <<POLICY
[filesystem]
exec = $world/bin
own = $world/agent
[network]
mode = host
[seccomp]
allow = unshare setns mount umount2 fsopen fsmount fsconfig move_mount open_tree pivot_root chroot
allow = bpf ptrace io_uring_setup io_uring_enter io_uring_register
POLICY
# Its own launcher, which it may even write.
cp -r "$repo/build/bin" "$repo/build/libexec" "$repo/build/share" "$world/prefix"
chmod -R 777 "$world"/prefix/{bin,libexec} "$probe"
tenant writer <<POLICY
[filesystem]
exec = $world/bin
write = $world/prefix
POLICY
load

# ---- the host's binary, through /proc/PID/exe (CVE-2019-5736, CVE-2019-12499) ----

# Modes don't deny it.
host "a program, through /proc/self/exe" ok overwrite /proc/self/exe
launcher=$world/prefix/bin/sandboxctl
overwrites() { # TENANT PATH
	line=$("$launcher" run -t "$1" -- "$probe" overwrite "$2" 2>"$tmp/err")
	read_all err "$tmp/err"
}
for who in a full writer; do
	overwrites $who /proc/self/exe
	is "$who: its own program, which it may execute only" "$line" "overwrite: EROFS at access"
	overwrites $who /proc/1/exe
	is "$who: init's, which is the launcher's file" "$line" "overwrite: EROFS at access"
done
overwrites bare /proc/self/exe
is "without a pid namespace there is no /proc at all" "$line" "overwrite: ENOENT at open"
overwrites writer "$world/prefix/libexec/sandboxctl/init"
like "control: the same file, by the path that its policy grants" "$line" "overwrite: ok*"

# ---- leaked descriptors and folders (CVE-2024-21626) ----

leaks() { # WHO DIR FD: what is found above a descriptor or the working folder
	line=$("$probe" with-folder "$2" "$3" sandboxctl run -t "$1" -- "$probe" climb etc/redteam 2>"$tmp/err" </dev/null)
	read_all err "$tmp/err"
}
for folder in / "$world/outside" "$state" /sys/fs/cgroup; do
	is "control: descriptors of $folder and being there, outside" \
		"$("$probe" with-folder "$folder" - "$probe" climb etc/redteam 2>&1)" \
		"climb: ok by the working folder"
	for who in a full bare; do
		leaks $who "$folder" -
		is "$who: a caller that has descriptors of $folder, and is there" "$line" "climb: ENOENT"
	done
done
is "none of them is there" \
	"$("$probe" with-folder / 900 sandboxctl run -t a -- "$probe" fds </dev/null 2>/dev/null)" "fds: ok 0 1 2"
for fd in 0 2; do
	"$probe" with-folder / $fd sandboxctl run -t a -- "$probe" climb etc/redteam >"$tmp/out" 2>/dev/null
	is "an O_PATH of the root as descriptor $fd: nothing runs" "$?:$(<"$tmp/out")" "125:"
done
ln -sfn / "$world/a/cwd"
for cwd in /proc/self/cwd /proc/self/fd/0 "$world/a/cwd" "$world/a/../../.." "$world/outside"; do
	(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "own = $world/a" \
		"[process]" "cwd = $cwd" >"$world/cwd.ini")
	line=$("$probe" with-folder / - sandboxctl run -t a --policy "$world/cwd.ini" -- \
		"$probe" climb etc/redteam 2>/dev/null </dev/null)
	like "cwd = $cwd" "$?:$line" "@(1:climb: ENOENT|125:)"
done

# ---- symlinks in a tree that a tenant changes meanwhile (CVE-2025-31133, CVE-2024-42472) ----

# race GRANT A B: another run's set-up binds GRANT, while the tenant exchanges A and B for ever.
ln -s "$world/outside" "$world/a/evil"
race() {
	local n_ran=0 n_refused=0 n_leaked=0 i
	start a/racer "$probe" exchange-loop "$2" "$3" </dev/null
	(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "own = $world/a" \
		"read = $1" "[cgroup]" "cpu.max =" >"$world/race.ini")
	for ((i = 0; i < ${ROUNDS:-20}; i++)); do
		sandbox -t a --policy "$world/race.ini" --name run -- "$busybox" sh -c \
			'for i in 1 2 3 4 5; do cat "$1/file" "$2/file"; done 2>/dev/null; echo ran' sh "$1" "$world/outside"
		case $status:$out in
		*secret*) n_leaked=$((n_leaked + 1)) ;;
		0:*ran*) n_ran=$((n_ran + 1)) ;;
		125:*) n_refused=$((n_refused + 1)) ;;
		*) result "not ok" "a race ends otherwise" "$(what_happened)" ;;
		esac
	done
	stop a/racer
	is "a grant of ${1#"$world"/}, exchanged with a symlink: nothing of what it leads to" "$n_leaked" 0
	ok "it was raced: $n_ran ran, $n_refused were refused" test "$n_ran" -gt 0 -a "$n_refused" -gt 0
	# The loop may have ended either way.
	[[ ! -L $2 ]] || "$probe" exchange "$2" "$3" >/dev/null
}
race "$world/a/spot" "$world/a/spot" "$world/a/evil"
race "$world/a/mid/spot" "$world/a/mid" "$world/a/evil"
is "control: a sandbox that is granted it reads it" \
	"$( (umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "read = $world/outside" \
		>"$world/race.ini") && sandboxctl run -t a --policy "$world/race.ini" -- "$probe" read "$world/outside/file")" \
	"read: ok secret"
# A symlink that stays is refused, and not followed.
ln -s "$world/outside" "$world/a/link"
(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "read = $world/a/link" >"$world/race.ini")
sandbox -t full --policy "$world/race.ini" -- "$probe" exit 0
like "a symlink that its tenant made" "$status:$err" "125:*symlink*"

# ---- writes to /proc that end elsewhere (CVE-2019-16884, CVE-2019-19921, CVE-2023-27561, CVE-2025-52881) ----

for who in a full; do
	sandbox -t $who -- "$busybox" sh -c 'stat -f -c %t /proc /proc/self/attr; while read -r a b c d e rest; do
		case $e in /proc) echo mount ${rest##* - };; esac; done </proc/self/mountinfo' "$busybox"
	like "$who: its /proc is one, and of the kernel's" "${out//$'\n'/ }" "9fa0 9fa0 mount proc *"
done
for there in /proc /proc/self /proc/sys /dev /dev/null /dev/console /; do
	refuses 125 "*" "a tree of its own in place of $there" \
		sandboxctl run -t a --mount "$world/a/spot:$there" -- "$probe" exit 0
done
like "control: at another place" "$(sandboxctl run -t a --mount "$world/a/spot:/elsewhere" -- "$probe" read /elsewhere/file)" \
	"read: ok its own"
denied view:ENOENT "/proc/sys: there is none" a write /proc/sys/kernel/core_pattern
for file in sys/kernel/core_pattern irq/default_smp_affinity sys/kernel/modprobe; do
	try full rdwr "/proc/$file"
	like "/proc/$file, with a /proc of all" "$line" "rdwr: @(EROFS|EACCES|ENOENT)*"
	try full overwrite "/proc/$file"
	like "/proc/$file, by a descriptor of it" "$line" "overwrite: @(EROFS|EACCES|ENOENT)*"
done
host "/proc/sys" ok rdwr /proc/sys/kernel/core_pattern
denied seccomp:EPERM "taking the cover off" full umount /proc/sys
sandbox -t full -- "$busybox" sh -c 'for f in kcore keys kallsyms; do [ ! -e /proc/$f ] || "$0" cat /proc/$f; done; true' "$busybox"
is "what is covered is empty" "$status:$out" "0:"
for file in exec current fscreate; do
	allowed "/proc/self/attr/$file is what it seems: of itself" a stat "/proc/self/attr/$file"
done
for link in root cwd fd/0 fd/3 fd/4; do
	try a read "/proc/1/$link/etc/redteam"
	like "init's $link leads nowhere else" "$line" "read: E*"
done

# ---- terminals (CVE-2017-5226, CVE-2023-28100, CVE-2023-1523), 64 bits of 32 (CVE-2019-10063, CVE-2019-7303) ----

allowed "control: a terminal's other requests" a terminal 0x5401
for request in 0x5412 0x541c; do
	host "request $request" ok terminal $request
	for high in 0x0000000 0x0000001 0x8000000 0xfffffff; do
		denied seccomp:EPERM "request $request with $high above it" a terminal "${high}0000${request#0x}"
	done
done
(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "[seccomp]" "allow = ioctl" \
	"allow = ioctl(request == TIOCSTI)" >"$world/race.ini")
sandboxctl run -t a --policy "$world/race.ini" -- "$probe" terminal 0x5412 >"$tmp/out" 2>&1
like "a policy can't allow it either" "$(<"$tmp/out")" "@(terminal: EPERM*|*restricts nothing*)"

# ---- other entries and new calls (CVE-2021-41133); io_uring ----

host "i386" "@(ok|ENOSYS)" i386
try a i386
field reason
is "i386: killed" "$status:$REPLY" "159:seccomp"
for number in getpid 1073741824 1073742344; do
	try a syscall "${number/getpid/x32-getpid}"
	field reason
	is "x32, $number: killed" "$status:$REPLY" "159:seccomp"
done
# 335 is uretprobe, which newer kernels let pass every filter.
for number in 336 423 600 1000 1073741823; do
	denied seccomp:ENOSYS "a call that nobody knows: $number" a syscall $number
done
# CVE-2021-41133 by name: what came after the lists of others were written.
for call in mount_setattr open_tree move_mount fsopen clone3; do
	try a syscall $call
	like "$call" "$line" "syscall: @(EPERM|ENOSYS)"
done
host "io_uring" ok uring-personality /etc/redteam
for call in setup enter register; do denied seccomp:EPERM "io_uring_$call" a syscall io_uring_$call; done

# ---- release_agent and namespaces in namespaces (CVE-2022-0492, CVE-2023-25809) ----

host "a hierarchy of its own and its agent" ok release-agent "$world/agent"
for who in a most; do
	try $who release-agent "$world/agent"
	like "$who: it can't be mounted" "$status:$line" "1:release-agent: @(EPERM|EACCES) at mount"
	for type in cgroup2 cgroup proc sysfs bpf securityfs; do
		try $who mount $type "$world/agent"
		like "$who: nor $type" "$line" "mount: @(EPERM|EACCES)"
	done
	denied view:ENOENT "$who: there is no cgroupfs" $who ls /sys/fs/cgroup
	denied seccomp:EPERM "$who: a user namespace by unshare" $who userns
	denied seccomp:EPERM "$who: by clone" $who clone-userns
	denied seccomp:ENOSYS "$who: by clone3" $who clone3-userns
	try $who setns /proc/self/ns/user
	like "$who: or by setns" "$line" "setns: @(EPERM|EACCES|EINVAL)*"
done
for attempt in userns clone-userns clone3-userns; do host "a user namespace" ok $attempt; done
host "mounting" ok mount cgroup2 "$world/agent"

# ---- inheritable capabilities (CVE-2022-29162, CVE-2022-27650) ----

zeros=0000000000000000
for caller in "--inh-caps +all" "--inh-caps +all --ambient-caps +all" "--inh-caps +chown,+sys_admin --bounding-set -kill"; do
	# shellcheck disable=SC2086
	is "a caller with $caller" "$(setpriv $caller sandboxctl run -t a -- "$probe" caps 2>/dev/null)" \
		"caps: ok inh=$zeros prm=$zeros eff=$zeros bnd=$zeros amb=$zeros"
done
like "control: what it gives to others" "$(setpriv --inh-caps +all --ambient-caps +all "$probe" caps)" \
	"*inh=????????ffffffff*"

# ---- joining a sandbox that runs (CVE-2022-31214, CVE-2019-12589) ----

is "nothing of the installation runs as another user than its caller" \
	"$(find "$repo/build/stage" -perm /6000; getcap -r "$repo/build/stage" 2>/dev/null)" ""
start a/x "$probe" sleep 1000 </dev/null
first_process a/x
like "control: an entry of the registry, to root" "$("$probe" read "$state/sandboxes/a/x/status")" "read: ok {*"
entry=$state/sandboxes/a/x
for file in "$state/sandboxes" "$state/sandboxes/joiner/fake" "$entry" "$entry/status"; do
	for attempt in opendir write mkdir; do
		try joiner $attempt "$file"
		like "who is granted the registry: $attempt ${file#"$state"/}" "$line" "$attempt: @(EACCES|EEXIST|EISDIR)*"
	done
done
(umask 022 && printf '%s\n' "version = 1" "[filesystem]" "exec = $world/bin" "write = $state" >"$world/race.ini")
refuses 125 "*" "nobody can be granted all that is sandboxctl's own" \
	sandboxctl run -t a --policy "$world/race.ini" -- "$probe" exit 0
is "its modes" "$(find "$state" /var/lib/sandboxctl -maxdepth 1 -type d ! -perm 700)" ""
# A process is that of the sandbox by what the kernel says of it, and not by what it calls itself: exec.t.
try joiner setns "/proc/$REPLY/ns/mnt"
like "and it joins nobody" "$line" "setns: E*"
stop a/x

# ---- arguments (CVE-2020-17367, CVE-2020-17368, CVE-2026-30892) ----

sandbox -t a -- "$busybox" echo --output=/etc/redteam -t full '; touch /etc/pwned' '$(id)' '`id`' --
is "all behind the command is its own, and no shell reads it" "$status:$out" \
	"0:--output=/etc/redteam -t full ; touch /etc/pwned \$(id) \`id\` --"$'\n'
for word in "$probe exit 0; true" '$(echo probe)' "$probe exit 0" "-c"; do
	sandbox -t a -- "$word"
	is "a command is one word: $word" "$status" 127
done
sandbox -t a --name=x -t full -- --policy
is "a command that begins with a dash" "$status" 127
ok "no shell was there" test ! -e /etc/pwned
for number in 0x9 " 9" "9 " +9 -9 9.0 1e1 4294967305 18446744073709551625 "" 9$'\n'; do
	sandboxctl run -t a --json-status-fd "$number" -- "$probe" exit 0 9>"$tmp/json" >/dev/null 2>&1
	is "--json-status-fd '${number//$'\n'/\\n}'" "$?" 125
	# As a duration it is one, of 136 years.
	[[ $number != 4294967305 ]] || continue
	sandboxctl run -t a --timeout "$number" -- "$probe" exit 0 >/dev/null 2>&1
	is "--timeout '${number//$'\n'/\\n}'" "$?" 125
done
for number in 0x9s " 9s" "9s " +9s -9s 18446744073709551615h 99999999999999999999s; do
	sandboxctl run -t a --timeout "$number" -- "$probe" exit 0 >/dev/null 2>&1
	is "--timeout '$number'" "$?" 125
done
for key in "[cgroup] pids.max" "[cgroup] memory.max" "[tenant] id" "[process] rlimit.NOFILE" "[process] umask"; do
	for number in 0x10 " +16" -16 16.5 "16 16" 18446744073709551632 99999999999999999999999; do
		(umask 022 && printf '%s\n' "version = 1" "${key% *}" "${key#* } = $number" >"$world/race.ini")
		sandboxctl policy check "$world/race.ini" >/dev/null 2>"$tmp/err"
		like "$key = $number" "$?:$(<"$tmp/err")" "1:*error:*"
	done
done

# ---- abstract sockets (CVE-2020-15257), netlink (CVE-2021-43784) ----

exec {listener}< <(exec "$probe" listen-unix stream @redteam 3600)
listener_pid=$!
read -r line <&"$listener"
host "an abstract socket of the host's" ok connect-unix @redteam
for who in a most; do
	try $who connect-unix @redteam
	field denied
	like "$who, on its own network and on the host's: the LSM" "$line:$REPLY" "connect-unix: EACCES*:\"*"
done
kill "$listener_pid"
exec {listener}<&-
host "packets of its own making" ok socket packet
for kind in packet raw xdp; do
	try most socket $kind
	like "on the host's network: a socket of kind $kind" "$line" "socket: E*"
done
long=n$(printf '%062d' 0)
(umask 022 && cp "$config/tenants/full.ini" "$world/race.ini")
sandbox -t "$long" --policy "$world/race.ini" -- "$probe" exit 0
is "a tenant's name that fills its bound, in netlink and everywhere" "$status:$err" "0:"
sandbox -t "${long}0" --policy "$world/race.ini" -- "$probe" exit 0
is "a longer one" "$status" 125

# ---- who decides: no filter leaves it to a listener (user-notify's CONTINUE) ----

start a/x "$probe" sleep 1000 </dev/null
first_process a/x
is "one filter, and nobody who listens at it" \
	"$(sed -n 's/^Seccomp_filters:[[:space:]]*//p' "/proc/$REPLY/status"):$(readlink "/proc/$REPLY"/fd/* | grep -c seccomp)" 1:0
stop a/x
rm -f /etc/redteam

finish
