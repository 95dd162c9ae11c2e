/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls there are, by libseccomp's names, and what their arguments are.
 */
#ifndef SBX_POLICY_SYSCALLS_H
#define SBX_POLICY_SYSCALLS_H

#include "base/str.h"

enum syscalls_known {
	SYSCALLS_UNKNOWN,
	SYSCALLS_HERE, /* this architecture has it */
	SYSCALLS_ELSEWHERE, /* only others do */
};

enum syscalls_known syscalls_find(const char *name);

/*
 * By its number, as the kernel tells it: "swapon". FOREIGN: by the entry of 32-bit programs. False
 * for what no policy can speak of: "32-bit getpid", "x32 getpid", "number 9999".
 */
bool syscalls_describe(uint32_t number, bool foreign, char *text, size_t size);

/* All names of this architecture. 0 or -ENOMEM. */
int syscalls_list(struct strv *ret_names);

struct syscalls_argument {
	unsigned int index; /* 0 to 5 */
	unsigned int bits; /* that the kernel looks at, at most */
	bool varies; /* how many it looks at depends on other arguments */
	bool pointer;
};

/* By its name or "arg0" to "arg5". -ENOENT for what this call doesn't have. */
int syscalls_find_argument(const char *call, const char *word, struct syscalls_argument *ret);

/* Writes all of them as "domain, type, protocol"; "" where none can be tested. */
void syscalls_format_arguments(const char *call, char *text, size_t size);

/* The number behind a name of the C headers, as "AF_INET". -ENOENT. */
int syscalls_find_constant(const char *name, uint64_t *ret_value);

/* For str_nearest(): their names, by number; N of them. */
extern const size_t syscalls_n_constants;
const char *syscalls_constant_at(const void *unused, size_t i);

#endif
