/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is mounted below a folder: a walk of the kernel side stays inside one superblock, so a grant
 * on a folder needs a label on each of these too.
 */
#ifndef SBX_LSM_SUBMOUNTS_H
#define SBX_LSM_SUBMOUNTS_H

#include "base/error.h"

#include <stddef.h>

struct submounts {
	int *fds; /* O_PATH, owned */
	size_t n;
};

/* Adds the roots of all mounts below `dir` (O_PATH) in this mount namespace. */
int submounts_add(struct submounts *mounts, int dir, struct sbx_error *err);
void submounts_clear(struct submounts *mounts);
#define _cleanup_submounts_ _cleanup_(submounts_clear)

#endif
