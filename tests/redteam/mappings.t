#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Memory that files are mapped to, with no wall but the LSM: what of a file is executed takes its exec right, by
# whatever way it comes to be executable.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/{a,b,read,outside,lower,upper,work,merged,lower2,upper2,work2,data}
for folder in bin a b read outside lower lower2; do
	echo "of $folder" >"$world/$folder/file"
done
overlay() { # NUMBER MERGED
	mount -t overlay -o "lowerdir=$world/lower$1,upperdir=$world/upper$1,workdir=$world/work$1" overlay "$2" ||
		bail "making an overlay"
}
overlay "" "$world/merged"
overlay 2 "$world/data"
program=$(readlink -f "$(type -P true)")
libraries=$(ldd "$program" | grep -o '/[^ ]*')
tenant a <<POLICY
[filesystem]
exec = $world/bin $world/merged
own = $world/a
read = $world/read $world/data
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b
POLICY
load
start a/x "$probe" sleep 1000 </dev/null

for act in map-exec protect-exec map-read; do
	allowed "$act in 'bin'" a/x $act "$world/bin/file"
done
for act in map-exec map-read; do
	allowed "$act in an overlay" a/x $act "$world/merged/file"
done
for folder in a read data; do
	why=rights
	denied lsm:mmap_file:$why "map-exec in '$folder'" a/x map-exec "$world/$folder/file"
	[[ $folder != data || $(uname -r) == 6.1.* ]] || why=no_grant
	denied lsm:file_mprotect:$why "protect-exec in '$folder'" a/x protect-exec "$world/$folder/file"
	allowed "map-read in '$folder'" a/x map-read "$world/$folder/file"
	is "control: protect-exec in '$folder', by the host" "$("$probe" protect-exec "$world/$folder/file")" "protect-exec: ok"
	is "control: map-exec in '$folder', by the host" "$("$probe" map-exec "$world/$folder/file")" "map-exec: ok"
done
allowed "what may be written is mapped to be written" a/x map-write "$world/a/file"

# What was opened elsewhere.
exec {outside}<"$world/outside/file" {other}<"$world/b/file" {own}<"$world/bin/file"
denied lsm:mmap_file:no_grant "a descriptor of the host's" a/x map-exec-fd "$outside"
denied lsm:mmap_file:owned "of another tenant's" a/x map-exec-fd "$other"
allowed "of what it may execute" a/x map-exec-fd "$own"
exec {outside}<&- {other}<&- {own}<&-

denied lsm:mmap_file:no_grant "a memfd" a/x memfd-map-exec
denied lsm:file_mprotect:no_grant "a memfd, later" a/x memfd-protect-exec
allowed "a memfd is data" a/x memfd-map
for act in memfd-map-exec memfd-protect-exec anonymous-exec; do
	is "control: $act, by the host" "$("$probe" $act)" "$act: ok"
done
allowed "memory without a file" a/x anonymous-exec

# ---- in a sandbox ----

denied lsm:mmap_file:rights "in a sandbox: of what it may read" a map-exec "$world/read/file"
denied lsm:mmap_file:no_grant "a memfd" a memfd-map-exec
allowed "memory without a file" a anonymous-exec
linked() { # RIGHT: a program whose libraries are granted so
	tenant linked <<-POLICY
		[filesystem]
		exec = $program
		$1 = ${libraries//$'\n'/ }
	POLICY
	load
	sandbox -t linked -- "$program"
}
linked exec
is "a program whose libraries it may execute" "$status" 0
linked read
like "and one whose it may read" "$status:$err" "12[67]:*"

tenant a <<POLICY
[lsm]
mode = audit
[filesystem]
exec = $world/bin
read = $world/read
POLICY
load
sandbox -t a -- "$probe" memfd-map-exec
field audited
is "in audit mode it is told, and allowed" "$status:$line:$REPLY" "0:memfd-map-exec: ok:1"

stop a/x
umount "$world/merged" "$world/data"
finish
