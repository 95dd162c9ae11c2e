#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The life of labels, with no wall but the LSM. What they are on is removed, unmounted, replaced, found by another
# way, and its memory and its numbers are used again: nobody gets or loses a right by that, and nothing is left of
# it in the LSM's maps.
#
# The environment says how much comes and goes: MOUNTS (200) and FILES (5000) of each file system, and
# how often trees are labelled and removed, ROUNDS (1). `make soak` has 10,000, a million and 20.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
. "${0%/*}/../integration/lib.sh"

n_mounts=${MOUNTS:-200} n_files=${FILES:-5000} n_rounds=${ROUNDS:-1}
mkdir -m 777 "$world"/{tmpfs,ext4,vol}
mount_ext4 "$world/ext4"
chmod 777 "$world/ext4"
drop_caches() {
	echo 3 >/proc/sys/vm/drop_caches
}

# policies A B: what a has besides, and what b has. `trial` is on trial: what isn't granted is allowed to it, but what
# another owns.
plain=
policies() {
	tenant a <<-POLICY
		[filesystem]
		exec = $world/bin
		$plain
		$1
	POLICY
	tenant trial <<-POLICY
		[filesystem]
		exec = $world/bin
		[lsm]
		mode = audit
	POLICY
	tenant b <<-POLICY
		[filesystem]
		exec = $world/bin
		$2
	POLICY
	load
}
all_start() {
	start a/x "$probe" sleep 100000 </dev/null
	start trial/t "$probe" sleep 100000 </dev/null
	start b/y "$probe" sleep 100000 </dev/null
}
all_stop() {
	stop a/x
	stop trial/t
	stop b/y
}
procs() { # TENANT/NAME
	REPLY=$base/${1%/*}.slice/${1#*/}.scope/cgroup.procs
}
procs a/x && granted=$REPLY
procs b/y && stranger=$REPLY
procs trial/t && trial=$REPLY

# How much there is in each map that has something of files, in REPLY.
entries() {
	local map
	REPLY=
	for map in leaves labels names anchors perms superblocks policies policy_files; do
		REPLY+="$map: $(bpftool map dump name "$map" | grep -c '^key\|"key"')"$'\n'
	done
}

# What the maps have of no more than the first policies, once all have run.
settled() {
	local who
	policies "" ""
	for who in a trial b; do
		sandboxctl run -q -t $who -- "$probe" exit 0 >/dev/null 2>&1 || bail "a run"
	done
	entries
}
begin_anew() {
	settled
	before=$REPLY
}
other=lsm:file_open:owned adrift=lsm:file_open:adrift
# ---- a file system is unmounted under its labels, while somebody is in there ----

begin_anew
for fs in tmpfs ext4; do
	t=$world/$fs
	[[ $fs == ext4 ]] || mount -t tmpfs -o mode=777 vol "$t"
	mkdir -m 777 "$t"/{b,shared}
	for folder in b shared; do echo "of $folder" >"$t/$folder/file"; done
	policies "write = $t" "own = $t/b"
	all_start
	for folder in b shared; do
		cd "$t/$folder" || bail "cd"
		[[ $folder == b ]] || umount -l "$t"
		if [[ $folder == shared ]]; then
			denied "$other" "$fs, unmounted lazily: another's own, from its neighbour" a/x read ../b/file
			denied "$other" "$fs, unmounted lazily: the same to a tenant on trial" trial/t read ../b/file
			allowed "$fs, unmounted lazily: its neighbour itself" a/x write file
			allowed "$fs, unmounted lazily: by its owner" b/y read ../b/file
			drop_caches
			denied "$other" "$fs, unmounted lazily: with nothing cached" a/x read ../b/file
			allowed "$fs, unmounted lazily: its neighbour, likewise" a/x read file
			is "$fs, unmounted lazily: its tenant doesn't run, for it isn't there" \
				"$(sandboxctl run -t b -- "$probe" exit 0 2>&1 >/dev/null | grep -c "is not there")" 1
			policies "" ""
			denied "$other" "$fs, unmounted lazily, nobody's any more: closed to who has it open" a/x read ../b/file
			denied "$other" "$fs, unmounted lazily, nobody's any more: on trial" trial/t read ../b/file
		else
			allowed "$fs: its own, from in there" b/y read file
			denied "$other" "$fs: another's own, from in there" a/x read file
		fi
	done
	cd /
	all_stop
	settled
	is "$fs: nothing of it is left in the maps" "$REPLY" "$before"
