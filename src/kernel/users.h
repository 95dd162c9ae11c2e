/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's users and groups, by passwd(5), group(5) and subuid(5) themselves: what NSS asks
 * beside them can't be asked from a static program.
 */
#ifndef SBX_KERNEL_USERS_H
#define SBX_KERNEL_USERS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Looks for a user or group by its name, or by its number in decimal digits, in the files of the
 * folder ETC, "/etc" but for tests. Returns 1; 0 where there is none, as in a file that is missing,
 * and what is returned by pointer stays untouched; or -errno. The gid is that of the user's own
 * group.
 */
int users_find(
	const char *etc, const char *user, uid_t *ret_uid, gid_t *ret_gid, struct sbx_error *err);
int users_find_group(const char *etc, const char *group, gid_t *ret_gid, struct sbx_error *err);

/*
 * Whether a number is of a range that somebody may give to processes of his: `file` is "subuid" or
 * "subgid". 1, 0 or -errno, as above.
 */
int users_is_subordinate(const char *etc, const char *file, uint32_t number, struct sbx_error *err);

#endif
