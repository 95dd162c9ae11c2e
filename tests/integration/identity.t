#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who acts? Root, with all of its powers, moves itself through cgroups: what it may then open is what
# the LSM takes it for.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2317
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{a,b}
echo a >"$world/a/file"
echo b >"$world/b/file"
# Without limits of each sandbox the kernel lets processes into the slice itself.
for name in a b; do
	tenant "$name" <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/$name
		[cgroup.sandbox]
		memory.oom.group =
	POLICY
done
load
# Nor where no controller is enabled for what is below, as earlier runs have done.
read -r controllers <"$base/cgroup.subtree_control"
[[ -z $controllers ]] || echo "-${controllers// / -}" >"$base/cgroup.subtree_control"

# opens FILE CGROUP...: joins one cgroup after the other, opens something in each so that a hook has
# seen it there, then opens FILE by the function in `how`; what that prints is in `line`.
how=here
opens() {
	(
		fds=()
		for cgroup in "${@:2}"; do
			exec {fd}>"$cgroup/cgroup.procs" || exit
			fds+=("$fd")
		done
		for fd in "${fds[@]}"; do
			echo "$BASHPID" >&"$fd" || exit
			read -r _ <"$1"
		done
		"$how" "$1"
	) >"$tmp/out" 2>"$tmp/err" </dev/null
	read_all line "$tmp/out"
	line=${line%$'\n'}
}

here() {
	if read -r text <"$1"; then echo "ok $text"; else echo denied; fi
}

in_a_fork() {
	(here "$1")
}

in_an_orphan() {
	local parent
	# It ends when the last writer is gone.
	echo "$(
		parent=$BASHPID
		(
			while [[ -d /proc/$parent ]]; do :; done
			here "$1"
		) &
	)"
}

in_a_program() {
	"$probe" read "$1"
}

