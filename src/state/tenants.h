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
 * and times of all of CONFIG_DIR/tenants/ *.ini and *.ini.d/ *.ini. A folder that is missing is an
 * empty one.
 */
int tenants_fingerprint(
	const char *config_dir, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err);

/* What else policies speak of, and what must not change about it. */
enum tenants_watched {
	TENANTS_TREE = 't', /* that a tenant owns: its inode */
	TENANTS_FILE = 'f', /* that a policy includes: its content, as far as its times tell */
};

/*
 * The same for a list of these: a line each, its kind and its path, and what is found there now. A
 * path where nothing is counts as changed; a list that is missing is an empty one.
 */
int tenants_watched_fingerprint(
	const char *list, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err);

/* One line's part of that sum. */
uint64_t tenants_watched_hash(
	uint64_t key, enum tenants_watched kind, const char *path, const struct stat *st);

#endif
