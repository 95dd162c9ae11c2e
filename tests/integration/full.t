#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The LSM's maps are full, each in turn: what would need room isn't run, and what runs is enforced as before.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{a,b,more}
echo a >"$world/a/file"
echo b >"$world/b/file"
both_tenants() { # [LINE]: of a, besides
	tenant a <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/a
		$1
	POLICY
	tenant b <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/b
	POLICY
}
both_tenants ""
tenant shared <<POLICY
[namespaces]
ipc = no
[filesystem]
exec = $world/bin
POLICY
load
sandboxctl run -t a -- "$probe" exit 0 || bail run

# change_all fill|clear MAP: with keys that nobody has, to its last entry. 321 is bpf(2), 14 a map by its id, 26 and 27
# update and remove many. The keys count up: the lowest bits are made once, and those above are put on all of them.
change_all() {
	local line pattern='^([0-9]+): .*key ([0-9]+)B +value ([0-9]+)B +max_entries ([0-9]+)'
	line=$(bpftool map show name "$2")
	[[ ${line//$'\n'/ } =~ $pattern ]] || bail "$2: $line"
	perl -e '
		my ($how, $id, $key_size, $value_size, $n) = @ARGV;
		my $attr = pack("L", $id) . "\0" x 124;
		my $fd = syscall 321, 14, $attr, 128;
		my $rest = $key_size - 8;
		my $low = pack "(Qx$rest)*", 0 .. 4095;
		my $keys = join "", map { $low | pack("Qx$rest", 0xfff0000000000000 + $_ * 4096) x 4096 } 0 .. $n / 4096;
		my $values = "\0" x ($n * $value_size);
		$attr = pack("QQPPLLQQ", 0, 0, $keys, $values, $n, $fd, 0, 0) . "\0" x 72;
		my $r = syscall 321, $how eq "fill" ? 26 : 27, $attr, 128;
		die "$how: $!" if $how eq "fill" && $r < 0 && !$!{E2BIG};
	' "$1" "${BASH_REMATCH[@]:1}" || bail "$2"
}

start a/x "$probe" sleep 1000 </dev/null

# full MAP CODE PATTERN COMMAND...: it needs room in the map, and says so.
full() {
	change_all fill "$1"
	refuses "$2" "$3" "$1: what needs room isn't done" "${@:4}"
	allowed "$1: what runs goes on" a/x read "$world/a/file"
	denied lsm:file_open:owned "$1: and is enforced" a/x read "$world/b/file"
	change_all clear "$1"
	status=0
	"${@:4}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all err "$tmp/err"
	is "$1: with room it is" "$status:$err" "0:"
}
full leaves 125 "sandboxctl: run: *the LSM's map 'leaves' is full: 'sandboxctl gc'*" sandboxctl run -t b -- "$probe" exit 0
full superblocks 125 "sandboxctl: run: *: Cannot allocate memory" sandboxctl run -t b -- "$probe" exit 0
full policies 125 "sandboxctl: run: *the LSM's map 'policies' is full: *" sandboxctl run -t shared -- "$probe" exit 0
both_tenants "own = $world/more"
full labels 1 "sandboxctl: lsm load: *the LSM's map 'labels' is full: *" sandboxctl lsm load

change_all fill ipc_objects
try shared ipc-make shm 1001
is "ipc_objects: a sandbox makes none that would be nobody's" "$status:$line" "1:ipc-make: ENOMEM"
like "control: the host does" "$("$probe" ipc-make shm 1001)" "ipc-make: ok *"
ipcrm -M 1001
change_all clear ipc_objects
allowed "ipc_objects: with room it does" shared ipc-make shm 1002
ipcrm -M 1002

stop a/x
finish