# What belongs to no sandbox is counted, so that its denial can be told from another wall's.
nobody_denials() {
	json=$(sandboxctl lsm status --json)
	json=${json//[[:space:]]/}
	field unlabelled_denials
}

# ---- nobody's cgroups below the base ----

mkdir "$base/stray"
opens "$world/a/file" /sys/fs/cgroup
is "the host itself opens everything" "$line" "ok a"
nobody_denials && before=$REPLY
opens "$world/a/file" "$base"
is "in the base cgroup: denied" "$line" "denied"
opens "$world/a/file" "$base/stray"
is "in a cgroup below it that is nobody's: denied" "$line" "denied"
opens /etc/passwd "$base/stray"
is "whatever it is" "$line" "denied"
nobody_denials
ok "the LSM counted them" test "$((REPLY - before))" -ge 6

start a/x "$probe" sleep 1000 </dev/null
start b/y "$probe" sleep 1000 </dev/null
slice=$base/a.slice x=$base/a.slice/x.scope y=$base/b.slice/y.scope
mkdir "$slice/ghost.scope" "$slice/deeper" "$slice/deeper/x.scope" "$x/nested" "$x/nested/more"
opens "$world/a/file" "$slice"
is "in the tenant's slice, not in a sandbox: denied" "$line" "denied"
opens "$world/a/file" "$slice/ghost.scope"
is "in a scope that was made by hand: denied" "$line" "denied"
opens "$world/a/file" "$slice/deeper/x.scope"
is "in one that has a sandbox's name, a level too deep: denied" "$line" "denied"

# ---- a sandbox's ----

opens "$world/a/file" "$x"
is "in the sandbox: its own" "$line" "ok a"
opens "$world/b/file" "$x"
is "in the sandbox: another's" "$line" "denied"
opens "$world/b/file" "$y"
is "in the other's sandbox: that one" "$line" "ok b"
opens "$world/a/file" "$x/nested/more"
is "in a cgroup below the sandbox's: its own" "$line" "ok a"
opens "$world/b/file" "$x/nested/more"
is "in a cgroup below the sandbox's: another's" "$line" "denied"
opens "$world/a/file" "$x/nested" "$x"
is "from there to the sandbox: still the same" "$line" "ok a"

# ---- without its seat ----

# hex FORMAT NUMBER...: bytes, as bpftool takes them, in REPLY.
hex() {
	REPLY=$(perl -e 'printf "%s", join " ", map { sprintf "%02x", $_ } unpack "C*", pack shift, @ARGV' "$@")
}

# seated NUMBER: what stands there in `seats`, in REPLY.
seated() {
	number=$1
	REPLY=$(bpftool -j map lookup name seats key $((number & 255)) $((number >> 8)) 0 0 |
		perl -MJSON::PP -e 'printf "%s", join " ", map { sprintf "%02x", hex } @{decode_json(<>)->{value}}')
}

# sit BYTES: that is what stands at `number`.
sit() {
	# shellcheck disable=SC2086 # a word a byte
	bpftool map update name seats key $((number & 255)) $((number >> 8)) 0 0 value hex $1 || bail seats
}

# its_own WHAT: the sandbox x is a's.
its_own() {
	opens "$world/a/file" "$x"
	is "$1: its own" "$line" "ok a"
	opens "$world/b/file" "$x"
	is "$1: another's" "$line" "denied"
}

hex QQQ 0 0 0 && free=$REPLY
seated $(($(stat -c %i "$y") % 65536)) && others=$REPLY
seated $(($(stat -c %i "$x") % 65536)) && its=$REPLY
hex Q "$(stat -c %i "$x")" && like "it has a seat" "$its" "$REPLY *"
sit "$free"
its_own "which is free"
sit "$others"
its_own "another sandbox has it"
sit "${its:0:24}${others:24}"
its_own "half of it is another's"
sit "${its:0:24}${others:24:24}${its:48}"
its_own "the middle of it is"
sit "$its"
its_own "it has it again"

# ---- moved ----

opens "$world/a/file" "$x" /sys/fs/cgroup
is "moved out of its sandbox: its own is denied too" "$line" "denied"
opens /etc/hostname "$x" /sys/fs/cgroup
is "moved out of its sandbox: and all else" "$line" "denied"
opens /etc/hostname /sys/fs/cgroup
like "which the host may" "$line" "ok *"
opens "$world/b/file" "$x" "$y"
is "moved to another tenant's sandbox: that one's is denied" "$line" "denied"
opens "$world/a/file" "$x" "$y"
is "moved to another tenant's sandbox: its own is denied" "$line" "denied"
opens "$world/a/file" "$x" "$base/stray"
is "moved to nobody's cgroup: denied" "$line" "denied"
opens "$world/a/file" "$x" /sys/fs/cgroup "$x"
is "moved out and back again: its own" "$line" "ok a"

# ---- children ----

for how in in_a_fork in_an_orphan in_a_program; do
	opens "$world/a/file" "$x"
	like "$how: its own" "$line" "*ok a"
	opens "$world/b/file" "$x"
	like "$how: another's" "$line" "*@(denied|EACCES*)"
	[[ $how != in_a_program ]] || break
	opens "$world/a/file" "$x" /sys/fs/cgroup
	is "$how, moved out: denied" "$line" "denied"
done
opens "$world/a/file" "$x" /sys/fs/cgroup
like "in_a_program, moved out: it doesn't even start" "$line:$(<"$tmp/err")" ":*Permission denied"
how=here

# ---- by the file system of cgroups ----

exec {folder}<"$y"
for file in /sys/fs/cgroup/cgroup.procs "$y/cgroup.procs" "/proc/self/fd/$folder/cgroup.procs" "$y/cgroup.kill"; do
	denied lsm:file_open:no_grant "${file/#*fd/a descriptor of a cgroup}: not opened" a/x write "$file"
done
is "control: opened by the host" "$("$probe" rdwr "/proc/self/fd/$folder/cgroup.procs")" "rdwr: ok"
exec {folder}<&-
denied lsm:path_mkdir:no_grant "no cgroup is made" a/x mkdir "$x/made"
is "control: made by the host" "$("$probe" mkdir "$x/made")" "mkdir: ok"
denied lsm:path_rmdir:no_grant "nor removed" a/x rmdir "$x/made"
is "control: removed by the host" "$("$probe" rmdir "$x/made")" "rmdir: ok"

# born CGROUP FILE [CGROUP]: a child that is born in the first one, of a parent in the other; both have descriptors.
born() {
	line=$("$probe" clone-into "$1" "$2" ${3:+"$3/cgroup.procs"} 2>&1)
}
born "$x" "$world/a/file"
is "a child of the host's, born in the sandbox: its own" "$line" "clone-into: ok"
born "$x" "$world/b/file"
is "a child of the host's, born in the sandbox: another's" "$line" "clone-into: EACCES at open"
# Elsewhere it would be under others' limits, or under none. Which of them it is, no hook is told.
for where in /sys/fs/cgroup "$base/stray" "$y" "$x"; do
	born "$where" "$world/a/file" "$x"
	is "a child of the sandbox's, born in ${where#"$base"/}: it isn't" "$line" "clone-into: EACCES at clone3"
done

# ---- on its way into a sandbox ----

# Root makes a child the set-up of a sandbox, as the launcher does: 321 is bpf(2), 14 a map by its id, 2 an update, 434
# pidfd_open(2). What it forks, and what it executes, is the tenant's.
read -r map _ < <(bpftool map show name tasks)
is "of the set-up only that one task is exempt, until it executes something" "$(perl -e "$in_perl"'
	my ($procs, $leaf, $map, $own, $other, $probe) = @ARGV;
	pipe my $told, my $tell; pipe my $gone, my $go; $| = 1;
	my $child = fork;
	if (!$child) {
		go($procs);
		syswrite $tell, "x";
		sysread $gone, my $byte, 1;
		my $opens = sub { answer($_[0], open(my $f, "<", $_[1]) ? 0 : -1) };
		$opens->("exempt", $other);
		my $forked = fork;
		if (!$forked) {
			$opens->("forked", $other);
			$opens->("own", $own);
			if (!fork) { $opens->("twice", $other); exit }
			wait; exit;
		}
		wait;
		$opens->("still", $other);
		exec $probe, "read", $other;
	}
	close $tell;
	sysread $told, my $byte, 1;
	my $attr = pack("L", $map) . "\0" x 124;
	my $fd = syscall 321, 14, $attr, 128;
	my $key = pack "l", syscall 434, $child, 0;
	my $value = pack "QLL", $leaf, 1, 0;
	$attr = pack("LxxxxPPQ", $fd, $key, $value, 0) . "\0" x 96;
	syscall(321, 2, $attr, 128) == 0 or die "update: $!";
	syswrite $go, "x";
	wait' "$x/cgroup.procs" "$(stat -c %i "$x")" "${map%:}" "$world/a/file" "$world/b/file" "$probe" 2>&1)" \
	"exempt=ok forked=EACCES own=ok twice=EACCES still=ok read: EACCES at open"

rmdir "$x/nested/more" "$x/nested" "$slice/deeper/x.scope" "$slice/deeper" "$slice/ghost.scope" \
	"$base/stray"

# ---- a cgroup that was made again ----

for who in a/x b/y; do
	kill -TERM "${supervisors[$who]}"
	ended "$who"
done
expected=()
seated "$number"
is "a sandbox has ended, and its seat is free" "$REPLY" "$free"
mkdir "$x"
opens "$world/a/file" "$x"
is "a sandbox has ended, and the host makes a cgroup of its name: denied" "$line" "denied"
rmdir "$x"
start a/x "$probe" sleep 1000 </dev/null
allowed "the next one of that name: its own" a/x read "$world/a/file"
denied lsm:file_open:owned "the next one of that name: another's" a/x read "$world/b/file"
allowed "a double fork in it: its own" a/x fork-open "$world/a/file"
denied lsm:file_open:owned "a double fork in it: another's" a/x fork-open "$world/b/file"
stop a/x

finish
