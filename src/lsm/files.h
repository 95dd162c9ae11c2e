/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that labels go on: what was granted and what is mounted below it.
 */
#ifndef SBX_LSM_FILES_H
#define SBX_LSM_FILES_H

#include "lsm/labels.h"
#include "lsm/submounts.h"

/* `file[i]` came from the caller's tree `origin[i]`: that tree itself, or a mount below it. */
struct lsm_files {
	struct lsm_file *file;
	size_t *origin;
	size_t n;
	struct submounts below;
};

/* Opens what is mounted below each tree and reads every inode. */
int lsm_files_collect(const struct lsm *lsm, const int *trees, size_t n_trees,
	struct lsm_files *ret_files, struct sbx_error *err);
void lsm_files_clear(struct lsm_files *files);
#define _cleanup_lsm_files_ _cleanup_(lsm_files_clear)

#endif
