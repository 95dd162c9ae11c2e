/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_SYS_MOUNT_H
#define SBX_LIBC_SYS_MOUNT_H

#include_next <sys/mount.h>

/* The calls by descriptors, of Linux 5.2 and 5.12. */
#ifndef FSOPEN_CLOEXEC
#include <linux/mount.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int fsopen(const char *type, unsigned int flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

static inline int fsconfig(
	int fd, unsigned int command, const char *key, const void *value, int number)
{
	return (int)syscall(SYS_fsconfig, fd, command, key, value, number);
}

static inline int fsmount(int fd, unsigned int flags, unsigned int attributes)
{
	return (int)syscall(SYS_fsmount, fd, flags, attributes);
}

static inline int move_mount(
	int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
	return (int)syscall(SYS_move_mount, from_dir, from, to_dir, to, flags);
}

static inline int open_tree(int dir, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_open_tree, dir, path, flags);
}

static inline int mount_setattr(
	int dir, const char *path, unsigned int flags, struct mount_attr *attributes, size_t size)
{
	return (int)syscall(SYS_mount_setattr, dir, path, flags, attributes, size);
}
#endif

#endif
