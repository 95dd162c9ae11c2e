/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Naked system calls with arguments that do no harm. A call that gets past the walls answers
 * something about its arguments (EFAULT, EINVAL, EBADF), which counts as "ok" and stands behind it;
 * EPERM, EACCES and ENOSYS count as refused.
 */
#include "probe.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* Not a descriptor, so that nothing is done to one. */
#define NO_FD (-1L)

static const struct call {
	const char *name;
	long number;
	long args[6];
} calls[] = {
	{ "getpid", SYS_getpid, { 0 } },
	{ "acct", SYS_acct, { -1 } }, /* NULL would turn accounting off */
	{ "add_key", SYS_add_key, { 0 } },
	{ "bpf", SYS_bpf, { -1 } },
	{ "chroot", SYS_chroot, { 0 } },
	{ "clock_settime", SYS_clock_settime, { 0, 0 } },
	{ "clone3", SYS_clone3, { 0, 0 } },
	{ "delete_module", SYS_delete_module, { 0, 0 } },
	{ "execveat", SYS_execveat, { NO_FD, 0, 0, 0, 0 } },
	{ "fallocate", SYS_fallocate, { NO_FD, 0, 0, 1 } },
	{ "fanotify_init", SYS_fanotify_init, { -1, 0 } },
	{ "finit_module", SYS_finit_module, { NO_FD, 0, 0 } },
	{ "fsopen", SYS_fsopen, { 0, 0 } },
	{ "init_module", SYS_init_module, { 0, 0, 0 } },
	{ "io_uring_enter", SYS_io_uring_enter, { NO_FD, 0, 0, 0 } },
	{ "io_uring_register", SYS_io_uring_register, { NO_FD, 0, 0, 0 } },
	{ "io_uring_setup", SYS_io_uring_setup, { 1, 0 } },
	{ "ioctl", SYS_ioctl, { NO_FD, 0x5401, 0 } }, /* TCGETS */
	{ "kcmp", SYS_kcmp, { -1, -1, 0, 0, 0 } },
	{ "kexec_file_load", SYS_kexec_file_load, { NO_FD, NO_FD, 0, 0, 0 } },
#ifdef SYS_kexec_load
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, -1 } },
#endif
	{ "keyctl", SYS_keyctl, { KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0 } },
	{ "memfd_create", SYS_memfd_create, { 0, 0 } },
	{ "mount", SYS_mount, { 0 } },
	{ "mount_setattr", SYS_mount_setattr, { NO_FD, 0, 0, 0, 0 } },
	{ "move_mount", SYS_move_mount, { NO_FD, 0, NO_FD, 0, 0 } },
	{ "mq_open", SYS_mq_open, { 0 } },
	{ "msgget", SYS_msgget, { 0x70726f62, 0 } },
	{ "name_to_handle_at", SYS_name_to_handle_at, { NO_FD, 0, 0, 0, 0 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { NO_FD, 0, 0 } },
	{ "open_tree", SYS_open_tree, { NO_FD, 0, 0 } },
	{ "perf_event_open", SYS_perf_event_open, { 0, 0, -1, NO_FD, 0 } },
	{ "personality", SYS_personality, { 0xffffffff } }, /* only asks */
	{ "pidfd_getfd", SYS_pidfd_getfd, { NO_FD, 0, 0 } },
	{ "pivot_root", SYS_pivot_root, { 0, 0 } },
	{ "process_vm_readv", SYS_process_vm_readv, { -1, 0, 0, 0, 0, 0 } },
	{ "process_vm_writev", SYS_process_vm_writev, { -1, 0, 0, 0, 0, 0 } },
	{ "ptrace", SYS_ptrace, { PTRACE_PEEKDATA, -1, 0, 0 } },
	{ "quotactl", SYS_quotactl, { -1, 0, 0, 0 } },
	{ "readv", SYS_readv, { NO_FD, 0, 0 } },
	{ "reboot", SYS_reboot, { 0 } }, /* without its magic numbers */
	{ "request_key", SYS_request_key, { 0 } },
	{ "seccomp", SYS_seccomp, { -1, 0, 0 } },
	{ "semget", SYS_semget, { 0x70726f62, 0, 0 } },
	{ "setdomainname", SYS_setdomainname, { 0, -1 } },
	{ "sethostname", SYS_sethostname, { 0, -1 } },
	{ "setns", SYS_setns, { NO_FD, 0 } },
	{ "settimeofday", SYS_settimeofday, { 0, 0 } },
	{ "shmget", SYS_shmget, { 0x70726f62, 0, 0 } },
	{ "swapoff", SYS_swapoff, { 0 } },
	{ "swapon", SYS_swapon, { 0, 0 } },
	{ "syslog", SYS_syslog, { 10, 0, 0 } }, /* asks for the size of the buffer */
	{ "umount2", SYS_umount2, { 0, 0 } },
	{ "unshare", SYS_unshare, { CLONE_NEWUTS } },
	{ "userfaultfd", SYS_userfaultfd, { -1 } },
#ifdef __x86_64__
	{ "ioperm", SYS_ioperm, { 0, 1, 0 } },
	{ "iopl", SYS_iopl, { 0 } },
	{ "modify_ldt", SYS_modify_ldt, { 0, 0, 0 } },
	{ "x32-getpid", 0x40000000 | SYS_getpid, { 0 } },
#endif
};

