/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an inode lies, of which no more than its numbers are known.
 */
#ifndef SBX_KERNEL_FIND_INODE_H
#define SBX_KERNEL_FIND_INODE_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

struct inode_sought {
	dev_t dev; /* as stat(2) says it */
	ino_t ino;
};

/*
 * The first path of it below the folder TOP, or of TOP itself, which may be O_PATH: "", or "/a/b".
 * Nothing mounted in there is looked into, no link followed, and no more looked at than BUDGET
 * names, which are taken off it. 0, -ENOENT where it wasn't found, else another -errno.
 */
int find_inode(int top, const struct inode_sought *sought, unsigned int *budget,
	char ret_path[static PATH_MAX]);

#endif
