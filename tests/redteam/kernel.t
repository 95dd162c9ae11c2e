#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel itself, its mounts, and what enforces all this, with no wall but the LSM: root with all of its powers,
# moved into the cgroup of a sandbox. Each attempt beside the same one by the host.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016,SC2053
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/{a,m,mounted}
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/a
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
x=$base/a.slice/x.scope
echo "no module" >"$world/a/module"
exec {module}<"$world/a/module"

remount() {
	mount -t tmpfs mounted "$world/mounted" || bail "mount"
}

# Hook | attempt | its errno, where that isn't EACCES. Descriptor 0 is /dev/null.
attempts=(
	"bpf|bpf-map"
	"bpf|syscall bpf"
	"kernel_load_data|syscall init_module 0 4096"
	"kernel_read_file|syscall finit_module $module"
	"uring_cmd|uring-cmd 0"
	"syslog|syscall syslog"
	"quotactl|syscall quotactl 0x80000100"
	"settime|syscall settimeofday"
	"sb_mount|mount tmpfs $world/m"
	"sb_mount|bind-mount $world/a $world/m"
	"sb_mount|remount-rw $world/mounted"
	"sb_mount|mount nosuchtype $world/m"
	"sb_umount|umount $world/mounted"
	"move_mount|move-mount $world $world/m"
	"sb_pivotroot|pivot-root $world/a"
	"sb_remount|reconfigure $world/mounted"
	"sb_alloc_security|new-tmpfs|ENOMEM"
	"sb_kern_mount|fsmount cgroup2"
)
[[ $(uname -m) != x86_64 ]] || attempts+=("kernel_load_data|syscall kexec_load" "locked_down|syscall ioperm 112 2 1|EPERM"
	"locked_down|syscall iopl 3|EPERM")
remount
for row in "${attempts[@]}"; do
	IFS='|' read -r hook attempt errno <<<"$row"
	read -ra words <<<"$attempt"
	denied "lsm:$hook:never:$errno" "$attempt" a/x "${words[@]}"
done
allowed "a sandbox's own kind of thing" a/x read "$world/a/module"
for row in "${attempts[@]}"; do
	IFS='|' read -r _ attempt _ <<<"$row"
	read -ra words <<<"$attempt"
	status=0
	"$probe" "${words[@]}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all line "$tmp/out"
	case $attempt in
	"mount nosuchtype"*) like "control: $attempt" "$status:$line" "1:mount: ENODEV*" ;;
	*) like "control: $attempt" "$status:$line" "0:${words[0]}: ok*" ;;
	esac
	[[ ${words[0]} != umount ]] || remount
done
umount "$world/mounted"
exec {module}<&-

# ---- modules that would be loaded for it ----

modprobe=$(</proc/sys/kernel/modprobe)
printf '#!%s sh\necho "$@" >>%s\n' /bin/busybox "$tmp/asked" >"$world/bin/modprobe"
chmod +x "$world/bin/modprobe"
echo "$world/bin/modprobe" >/proc/sys/kernel/modprobe
: >"$tmp/asked"
# 6, 13: IPPROTO_TCP, TCP_CONGESTION
ask='socket my $s, 2, 1, 6 or die; go(shift); setsockopt $s, 6, 13, shift'
by_root "$x" "$ask" bogus1
is "no module is loaded because a sandbox asks for it" "$(<"$tmp/asked")" ""
expected[a/x:kernel_module_request]=$((${expected[a/x:kernel_module_request]-0} + 1))
by_root /sys/fs/cgroup "$ask" bogus2
like "control: for the host it is" "$(<"$tmp/asked")" "*tcp_bogus2*"
echo "$modprobe" >/proc/sys/kernel/modprobe

# ---- keys that are asked for on its behalf ----

# A root process of the host's would look for it.
printf '#!%s sh\necho "$@" >>%s\n' /bin/busybox "$tmp/asked" >/sbin/request-key
chmod +x /sbin/request-key
: >"$tmp/asked"
# 249: request_key(2)
ask='go(shift); my ($type, $name, $info) = ("user\0", shift(@ARGV) . "\0", "info\0"); syscall 249, $type, $name, $info, 0'
by_root "$x" "$ask" bogus1
is "no program is started because a sandbox asks for a key" "$(<"$tmp/asked")" ""
expected[a/x:key_permission]=$((${expected[a/x:key_permission]-0} + 1))
by_root /sys/fs/cgroup "$ask" bogus2
like "control: for the host it is" "$(<"$tmp/asked")" "create *"
rm /sbin/request-key