static int make_call(long number, const long *a, struct detail *detail)
{
	long r = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);

	if (r >= 0)
		return 0;
	if (errno == EPERM || errno == EACCES || errno == ENOSYS)
		return -errno;
	detail_add(detail, "%s", strerrorname_np(errno));
	return 0;
}

/*
 * A number is for calls that the table doesn't know: unknown to the kernel, or new. Arguments that
 * are given take the place of the table's.
 */
static int attempt_syscall(char **args, struct detail *detail)
{
	long nothing[6] = { 0 };
	uint32_t number;

	if (str_to_u32(args[0], &number) == 0)
		return make_call((long)number, nothing, detail);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (streq(calls[i].name, args[0])) {
			long a[6];

			memcpy(a, calls[i].args, sizeof(a));
			for (int j = 0; j < 6 && args[j + 1]; j++)
				a[j] = (long)strtoull(args[j + 1], NULL, 0);
			return make_call(calls[i].number, a, detail);
		}
	return PROBE_USAGE;
}

static int attempt_syscalls(char **args, struct detail *detail)
{
	(void)args;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		detail_add(detail, "%s%s", i ? " " : "", calls[i].name);
	return 0;
}

#ifdef __x86_64__
/* getpid by the 32-bit entry, whose numbers mean other calls. */
static int attempt_i386(char **args, struct detail *detail)
{
	int r = 20;

	(void)args;
	(void)detail;
	__asm__ volatile("int $0x80" : "+a"(r) : : "r8", "r9", "r10", "r11", "memory");
	return r < 0 ? r : 0;
}

/* open by it: 5. Its addresses have 32 bits. */
static int attempt_i386_open(char **args, struct detail *detail)
{
	char *path = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int r = 5;

	if (path == MAP_FAILED || strlen(args[0]) >= 4096)
		return failed_at(detail, "mmap");
	memcpy(path, args[0], strlen(args[0]) + 1);
	__asm__ volatile("int $0x80"
			 : "+a"(r)
			 : "b"(path), "c"(0), "d"(0)
			 : "r8", "r9", "r10", "r11", "memory");
	return r < 0 ? r : 0;
}
#endif

const struct attempt attempts_calls[] = {
	{ "syscall", "NAME|NUMBER [ARG]...", 1, 7, attempt_syscall,
		"a system call that does no harm" },
	{ "syscalls", "", 0, 0, attempt_syscalls, "the names that syscall knows" },
#ifdef __x86_64__
	{ "i386", "", 0, 0, attempt_i386, "a system call by the 32-bit entry" },
	{ "i386-open", "PATH", 1, 1, attempt_i386_open, "open by it" },
#endif
	{ 0 },
};
