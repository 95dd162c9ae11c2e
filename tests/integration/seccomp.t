#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What may it ask of the kernel? Calls that do no harm, by number; the control is the same call under a
# policy that allows it.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

# Past the filter these get an answer about their arguments, without any capability.
open_calls=(add_key execveat io_uring_enter io_uring_register io_uring_setup kcmp keyctl modify_ldt
	name_to_handle_at personality pidfd_getfd process_vm_readv process_vm_writev ptrace request_key
	setns)
# These ask for a capability as well, which is not there.
root_calls=(acct bpf chroot clock_settime delete_module fanotify_init finit_module fsopen init_module
	ioperm iopl kexec_load mount mount_setattr move_mount open_by_handle_at open_tree
	perf_event_open pivot_root quotactl reboot setdomainname sethostname settimeofday swapoff swapon
	syslog umount2 unshare userfaultfd)
plain_calls=(getpid memfd_create mq_open msgget semget shmget seccomp)

# At 0 the kernel feeds a core_pattern that is a pipe; the launcher's limit is 1.
is "the limit of core dumps: the host" "$("$probe" core-limit 0)" "core-limit: ok"

tenant default <<POLICY
[filesystem]
exec = $world/bin
POLICY
tenant open <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
allow = ${open_calls[*]} clone3
POLICY
tenant deny <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
allow = keyctl
deny = keyctl socket
POLICY
cp "$repo/build/demo/strict" "$world/bin/strict"
tenant strict <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
profile = @strict
POLICY
tenant unread <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
profile = @strict
deny = read(arg2 == 1)
POLICY
tenant groups <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
profile = @process
allow = @basic-io @memory @file-system @signal
allow = ioctl uname prlimit64 getrandom
deny = @network-io
POLICY
tenant tests <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
allow = keyctl(operation == KEYCTL_GET_KEYRING_ID && arg3 & 0xffffffff == 0) keyctl(operation == 0x10)
deny = fallocate(mode & FALLOC_FL_PUNCH_HOLE != 0) fallocate(fd < 3)
deny = socket(domain != AF_INET) readv(iovcnt == 1)
POLICY
for action in kill trap "errno ENOSYS"; do
	tenant "${action%% *}" <<-POLICY
		[filesystem]
		exec = $world/bin
		[seccomp]
		default = $action
	POLICY
done
load

# answers TENANT CALL...: each call's answer, in the array of that name.
answers() {
	sandbox -t "$1" -- "$busybox" sh -c 'for c; do "$0" syscall "$c"; done' "$probe" "${@:2}"
	mapfile -t answers <<<"${out%$'\n'}"
	field denied
}

sandbox -t strict -- "$world/bin/strict" </dev/null
is "@strict: seventeen calls carry a program that was written for them" "$status:$line" "0:ok, getpid denied"
sandbox -t unread -- "$world/bin/strict" </dev/null
is "the launcher itself reads nothing behind a filter that may deny it" "$status:$line" "0:ok, getpid denied"
sandbox -t default -- "$world/bin/strict" </dev/null
is "and under @default" "$status:$line" "0:ok, getpid allowed"
sandbox -t strict -- "$probe" exit 0
ok "@strict: no libc starts with them" test "$status" != 0
allowed "groups: what they allow" groups read "$world/bin/probe"
denied seccomp:EPERM "groups: what they deny" groups socket tcp
allowed "groups: the same under @default" default socket tcp
denied seccomp:EPERM "groups: what none of them has" groups syscall memfd_create

denied seccomp:EPERM "the limit of core dumps, lowered" default core-limit 0

answers default "${plain_calls[@]}"
for i in "${!plain_calls[@]}"; do
	like "${plain_calls[i]}: allowed" "${answers[i]}" "syscall: ok*"
done
answers default "${open_calls[@]}"
denied=("${answers[@]}") hooks=$REPLY
answers open "${open_calls[@]}"
for i in "${!open_calls[@]}"; do
	is "${open_calls[i]}: denied [seccomp]" "${denied[i]}" "syscall: EPERM"
	like "${open_calls[i]}: allowed where the policy says so" "${answers[i]}" "syscall: ok*"
done
answers default "${root_calls[@]}"
for i in "${!root_calls[@]}"; do
	is "${root_calls[i]}: denied [seccomp, and the capability is missing]" "${answers[i]}" "syscall: EPERM"
done
is "none of this was the LSM" "$hooks$REPLY" ""
answers default 9999 400 1000
is "numbers that mean nothing: as on an older kernel" "${answers[*]}" \
	"syscall: ENOSYS syscall: ENOSYS syscall: ENOSYS"
denied seccomp:ENOSYS "and they kill nobody" kill syscall 9999
answers default clone3
is "clone3 isn't there, so that libraries call clone" "${answers[0]}" "syscall: ENOSYS"
answers open clone3
like "clone3 is there where the policy says so" "${answers[0]}" "syscall: ok*"

# ends TEXT TENANT ATTEMPT...: by the filter.
ends() {
	try "${@:2}"
	field reason && reason=$REPLY && field denied
	is "$1" "$status:$reason:$REPLY" "159:seccomp:"
}
ends "the 32-bit entry: killed [seccomp]" default i386
ends "the x32 numbers: killed [seccomp]" default syscall x32-getpid
ends "default = kill: killed [seccomp]" kill syscall mount
allowed "default = kill: what is allowed" kill syscall getpid
ends "default = trap: SIGSYS, unhandled [seccomp]" trap syscall mount
allowed "default = trap: what is allowed" trap syscall getpid
denied seccomp:ENOSYS "default = errno ENOSYS" errno syscall mount

allowed "socket" default socket tcp
denied seccomp:EPERM "socket, where the policy denies it" deny socket tcp
denied seccomp:EPERM "keyctl, where it is both allowed and denied" deny syscall keyctl

allowed "a request of a terminal" default syscall ioctl
denied seccomp:EPERM "TIOCSTI, which types into it" default syscall ioctl -1 0x5412
denied seccomp:EPERM "TIOCLINUX" default syscall ioctl -1 0x541c
denied seccomp:EPERM "TIOCSTI, with what the kernel drops" default syscall ioctl -1 0x100005412

# Each test beside the same call that it lets through; the upper half of an int is nothing to the kernel.
allowed "a test: the call that it names" tests syscall keyctl 0 -3 0
denied seccomp:EPERM "a test: another argument" tests syscall keyctl 0 -3 1
denied seccomp:EPERM "a test: another operation" tests syscall keyctl 1 -3 0
allowed "a second test of the call" tests syscall keyctl 0x10 -3 1
allowed "a test: the upper half of an int" tests syscall keyctl 0x100000010 -3 1
allowed "a denied case: another one" tests syscall fallocate 1000 0 0 1
denied seccomp:EPERM "a test: of a request's argument what the test says" tests syscall keyctl 0 -3 0x1
allowed "a test: and no more than that" tests syscall keyctl 0 -3 0x100000000
denied seccomp:EPERM "a denied case: a bit" tests syscall fallocate 1000 3 0 1
denied seccomp:EPERM "a denied case: a range" tests syscall fallocate 2 0 0 1
denied seccomp:EPERM "a denied case: the upper half does not hide it" tests syscall fallocate 0x100000002 0 0 1
denied seccomp:EPERM "a denied case: what the kernel drops does not hide it" tests syscall readv -1 0 0x100000001
allowed "a denied case: another count" tests syscall readv -1 0 2
allowed "a denied case: not denied" tests socket tcp
denied seccomp:EPERM "a denied case: another domain" tests socket unix
allowed "the same without a test" default socket unix

finish
