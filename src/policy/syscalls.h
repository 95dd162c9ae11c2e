/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls there are, by libseccomp's names.
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

/* All names of this architecture. 0 or -ENOMEM. */
int syscalls_list(struct strv *ret_names);

/* For str_nearest() over a struct strv. */
const char *syscalls_at(const void *names, size_t i);

#endif
