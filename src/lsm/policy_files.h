/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that policies are read from, for the kernel side to count what is done to them.
 */
#ifndef SBX_LSM_POLICY_FILES_H
#define SBX_LSM_POLICY_FILES_H

#include "lsm/labels.h"

/*
 * What is done to it is counted from now on. `round` is a number of this load's, by which what
 * earlier ones have added is told from it. -E2BIG: there is no room for it.
 */
int policy_files_add(const struct lsm *lsm, const struct sbx_file_info *info, uint32_t round,
	struct sbx_error *err);

/* Those that weren't added in this round are counted no longer. */
int policy_files_forget(const struct lsm *lsm, uint32_t round, struct sbx_error *err);

#endif