done
ok "and the disk is free" mkfs.ext4 -q -F /dev/vda
mount /dev/vda "$world/ext4" || bail "mounting an ext4"
for fs in tmpfs ext4; do
	mkdir -m 777 "$world/$fs/plain"
	chmod 777 "$world/$fs"
done
plain="write = $world/tmpfs/plain $world/ext4/plain"
# ---- what is owned and granted is removed by the host, again and again ----

# A tree of which many labels are.
make_tree() { # FOLDER
	local i
	mkdir -m 777 "$1" "$1"/{names,folders}
	for ((i = 0; i < 40; i++)); do
		mkdir -m 777 "$1/folders/$i"
		echo "$i" | tee "$1/folders/$i/file" "$1/names/$i" >/dev/null
	done
}
grants() { # KEY FOLDER N
	local i
	REPLY="$1 ="
	for ((i = $3; i < 40; i += 2)); do REPLY+=" $2/names/$i $2/folders/$i"; done
}

# Where in memory what is labelled has its inodes, and where those were that were made since `watch`: the kernel tells
# of each, and keeps the first of a million, for what became free last is used first.
trace=$world/trace
mkdir "$trace"
if ! { mount -t tracefs trace "$trace" && echo nooverwrite >"$trace/trace_options" &&
	echo 'p:made security_inode_alloc inode=%di:u64' >"$trace/kprobe_events" &&
	echo 1 >"$trace/events/kprobes/made/enable"; }; then
	bail "tracing"
fi
labelled() {
	bpftool map dump name labels | sed -n 's/.*"key": \([0-9]*\),.*/\1/p' | sort -u
}
watch() {
	echo >"$trace/trace"
}
# How many of those addresses were used again by the probe, in REPLY.
watched() { # FORMER
	REPLY=$(sed -n 's/^ *probe-.* inode=\([0-9]*\)$/\1/p' "$trace/trace" | sort -u | comm -12 - "$1" | wc -l)
}

begin_anew
n_again=0
for fs in tmpfs ext4; do
	t=$world/$fs
	for ((round = 1; round <= n_rounds; round++)); do
		make_tree "$t/tree"
		grants write "$t/tree" 0
		for_a=$REPLY
		grants own "$t/tree" 1
		policies "$for_a" "$REPLY"
		all_start
		allowed "$fs, $round: a granted file" a/x write "$t/tree/names/0"
		denied "$other" "$fs, $round: another's own" a/x read "$t/tree/names/1"
		rm -r "$t/tree"
		# But in the last one: what was dropped is seldom used again, and that is looked for then.
		((round % 2 || round == n_rounds)) || drop_caches
		labelled >"$tmp/former"
		watch
		# They are removed and labelled still: no other inode is where they are.
		is "$fs, $round: files come and go while labels are there" \
			"$("$probe" churn $((n_files / 20)) files "$t/plain" "$granted" "$trial")" \
			"churn: ok $((n_files / 20)) opened 0 denied 0 otherwise, $((n_files / 20)) opened 0 denied 0 otherwise"
		watched "$tmp/former"
		is "$fs, $round: none of them is where one of the labels is" "$REPLY" 0
		all_stop
		settled
		is "$fs, $round: nothing of it is left in the maps" "$REPLY" "$before"
	done
	all_start
	watch
	is "$fs: $n_files files, where there were labels: opened by who is granted, denied to who isn't" \
		"$("$probe" churn "$n_files" files "$t/plain" "$granted" "$stranger" 2>&1)" \
		"churn: ok $n_files opened 0 denied 0 otherwise, 0 opened $n_files denied 0 otherwise"
	watched "$tmp/former"
	n_again=$((n_again + REPLY))
	# Which addresses are used again is chance, the more so behind many files, and more rounds than one.
	((n_rounds > 1)) || ok "$fs: $REPLY of them where one of $(wc -l <"$tmp/former") labels was" test "$REPLY" -gt 0
	expected[b/y:file_open]=$n_files
	all_stop
