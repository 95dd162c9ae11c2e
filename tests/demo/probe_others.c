/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running other programs, and reaching for other processes.
 */
#include "probe.h"

#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

/*
 * Runs ARGV (found by FD when it is not -1, else by its path) in a child, whose output goes to
 * stderr to leave the probe's one line alone. 0 and how it ended, or the errno of the exec.
 */
static int run_child(int fd, char **argv, struct detail *detail)
{
	int failure[2], r = 0, status;
	pid_t child;

	if (pipe2(failure, O_CLOEXEC) < 0)
		return failed_at(detail, "pipe");
	child = fork();
	if (child < 0)
		return failed_at(detail, "fork");
	if (child == 0) {
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		if (fd >= 0)
			(void)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
		else
			(void)execve(argv[0], argv, environ);
		r = -errno;
		(void)!write(failure[1], &r, sizeof(r));
		_exit(127);
	}
	(void)close(failure[1]);
	/* End of file means that the exec closed the pipe: it happened. */
	if (read(failure[0], &r, sizeof(r)) != (ssize_t)sizeof(r))
		r = 0;
	if (waitpid(child, &status, 0) < 0)
		return failed_at(detail, "wait");
	if (r == 0 && WIFEXITED(status))
		detail_add(detail, "exit %d", WEXITSTATUS(status));
	else if (r == 0)
		detail_add(detail, "signal %d", WTERMSIG(status));
	return r;
}

static int attempt_exec(char **args, struct detail *detail)
{
	return run_child(-1, args, detail);
}

static int attempt_exec_fd(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_PATH | O_CLOEXEC);

	return fd < 0 ? failed_at(detail, "open") : run_child(fd, args, detail);
}

/* The smallest program: exits with 0. */
static const struct {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	unsigned char code[16];
} program = {
	.header = {
		.e_ident = ELFMAG "\2\1\1", /* 64 bits, little endian, version 1 */
		.e_type = ET_EXEC,
		.e_version = EV_CURRENT,
		.e_entry = 0x400000 + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
#if defined(__x86_64__)
		.e_machine = EM_X86_64,
#elif defined(__aarch64__)
		.e_machine = EM_AARCH64,
#else
#error "the program's code is not written for this machine"
#endif
	},
	.segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = 0x400000,
		.p_filesz = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + 16,
		.p_memsz = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + 16,
		.p_align = 4096,
	},
#if defined(__x86_64__)
	/* xor edi, edi; mov eax, 231 (exit_group); syscall */
	.code = { 0x31, 0xff, 0xb8, 0xe7, 0x00, 0x00, 0x00, 0x0f, 0x05 },
#else
	/* mov x0, 0; mov x8, 94 (exit_group); svc 0 */
	.code = { 0x00, 0x00, 0x80, 0xd2, 0xc8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 },
#endif
};

static int attempt_memfd_exec(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = memfd_create("probe", MFD_CLOEXEC);
	char *argv[] = { "probe", NULL };

	(void)args;
	if (fd < 0)
		return failed_at(detail, "memfd_create");
	if (write(fd, &program, sizeof(program)) != (ssize_t)sizeof(program))
		return failed_at(detail, "write");
	return run_child(fd, argv, detail);
}

static int attempt_kill(char **args, struct detail *detail)
{
	uint32_t number = 0;
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid) || (args[1] && str_to_u32(args[1], &number) < 0))
		return PROBE_USAGE;
	return kill(pid, (int)number) < 0 ? -errno : 0;
}

static int attempt_ptrace(char **args, struct detail *detail)
{
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	/* Unlike ATTACH it doesn't stop the other; the end of the probe lets go of it. */
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 ? -errno : 0;
}

static int attempt_setpriority(char **args, struct detail *detail)
{
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return setpriority(PRIO_PROCESS, (id_t)pid, 1) < 0 ? -errno : 0;
}

static int attempt_affinity(char **args, struct detail *detail)
{
	cpu_set_t cpus;
	pid_t pid;

	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	if (sched_getaffinity(pid, sizeof(cpus), &cpus) < 0)
		return failed_at(detail, "sched_getaffinity");
	return sched_setaffinity(pid, sizeof(cpus), &cpus) < 0
		       ? failed_at(detail, "sched_setaffinity")
		       : 0;
}

static int attempt_prlimit(char **args, struct detail *detail)
{
	struct rlimit limit;
	pid_t pid;

	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	if (prlimit(pid, RLIMIT_CORE, NULL, &limit) < 0)
		return failed_at(detail, "reading");
	return prlimit(pid, RLIMIT_CORE, &limit, NULL) < 0 ? failed_at(detail, "writing") : 0;
}

/* Permission is asked before the address is looked at, so that EFAULT proves that it was given. */
static int attempt_read_memory(char **args, struct detail *detail)
{
	char byte;
	struct iovec here = { .iov_base = &byte, .iov_len = 1 };
	struct iovec there = { .iov_base = NULL, .iov_len = 1 };
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return process_vm_readv(pid, &here, 1, &there, 1, 0) < 0 && errno != EFAULT ? -errno : 0;
}

static int attempt_pidfd_getfd(char **args, struct detail *detail)
{
	uint32_t number;
	pid_t pid;
	int pidfd;

	if (parse_pid(args[0], &pid) || str_to_u32(args[1], &number) < 0)
		return PROBE_USAGE;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return failed_at(detail, "pidfd_open");
	return syscall(SYS_pidfd_getfd, pidfd, number, 0) < 0 ? failed_at(detail, "pidfd_getfd")
							      : 0;
}

static int attempt_pidfd_open(char **args, struct detail *detail)
{
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return syscall(SYS_pidfd_open, pid, 0) < 0 ? -errno : 0;
}

/* Attaches to the segment with that key, and makes it where there is none. */
static int attempt_shm(char **args, struct detail *detail)
{
	uint32_t key;
	int id;

	if (str_to_u32(args[0], &key) < 0)
		return PROBE_USAGE;
	id = shmget((key_t)key, 4096, IPC_CREAT | 0666);
	if (id < 0)
		return failed_at(detail, "shmget");
	return shmat(id, NULL, 0) == (void *)-1 ? failed_at(detail, "shmat") : 0;
}

const struct attempt attempts_others[] = {
	{ "exec", "PATH [ARG...]", 1, ANY, attempt_exec, "run a program; prints how it ended" },
	{ "exec-fd", "PATH [ARG...]", 1, ANY, attempt_exec_fd,
		"the same by execveat of a descriptor" },
	{ "memfd-exec", "", 0, 0, attempt_memfd_exec, "run a program out of a memfd" },
	{ "kill", "PID [SIGNAL]", 1, 2, attempt_kill, "signal a process (0: only ask)" },
	{ "ptrace", "PID", 1, 1, attempt_ptrace, "PTRACE_SEIZE" },
	{ "setpriority", "PID", 1, 1, attempt_setpriority, "nice 1" },
	{ "affinity", "PID", 1, 1, attempt_affinity, "set the affinity it has" },
	{ "prlimit", "PID", 1, 1, attempt_prlimit, "set the RLIMIT_CORE it has" },
	{ "read-memory", "PID", 1, 1, attempt_read_memory, "process_vm_readv" },
	{ "pidfd-open", "PID", 1, 1, attempt_pidfd_open, "a descriptor of the process" },
	{ "pidfd-getfd", "PID FD", 2, 2, attempt_pidfd_getfd, "take a descriptor" },
	{ "shm", "KEY", 1, 1, attempt_shm, "attach to a SysV segment" },
	{ 0 },
};
