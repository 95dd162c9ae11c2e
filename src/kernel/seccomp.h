/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syscall allowlist as a BPF program: compiled by libseccomp once, kept in a root-only cache.
 */
#ifndef SBX_KERNEL_SECCOMP_H
#define SBX_KERNEL_SECCOMP_H

#include "base/error.h"
#include "policy/policy.h"

#include <linux/filter.h>
#include <stddef.h>

struct seccomp_spec {
	const struct policy_calls *allow; /* sorted, no name twice */
	const struct policy_calls *deny; /* each with cases; wins over `allow` */
	enum policy_seccomp_default action; /* for every other syscall */
	int errnum; /* for POLICY_SECCOMP_ERRNO */
	int exec_fd; /* execveat(2) is allowed for this descriptor with AT_EMPTY_PATH */
};

struct seccomp_program {
	struct sock_filter *filter; /* owned */
	unsigned short n;
};

/*
 * Whatever `allow` says: syscalls of another architecture, i386 and x32 among them, kill the
 * process; clone3, whose flags a filter can't see, answers ENOSYS unless it is allowed, for then
 * libcs fall back to clone. So does every number that libseccomp has no name for: as on a kernel
 * that is older than the call.
 */
int seccomp_compile(const struct seccomp_spec *spec, struct seccomp_program *ret_program,
	struct sbx_error *err);

/* Behind all numbers that any kernel has. */
#define SECCOMP_NUMBERS 1024

/* As far as a conditional jump reaches; and room for twenty ranges of unknown numbers. */
enum {
	SECCOMP_BOUNDS_MAX = 250,
	SECCOMP_FRONT_MAX = SECCOMP_BOUNDS_MAX + 4,
	SECCOMP_TAIL_MAX = 64
};

/*
 * The beginning of a program: allows the native architecture's calls of these numbers whatever
 * their arguments are; all else goes on to what comes behind it. Returns its length; 0: they are
 * none, or lie in more ranges than jumps reach. No side effects.
 */
size_t seccomp_front(const bool whole[static SECCOMP_NUMBERS],
	struct sock_filter ret_front[static SECCOMP_FRONT_MAX]);

/*
 * The end of one: ENOSYS for numbers that libseccomp has no name for, OTHERWISE for all else.
 * Returns its length.
 */
size_t seccomp_tail(uint32_t otherwise, struct sock_filter ret_tail[static SECCOMP_TAIL_MAX]);

/*
 * The cache: a folder of root's alone. KEY is all that the program comes of; an entry that was made
 * of anything else, or is damaged, is as good as none: -ENOENT or another -errno.
 */
int seccomp_cache_read(
	const char *dir, const void *key, size_t size, struct seccomp_program *ret_program);
int seccomp_cache_write(const char *dir, const void *key, size_t size,
	const struct seccomp_program *program, struct sbx_error *err);

void seccomp_program_clear(struct seccomp_program *program);
#define _cleanup_seccomp_ _cleanup_(seccomp_program_clear)

/*
 * Whether it allows the native architecture's call of that number whatever the arguments are:
 * SECCOMP_RET_ALLOW is answered without a look at them. No side effects.
 */
bool seccomp_always_allows(const struct seccomp_program *program, uint32_t nr);

/*
 * In the child, last before exec: async-signal-safe, 0 or -errno. LOG: what it answers by an errno
 * is to be logged as well, as far as kernel.seccomp.actions_logged goes.
 */
int seccomp_install(const struct seccomp_program *program, bool log);

/* Whether the kernel logs what is answered by an errno, for filters that ask for that. */
bool seccomp_logs_errno(void);

/*
 * The same for a sandbox's init: it may be executed, by that descriptor, write to and close the
 * other one, and wait.
 */
int seccomp_install_for_init(int exec_fd, int ready_fd);

#endif
