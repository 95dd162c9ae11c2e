/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tenants folder as a whole: whether it is still what was loaded.
 */
#ifndef SBX_STATE_TENANTS_H
#define SBX_STATE_TENANTS_H

#include "base/error.h"

#include <stdint.h>
#include <sys/stat.h>

/*
 * A number that changes when a policy file is added, removed or written to: over name, inode, size
 * and times of all of CONFIG_DIR/tenants/ *.ini. A folder that is missing is an empty one.
 */
int tenants_fingerprint(
	const char *config_dir, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err);

/*
 * The same for the trees that tenants own: a list of their paths, a line each, and what is found at
 * them now. A path where nothing is counts as changed; a list that is missing is an empty one.
 */
int tenants_own_fingerprint(
	const char *list, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err);

/* One tree's part of that sum. */
uint64_t tenants_own_hash(uint64_t key, const char *path, const struct stat *st);

#endif
