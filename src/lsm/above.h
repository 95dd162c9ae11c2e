/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose tree something lies in, across mounts: the kernel side's walk ends at the root of a
 * superblock, and what is mounted in a tenant's own belongs to that tenant all the same.
 */
#ifndef SBX_LSM_ABOVE_H
#define SBX_LSM_ABOVE_H

#include "lsm/labels.h"

/* 1 and the folder above, also out of a mount; 0 where there is none. The caller closes it. */
int above_open(int fd, int *ret_fd, struct sbx_error *err);

/* The mount that it was opened in, as statx(2) numbers them. */
int above_mount(int fd, uint64_t *ret_id, struct sbx_error *err);

/*
 * Who owns the nearest owned folder above the file or folder `fd` (O_PATH) that is outside of the
 * mount that it is in. In there the walk meets the owner itself. Folders above are those of this
 * process's mount namespace.
 */
int above_owner(const struct lsm *lsm, int fd, struct lsm_owner *ret_owner, struct sbx_error *err);

#endif
