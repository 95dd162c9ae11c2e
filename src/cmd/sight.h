/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sandbox sees under a path, without one.
 */
#ifndef SBX_CMD_SIGHT_H
#define SBX_CMD_SIGHT_H

#include "cmd/lookup.h"

#include <limits.h>

/*
 * The real path of what a sandbox with these grants finds under that path: a symlink counts only
 * where it sees one. 1, and that link's path, where it leads through one that it doesn't see. The
 * last component needn't exist: it may be made.
 */
int sight_find(const struct lookups *grants, const char *path, char ret_real[static PATH_MAX],
	struct sbx_error *err);

/* Whether what is granted and seen at that path is a device on the host. */
bool sight_is_device(const struct reach *grants, const char *real);

#endif
