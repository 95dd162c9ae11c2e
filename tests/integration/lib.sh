# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the integration tests share: a world to play in, and attempts by the probe whose answer is held
# against what was expected, and against which wall it came from.
#
# A test is tests/integration/NAME.t; it sources this file first and calls `finish` last. Processes are
# dear in an emulated guest (a program with libraries takes 0.1 s), so what the shell can do itself, it
# does itself.

# shellcheck source=../tap.sh
. "${BASH_SOURCE[0]%/*}/../tap.sh"

repo=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
config=/etc/sandboxctl
state=/run/sandboxctl
base=/sys/fs/cgroup/sandboxctl
world=/srv/world # a tmpfs; all of it is open to all users, so that file modes deny nothing
probe=$world/bin/probe
# shellcheck disable=SC2034 # for the tests
busybox=$world/bin/busybox
tmp=$world/tmp

if [[ $(</proc/mounts) != *" /run/vm"* ]]; then
	echo "Bail out! not in the guest: tests/integration/run ${0##*/}" && exit 1
fi

# What the last run left: what it printed, how it ended, and its report, see `field`.
out='' err='' status=0 json='' line=''

# ---- tenants ----

# tenant NAME <<POLICY
tenant() {
	local text
	IFS= read -rd '' text
	# Nobody but root may be able to write it.
	(umask 022 && printf 'version = 1\n%s' "$text" >"$config/tenants/$1.ini")
}

# Makes the tenants' files known to the kernel.
load() {
	sandboxctl lsm load || bail "lsm load failed"
}

# in_home PERL WORD...: where the pins are; there is no program in there to do it with. 308 is setns(2).
in_home() {
	perl -e "open H, '<', shift or die; syscall(308, fileno H, 0) == 0 && chdir '/bpf' or die; $1" \
		"$state/lsm/mnt" "${@:2}" || bail "$1"
}

remove_pin() { # NAME
	in_home 'unlink(shift) or die' "$1"
}

# The kernel ends a program's links when it gets to it.
n_links() {
	bpftool link show | grep -c lsm_mac
}

# They end a little later than the command that ended them.
links_come_to() { # NUMBER
	local end=$((SECONDS + 60))
	until [[ $(n_links) == "$1" ]]; do
		((SECONDS < end)) || bail "there are $(n_links) links, and not $1"
	done
}

# From now on unloading takes the kernel no time; see keep_hooks.c. lsm.t looks at it as it is without.
keep_hooks() {
	local kept=/run/vm/hooks
	[[ ! -d $kept ]] || return 0
	[[ -x $repo/build/demo/keep_hooks ]] || bail "make build/demo/keep_hooks"
	if ! { mkdir "$kept" && mount -t bpf hooks "$kept" && "$repo/build/demo/keep_hooks" "$kept"; }; then
		bail "keeping the hooks"
	fi
}

# What the tenants of earlier tests owned or were granted is nobody's, and held no more. To load the programs anew
# takes ten times as long.
forget_all() {
	local name policy own
	[[ -e $state/lsm/mnt ]] || return 0
	while read -r name _ _ _ policy own; do
		[[ $policy:$own != removed:[1-9]* ]] || sandboxctl tenant forget "$name" >/dev/null || bail "forget $name"
	done < <(sandboxctl tenant list)
	load
}

# An ext4 on the blank disk. That of an earlier test may be there still, held by labels.
mount_ext4() { # FOLDER
	forget_all
	mkfs.ext4 -q /dev/vda || bail "making an ext4"
	mount /dev/vda "$1" || bail "mounting an ext4"
}

# ---- running ----

read_all() { # VARIABLE FILE
	IFS= read -rd '' "$1" <"$2" || :
}