done
ok "$n_again of them all where a label was" test "$n_again" -gt 0
echo 0 >"$trace/events/kprobes/made/enable"
echo >"$trace/kprobe_events"
# ---- the numbers of devices and the addresses of inodes are used again ----

declare -A devices=()
# The root of a procfs has always the same number, and no generation.
for ((round = 0; round < 8; round++)); do
	((round % 2)) && type=proc || type=tmpfs
	mount -t "$type" vol "$world/vol"
	devices[$(stat -c %d "$world/vol")]=1
	if ((round % 4 < 2)); then
		policies "read = $world/vol" ""
	else
		policies "" "own = $world/vol"
	fi
	sandboxctl run -q -t a -- "$probe" exit 0 >/dev/null || bail "a run"
	umount "$world/vol"
done
settled
is "file systems come and go: nothing of them is left in the maps" "$REPLY" "$before"
ok "their numbers were used again: ${#devices[@]} in 8 rounds" test "${#devices[@]}" -le 6
all_start
for type in tmpfs proc; do
	is "$n_mounts times $type, where there were labels: denied to who isn't granted, allowed on trial" \
		"$("$probe" churn "$n_mounts" $type "$world/vol" "$trial" "$stranger" 2>&1)" \
		"churn: ok $n_mounts opened 0 denied 0 otherwise, 0 opened $n_mounts denied 0 otherwise"
done
expected[b/y:file_open]=$((2 * n_mounts))
all_stop
settled
is "and nothing of those" "$REPLY" "$before"
# ---- found by a handle, while nothing above it is in memory ----

t=$world/ext4
mkdir -m 777 "$t"/{b,outside}
for folder in b plain outside; do echo "of $folder" >"$t/$folder/file"; done
policies "" "own = $t/b"
all_start
for folder in b plain outside; do
	is "a handle of '$folder/file'" "$("$probe" save-handle "$t/$folder/file" "$world/bin/$folder")" "save-handle: ok"
done
chmod 777 "$world/bin/"{b,plain,outside}
denied "$other" "by a handle, found by its name before: another's own" a/x open-saved "$world/bin/b" "$t/plain"
allowed "by a handle, found by its name before: its own" a/x open-saved "$world/bin/plain" "$t/plain"
for who in a/x trial/t; do
	for folder in b outside; do
		drop_caches
		denied $adrift "$who: by a handle: a file in '$folder'" $who open-saved "$world/bin/$folder" "$t/plain"
		drop_caches
		denied lsm:inode_getattr:adrift "$who: by a handle, to look at: a file in '$folder'" \
			$who stat-saved "$world/bin/$folder" "$t/plain"
		drop_caches
		denied lsm:path_link:adrift "$who: by a handle, to link: a file in '$folder'" \
			$who link-saved "$world/bin/$folder" "$t/plain" "$t/plain/link"
	done
	drop_caches
	allowed "$who: by its name: a file in 'plain'" $who read "$t/plain/file"
done
for attempt in open-saved stat-saved; do
	drop_caches
	like "control: $attempt by the host" "$("$probe" $attempt "$world/bin/b" "$t/plain")" "$attempt: ok*"
done
all_stop
umount "$t"
finish