# ---- our own maps, programs, links ----

id_of() { # map|prog|link PATTERN: of the first whose line is like that
	local first rest
	while read -r first rest; do
		[[ $first != +([0-9]): || " $rest " != $2 ]] || { REPLY=${first%:} && return; }
	done < <(bpftool "$1" show)
	bail "no $1 like $2"
}
id_of map "* name leaves *" && map=$REPLY
id_of prog " lsm *name file_open *" && prog=$REPLY
id_of link "* prog $prog *" && link=$REPLY
# bpf(2) is 321. 13, 14, 30: descriptors by ids; 15: what they are; 1, 2, 3, 4: elements; 22: freeze; 34: detach; 7: get.
try_bpf='
	sub bpf { my ($name, $command, $attr) = @_; $attr .= "\0" x (128 - length $attr); answer($name, syscall 321, $command, $attr, 128) }
	sub fd { my ($command, $id) = @_; my $attr = pack("L", $id) . "\0" x 124; syscall 321, $command, $attr, 128 }
	my $cgroup = shift;
	my ($map, $prog, $link) = @ARGV;
	my ($m, $p, $l) = (fd(14, $map), fd(13, $prog), fd(30, $link));
	die "$m $p $l" if $m < 0 || $p < 0 || $l < 0;
	my $key = "\0" x 8; my $value = "\0" x 4096; my $path = "/bpf/leaves\0";
	go($cgroup);
	bpf("lookup", 1, pack "LxxxxPP", $m, $key, $value);
	bpf("next", 4, pack "LxxxxQP", $m, 0, $value);
	bpf("delete", 3, pack "LxxxxP", $m, $key);
	bpf("map-by-id", 14, pack "L", $map);
	bpf("prog-by-id", 13, pack "L", $prog);
	bpf("link-by-id", 30, pack "L", $link);
	bpf("info", 15, pack "LLP", $p, 256, $value);
	bpf("detach", 34, pack "L", $l);
	bpf("get", 7, pack "PL", $path, 0);
'
is "bpf(2) on descriptors of our own that were handed in" "$(by_root "$x" "$try_bpf" "$map" "$prog" "$link")" \
	"lookup=EACCES next=EACCES delete=EACCES map-by-id=EACCES prog-by-id=EACCES link-by-id=EACCES info=EACCES detach=EACCES get=EACCES "
expected[a/x:bpf]=$((${expected[a/x:bpf]} + 9))
is "control: by the host, whose tools may look at them; a link of the LSM's is detached by nobody" \
	"$(by_root /sys/fs/cgroup "$try_bpf" "$map" "$prog" "$link")" \
	"lookup=ENOENT next=ok delete=ENOENT map-by-id=ok prog-by-id=ok link-by-id=ok info=ok detach=Operation not supported get=ENOENT "
like "bpftool, by the host" "$(bpftool map dump id "$map")" "*tenant*"

