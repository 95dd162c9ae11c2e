/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter of a sandbox's init, which is the same for all: it may say that it runs, and wait, and
 * nothing else.
 */
#include "kernel/seccomp.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "which architecture is this?"
#endif

#define LOAD(field)	  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define JUMP_IF(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)(value), n, 0)
#define SKIP_IF(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)(value), 0, n)
#define ANSWER(action)	  BPF_STMT(BPF_RET | BPF_K, action)

int seccomp_install_for_init(int exec_fd, int ready_fd)
{
	struct sock_filter filter[] = {
		LOAD(arch),
		SKIP_IF(NATIVE, 11),
		LOAD(nr),
		/* ppoll: all architectures have it, and not all have pause. */
		JUMP_IF(SYS_ppoll, 8),
		JUMP_IF(SYS_execveat, 5),
		JUMP_IF(SYS_write, 1),
		SKIP_IF(SYS_close, 2),
		LOAD(args[0]),
		JUMP_IF(ready_fd, 3),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		/* The launcher's own, which starts it. */
		LOAD(args[0]),
		SKIP_IF(exec_fd, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
	};

	return seccomp_install(
		&(const struct seccomp_program){ filter, ARRAY_SIZE(filter) }, false);
}
