/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of the new mount API, by descriptors only. They are the child's: async-signal-safe.
 */
#include "kernel/mounts.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

int mounts_make(
	const char *type, const struct mounts_option *options, unsigned int attr, int *ret_mount)
{
	_cleanup_close_ int fs = fsopen(type, FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return -errno;
	for (; options && options->key; options++)
		if (fsconfig(fs, FSCONFIG_SET_STRING, options->key, options->value, 0) < 0)
			return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attr);
	if (fd < 0)
		return -errno;
	*ret_mount = fd;
	return 0;
}

int mounts_make_tmpfs(const char *mode, const char *size, unsigned int attr, int *ret_mount)
{
	const struct mounts_option options[] = { { "mode", mode }, { "size", size }, { 0 } };

	return mounts_make("tmpfs", options, attr, ret_mount);
}

int mounts_attach(int mount_fd, int dir, const char *path)
{
	return move_mount(mount_fd, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? -errno : 0;
}

int mounts_attach_new(int mount_fd, int dir, const char *name)
{
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	return mounts_attach(mount_fd, dir, name);
}

int mounts_add_attr(int mount_fd, unsigned int set)
{
	struct mount_attr attr = { .attr_set = set };

	return mount_setattr(mount_fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ? -errno : 0;
}
