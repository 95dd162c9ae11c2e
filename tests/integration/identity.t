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

rmdir "$x/nested/more" "$x/nested" "$slice/deeper/x.scope" "$slice/deeper" "$slice/ghost.scope" \
	"$base/stray"

# ---- a cgroup that was made again ----

for who in a/x b/y; do
	kill -TERM "${supervisors[$who]}"
	ended "$who"
done
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
