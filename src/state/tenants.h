/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tenants folder as a whole: whether it is still what was loaded.
 */
#ifndef SBX_STATE_TENANTS_H
#define SBX_STATE_TENANTS_H

#include "base/error.h"

#include <stdint.h>

/*
 * A number that changes when a policy file is added, removed or written to: over name, inode, size
 * and times of all of CONFIG_DIR/tenants/ *.ini. A folder that is missing is an empty one.
 */
int tenants_fingerprint(
	const char *config_dir, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err);

#endif
