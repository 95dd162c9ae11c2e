/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders that tenants don't move or remove, whatever they may write to: those that tenants own,
 * and those on the way to them.
 */
#ifndef SBX_LSM_ANCHORS_H
#define SBX_LSM_ANCHORS_H

#include "lsm/rules.h"

/*
 * Anchors all of that, by the paths of this process's mount namespace, and nothing else any more.
 * `n_loads` is this load's number. What is owned has its labels: they keep the folders in memory.
 */
int anchors_load(const struct lsm *lsm, const struct lsm_own *owns, size_t n_owns, uint32_t n_loads,
	struct sbx_error *err);

#endif
