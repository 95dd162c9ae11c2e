#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Eight processes of four tenants do random things to files, as root with all of its powers and the host's
# mounts, while the host evicts inodes, loads policies, mounts and runs. What the LSM answers is what a slow
# model in words does, each time, and in its maps nothing is left of it.
#
# The environment's SOAK says for how many seconds (30; `make soak` has 600), SEED in which world (1).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

seconds=${SOAK:-30} seed=${SEED:-1} soak=$world/bin/soak
cp "$repo/build/demo/soak" "$soak"
mkdir -m 777 "$world"/{soak,ext4,late}
mount_ext4 "$world/ext4"
"$soak" make "$seed" "$world"/{soak,ext4} "$config/tenants" || bail "making a world"
for i in 0 1 2 3; do echo "exec = $world/bin" >>"$config/tenants/tenant-$i.ini"; done
chmod 644 "$config"/tenants/*.ini
tenant bystander </dev/null
load

# How much there is in each map that has something of files, in REPLY.
entries() {
	local map
	REPLY=
	for map in leaves labels names perms superblocks policies; do
		REPLY+="$map: $(bpftool map dump name "$map" | grep -c '^key\|"key"')"$'\n'
	done
}

begin() {
	local i
	for i in 0 1 2 3; do start "tenant-$i/x" "$probe" sleep 100000 </dev/null; done
}

# Denials were many, and were compared one by one.
end() {
	local i
	for i in 0 1 2 3; do
		kill -TERM "${supervisors[tenant-$i/x]}"
		ended "tenant-$i/x"
	done
}

# What the host does, over and over.
failed='' n=0
must() {
	"$@" >"$tmp/must" 2>&1 || failed+="$*: $(<"$tmp/must")"$'\n'
}
disturb() {
	n=$((n + 1))
	echo 2 >/proc/sys/vm/drop_caches
	must mount -t tmpfs late "$world/late"
	tenant bystander <<-POLICY
		[filesystem]
		exec = $world/bin
		read = $world/late
		[process]
		env = N=$n
	POLICY
	must sandboxctl lsm load
	must sandboxctl run -q -t bystander -- "$probe" exit 0
	must umount "$world/late"
}

begin
end
disturb
entries
before=$REPLY

begin
workers=()
for i in 0 1 2 3 4 5 6 7; do
	(
		echo "$BASHPID" >"$base/tenant-$((i % 4)).slice/x.scope/cgroup.procs" || exit 99
		exec "$soak" work "$seed" "$world"/{soak,ext4} $((i % 4)) "$i" "$seconds"
	) >"$tmp/$i.out" 2>"$tmp/$i.err" &
	workers+=($!)
done

while kill -0 "${workers[0]}" 2>/dev/null; do disturb; done
is "what the host did meanwhile, $n times" "$failed" ""

for i in "${!workers[@]}"; do
	status=0
	wait "${workers[i]}" || status=$?
	read_all out "$tmp/$i.out"
	read_all err "$tmp/$i.err"
	is "${out%$'\n'}" "$status:$err" "0:"
done
end
# Granted names that were removed are there again, and loaded.
"$soak" make "$seed" "$world"/{soak,ext4} "$tmp" && disturb
entries
is "nothing is left of it in the LSM's maps" "$REPLY" "$before"
umount "$world/ext4"
finish