# The value of KEY in the last report, in REPLY; an object comes as its inside.
field() {
	local pattern='"'$1'":("([^"]*)"|\{([^}]*)\}|[^,}]*)'
	REPLY=
	if [[ $json =~ $pattern ]]; then
		REPLY=${BASH_REMATCH[1]}
		REPLY=${REPLY#[\"\{]} REPLY=${REPLY%[\"\}]}
	fi
}

# launched SUBCOMMAND OPTION... -- COMMAND...: by `run` or `exec`.
launched() {
	status=0
	: >"$tmp/json"
	sandboxctl "$1" --json-status-fd 9 "${@:2}" >"$tmp/out" 2>"$tmp/err" 9>"$tmp/json" || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
	read_all json "$tmp/json"
	line=${out%%$'\n'*}
}

# sandbox OPTION... -- COMMAND...
sandbox() {
	launched run "$@"
}

# refuses CODE PATTERN TEXT COMMAND...: all of what it says on stderr, which ends in a newline.
refuses() {
	status=0
	"${@:4}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
	like "$3" "$status:$err" "$1:$2"$'\n'
}

# as TENANT/NAME COMMAND...: as root with all of its powers and the host's mounts, no more than moved
# into the cgroup of a running sandbox. No wall is left but the LSM.
as() {
	status=0 json=
	(
		echo "$BASHPID" >"$base/${1%/*}.slice/${1#*/}.scope/cgroup.procs" || exit 99
		exec "${@:2}"
	) >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
	line=${out%%$'\n'*}
}

# by_root CGROUP CODE ARGUMENT...: Perl's words by root, who is in CGROUP from `go(shift)` on: what it has opened
# by then it has from the host. `answer` prints what came of a call.
# shellcheck disable=SC2016 # it is Perl's
in_perl='
	sub answer { my ($name, $r) = @_; print "$name=", $r < 0 ? (grep { $!{$_} } qw(EACCES EPERM ENOENT))[0] // "$!" : "ok", " " }
	sub go { open my $procs, ">", shift or die; syswrite $procs, $$ or die }
'
by_root() {
	perl -e "$in_perl$2" "$1/cgroup.procs" "${@:3}" 2>&1
}

# Without the program that lets a tenant's sandboxes open no devices but their own.
no_device_program() { # TENANT
	local word
	for word in $(bpftool -j cgroup show "$base/$1.slice" | tr '{,' '\n'); do
		[[ $word != '"id":'* ]] || bpftool cgroup detach "$base/$1.slice" device id "${word#*:}" ||
			bail "taking the device program away"
	done
}

# try WHO ATTEMPT...: WHO is a tenant, for a sandbox of its own; or TENANT/NAME, see `as`.
try() {
	case $1 in
	*/*) as "$1" "$probe" "${@:2}" ;;
	*) sandbox -t "$1" -- "$probe" "${@:2}" ;;
	esac
}

what_happened() {
	printf '%s\n' "status: $status" "stdout: $out" "stderr: $err" "report: $json"
}

# allowed TEXT WHO ATTEMPT...
allowed() {
	try "${@:2}"
	field denied
	if [[ $status == 0 && $line == "$3: ok"* && -z $REPLY ]]; then
		result ok "$1"
	else
		result "not ok" "$1" "attempt: ${*:2}" "$(what_happened)"
	fi
}

# What the report says for a reason of the LSM's: "owned" is SBX_WHY_OWNED.
declare -A reasons=()
while IFS= read -r line; do
	if [[ $line =~ \[SBX_WHY_([A-Z_]+)\]\ =\ \"(.*)\" ]]; then
		reasons[${BASH_REMATCH[1],,}]=${BASH_REMATCH[2]}
	fi
done <"$repo/src/lsm/lsm.c"

# In the order of the report.
all_hooks=()
while IFS= read -r line; do
	[[ ! $line =~ X\(([a-z_0-9]+),\ [A-Z_]+\) ]] || all_hooks+=("${BASH_REMATCH[1]}")
done <"$repo/bpf/abi.h"

# Denials that the LSM must have counted for TENANT/NAME when it ends.
declare -A expected=()

is_denied_by() { # WALL WHO ATTEMPT
	local hook why errno
	case $1 in
	lsm:*:*)
		IFS=: read -r _ hook why errno <<<"$1"
		# As at the border of a file system, so that mv(1) copies.
		[[ $why != rises && $why != shared ]] || errno=EXDEV
		[[ $line == "$3: ${errno:-EACCES}"* ]] || return
		if [[ $2 == */* ]]; then
			expected[$2:$hook]=$((${expected[$2:$hook]-0} + 1))
			return 0
		fi
		field denied
		[[ $REPLY == "\"$hook\":"* && $REPLY != *,* ]] || return
		field last_denial_why
		[[ $REPLY == "${reasons[$why]-no such reason}" ]]
		;;
	*)
		# None of the LSM's: it comes from the wall before.
		field denied
		[[ $line == "$3: ${1#*:}"* && -z $REPLY ]] || return
		field pids_max_hits
		[[ $1 == cgroup:* || $REPLY == 0 || $2 == */* ]]
		;;
	esac
}

# denied WALL TEXT WHO ATTEMPT...: WALL is where the denial must come from:
#	lsm:HOOK:REASON[:ERRNO]	the LSM, and no other hook of it; EACCES, unless the call makes another of it
#	seccomp:ERRNO cgroup:ERRNO mount:ERRNO view:ERRNO user:ERRNO network:ERRNO
#				not the LSM: the filter, a limit, a mount's flag, that it isn't in
#				sight, a missing capability; the same act allowed beside it says the rest
denied() {
	try "${@:3}"
	if [[ $status == 1 ]] && is_denied_by "$1" "$3" "$4"; then
		result ok "$2 [${1%%:*}]"
	else
		result "not ok" "$2 [$1]" "attempt: ${*:3}" "$(what_happened)"
	fi
}

declare -A supervisors=()

# start TENANT/NAME COMMAND...: begins a sandbox and comes back when its first line is there, in `line`.
# Its stdin is the caller's; OPTIONS of `sandboxctl run` stand in the array `options`.
options=()
start() {
	local id=$tmp/${1/\//.} fd
	[[ -p $id.fifo ]] || mkfifo "$id.fifo"
	sandboxctl run -t "${1%/*}" --name "${1#*/}" "${options[@]}" --json-status-fd 9 -- "${@:2}" \
		>"$id.fifo" 2>"$id.err" 9>"$id.json" <&0 &
	supervisors[$1]=$!
	exec {fd}<"$id.fifo" || bail "start $1"
	fifos[$1]=$fd
	read_line "$1"
}

