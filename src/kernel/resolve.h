/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A path that the administrator wrote, resolved once to a descriptor.
 */
#ifndef SBX_KERNEL_RESOLVE_H
#define SBX_KERNEL_RESOLVE_H

#include "base/error.h"
#include "base/str.h"

/* `path` is without symlinks; `links` and `targets` are those met on the way, in that order. */
struct resolved {
	int fd; /* O_PATH */
	int folder; /* O_PATH, that a name is in which nothing has: `fd` is -1 then; else -1 */
	char *path;
	struct strv links, targets;
};

#define RESOLVED_INIT ((struct resolved){ .fd = -1, .folder = -1 })

/*
 * Resolves an absolute path. A symlink is followed only where nobody but root can have put it: it
 * and its folder belong to root, and no one else may write to the folder. Else a tenant could swap
 * a link between check and use: -EPERM. Magic links (/proc/self/fd) are never followed.
 */
int resolve_path(const char *path, struct resolved *ret_resolved, struct sbx_error *err);

/*
 * The same in `tree`, as if that were the root: links and ".." lead around in there and never out
 * of it. The path in `ret_resolved` is the host's, and the links are the tree's.
 */
int resolve_in_tree(const struct resolved *tree, const char *path, struct resolved *ret_resolved,
	struct sbx_error *err);

/*
 * A path of the host's, but links of a tree never lead out of it: what lies in `tree` (NULL: there
 * is none), by its real path or as it was WRITTEN, is resolved in there.
 */
int resolve_beside_tree(const struct resolved *tree, const char *written, const char *path,
	struct resolved *ret_resolved, struct sbx_error *err);

/*
 * The same of a name that nothing has, in a folder that is there: `folder`. A symlink that others
 * than root can change is nothing, for nobody follows it; but one of root's that leads nowhere is
 * something. -ENOENT where something has it, or the folder isn't there.
 */
int resolve_free_name(const struct resolved *tree, const char *written, const char *path,
	struct resolved *ret_resolved, struct sbx_error *err);

/*
 * One or the other, though somebody makes and removes it all the while. `own`: the free name counts
 * also where a symlink that others can change has it, which is -EPERM else; and where neither is
 * there it is told of the name, and not of where links of root's lead.
 */
int resolve_or_free_name(const struct resolved *tree, const char *written, const char *path,
	bool own, struct resolved *ret_resolved, struct sbx_error *err);

void resolved_clear(struct resolved *resolved);
#define _cleanup_resolved_ _cleanup_(resolved_clear)

#endif