# The program on a tenant's cgroup is none of the LSM's, and no link. 9: detach; 6: BPF_CGROUP_DEVICE.
device=$(bpftool -j cgroup show "$base/a.slice")
[[ $device =~ \"id\":([0-9]+) ]] || bail "no device program: $device"
try_detach='
	my ($cgroup, $slice, $prog) = @ARGV;
	my $attr = pack("L", $prog) . "\0" x 124;
	my $p = syscall 321, 13, $attr, 128;
	open my $folder, "<", $slice or die;
	go($cgroup);
	$attr = pack("LLLL", fileno $folder, $p, 6, 0) . "\0" x 112;
	answer("detach", syscall 321, 9, $attr, 128);
'
is "the device program isn't taken off a cgroup" "$(by_root "$x" "$try_detach" "$base/a.slice" "${BASH_REMATCH[1]}")" "detach=EACCES "
expected[a/x:bpf]=$((${expected[a/x:bpf]} + 1))
is "control: by the host" "$(by_root /sys/fs/cgroup "$try_detach" "$base/a.slice" "${BASH_REMATCH[1]}")" "detach=ok "

# What bpf(2) isn't asked for: 0x400, BPF_F_MMAPABLE. Frozen is constant.
is "what can be mapped of our maps is constant" "$(bpftool -j map show | perl -MJSON::PP -0ne '
	for (@{decode_json $_}) { print "$$_{name} " if hex($$_{flags} // 0) & 0x400 && !$$_{frozen} }')" ""

# ---- our pins ----

# In the mount namespace that holds them, by a descriptor that was handed in: 308 is setns(2), 0x20000 CLONE_NEWNS.
try_pins='
	my $cgroup = shift;
	open my $ns, "<", shift or die;
	go($cgroup);
	answer("setns", syscall 308, fileno $ns, 0x20000);
	for my $pin ("/bpf/leaves", "/bpf/file_open") { answer("open", open(my $f, "<", $pin) ? 0 : -1) }
	answer("list", opendir(my $d, "/bpf") ? 0 : -1);
	answer("unlink", unlink("/bpf/file_open") ? 0 : -1);
	answer("rename", rename("/bpf/file_open", "/bpf/other") ? 0 : -1);
	my ($path, $name) = ("/bpf\0", "tmpfs\0");
	answer("umount", syscall 166, $path, 2);
	answer("mount", syscall 165, $name, $path, $name, 0, 0);
'
is "the pins, by a namespace that was handed in" "$(by_root "$x" "$try_pins" "$state/lsm/mnt")" \
	"setns=ok open=EACCES open=EACCES list=EACCES unlink=EACCES rename=EACCES umount=EACCES mount=EACCES "
expected[a/x:file_open]=3
for hook in path_unlink path_rename sb_umount sb_mount; do
	expected[a/x:$hook]=$((${expected[a/x:$hook]-0} + 1))
done
is "they are all there" "$(sandboxctl lsm status >/dev/null && echo ok)" ok
# What the host sees of them is nothing; the tests' own are there for their speed, see keep_hooks.
mount -t bpf bpf "$world/mounted"
points=()
while read -r _ point type _; do
	[[ $type != bpf || $point == /run/vm/hooks ]] || { points+=("$point") && umount -l "$point"; }
done </proc/mounts
denied lsm:file_open:no_grant "the host unmounts each bpffs that it sees, and all is enforced" a/x read /etc/passwd
is "loaded as before" "$(sandboxctl lsm status >/dev/null && echo ok)" ok
for point in "${points[@]}"; do
	[[ $point == "$world"/* ]] || mount -t bpf bpf "$point"
done

# ---- terminals that were handed in ----

# 0x40045431, 0x80045430: unlock it, its number; 0x5412: type; 0x541c: of a console; 0x541d: what the host's console is
# told comes here; 0x540e: it is this session's, whoever had it; 0x5413: its size. 112 is setsid(2).
try_terminal='
	my $cgroup = shift;
	open my $master, "+<", "/dev/ptmx" or die;
	my ($nothing, $number, $byte) = (pack("i", 0), pack("i", 0), "\0" x 256);
	ioctl($master, 0x40045431, $nothing) && ioctl($master, 0x80045430, $number) or die;
	open my $terminal, "+<", "/dev/pts/" . unpack("i", $number) or die;
	fork and do { wait; exit };
	syscall(112) >= 0 or die;
	go($cgroup);
	for my $command (0x5412, 0x541c, 0x541d, 0x540e, 0x5413) {
		my $argument = $command == 0x540e ? 1 : $byte;
		answer(sprintf("%x", $command), defined ioctl($terminal, $command, $argument) ? 0 : -1);
	}
'
is "a terminal that was handed in: nothing is typed, no console's words come there, and it isn't taken" "$(by_root "$x" "$try_terminal")" \
	"5412=EACCES 541c=EACCES 541d=EACCES 540e=EACCES 5413=ok "
expected[a/x:file_ioctl]=4
is "control: by the host, of what is no console" "$(by_root /sys/fs/cgroup "$try_terminal")" \
	"5412=ok 541c=Inappropriate ioctl for device 541d=ok 540e=ok 5413=ok "

stop a/x
finish