declare -A fifos=()

# The next line of a sandbox that was started, in `line`; fails with what there is of one when it has
# ended. Never with a short time limit, again and again: where one comes to its end while a line
# arrives, bash has taken a byte that it forgets.
read_line() {
	local r=0
	IFS= read -rt 120 line <&"${fifos[$1]}" || r=$?
	if ((r > 128)); then
		"$repo/tests/vm/standing"
		bail "no line from $1 in two minutes: $line $(<"$tmp/${1/\//.}.err")"
	fi
	return "$r"
}

# The command's process of a sandbox that was started, in REPLY.
first_process() {
	local status
	read_all status "$state/sandboxes/$1/status"
	REPLY=${status#*\"pid\":} REPLY=${REPLY%%,*}
}

# ended TENANT/NAME: waits for its end, and fills `status`, `err` and the report.
ended() {
	local id=$tmp/${1/\//.} fd=${fifos[$1]}
	status=0
	wait "${supervisors[$1]}" || status=$?
	exec {fd}<&-
	unset "supervisors[$1]" "fifos[$1]"
	read_all err "$id.err"
	read_all json "$id.json"
}

# stop TENANT/NAME: ends it; what the LSM denied in there must be what was seen to be denied.
stop() {
	local hook all=
	kill -TERM "${supervisors[$1]}"
	ended "$1"
	for hook in "${all_hooks[@]}"; do
		[[ -z ${expected[$1:$hook]-} ]] || all+=${all:+,}\"$hook\":${expected[$1:$hook]}
		unset "expected[$1:$hook]"
	done
	field denied
	is "$1: the LSM counted each of these denials, and no other" "$REPLY" "$all"
}

# ---- beginning and end ----

# The network namespaces that are pinned, a line each: tenant and inode. No program is where the pins are.
pinned_networks() {
	perl -e '
		open my $home, "<", "$ARGV[0]/.home" or exit;
		syscall(308, fileno $home, 0x20000) == 0 or exit;
		my ($files) = stat "/";
		for (</*>) {
			my ($filesystem, $inode) = stat;
			print substr($_, 1), " $inode\n" if $filesystem != $files;
		}' "$state/net"
}

mount_points() { # VARIABLE
	local words point all=''
	while read -r -a words; do
		point=${words[4]}
		# The LSM's own pins and the tenants' network namespaces stay on purpose.
		[[ $point == "$state"/* || $point == "$world"* ]] || all+=$point$'\n'
	done < <(sort -k 5,5 /proc/self/mountinfo)
	printf -v "$1" %s "$all"
}

left_behind() {
	local after='' found
	found=("$base"/*/*.scope "$base"/canar[y] "$state"/sandboxes/*/*)
	[[ ! -d $base ]] || read_all after "$base/cgroup.events"
	[[ $after != *"populated 1"* ]] || found+=("processes below $base")
	mount_points after
	[[ $after == "$mounts_before" ]] || found+=("other mounts: $after")
	printf '%s\n' "${found[@]}"
}

# What stays of a tenant that has run goes too, so that each test begins with nothing.
forget_tenants() {
	rm -f "$state"/net/*
	rm -rf "$config"/tenants/*.ini "$config/sandboxctl.ini" "$state/ended"
	rmdir "$base"/*.slice 2>/dev/null
}

finish() {
	local who
	for who in "${!supervisors[@]}"; do
		result "not ok" "$who was stopped by the test"
		kill -KILL "${supervisors[$who]}"
		sandboxctl run -t "${who%/*}" --name "${who#*/}" -- "$probe" exit 0 >/dev/null 2>&1
	done
	is "nothing is left behind" "$(left_behind)" ""
	forget_tenants
	umount -Rl "$world"
	trap - EXIT
	plan
}

shopt -s nullglob
trap 'echo "Bail out! the test ended early"' EXIT
mkdir -p "$config/tenants" "$world" || bail "mkdir"
if ! { mount -t tmpfs -o mode=0755 world "$world" && mkdir -m 777 "$tmp" && mkdir "$world/bin" &&
	cp "$repo/build/demo/probe" /bin/busybox "$world/bin"; }; then
	bail "making the world"
fi
forget_tenants
[[ $0 == */lsm.t ]] || keep_hooks
mounts_before=
mount_points mounts_before
umask 0
