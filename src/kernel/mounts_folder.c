/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of the root, mounted once more with less in its way. It is the child's:
 * async-signal-safe.
 */
#include "kernel/mounts.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
	       x.st_dev == y.st_dev;
}

/* With all that is mounted in it, which stays as it is. */
static int clone_open(int folder, uint64_t cleared, int *ret_tree)
{
	struct mount_attr attr = { .attr_clr = cleared };
	_cleanup_close_ int tree = open_tree(
		folder, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);

	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -errno;
	*ret_tree = take_fd(&tree);
	return 0;
}

int mounts_renew(int root, const struct root_bind *folder)
{
	_cleanup_close_ int at = mounts_open_below(root, folder->path, O_PATH | O_DIRECTORY);
	_cleanup_close_ int tree = -1;
	int r;

	if (at < 0)
		return at;
	/* A tenant may have put another one there. */
	if (!same_file(at, folder->folder))
		return -ESTALE;
	r = clone_open(at,
		(folder->writable ? MOUNT_ATTR_RDONLY : 0) |
			(folder->executable ? MOUNT_ATTR_NOEXEC : 0),
		&tree);
	if (r < 0)
		return r;
	return move_mount(tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0
		       ? -errno
		       : 0;
}
