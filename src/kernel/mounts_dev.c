/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /dev: nodes of our own instead of binds of the host's, whose devtmpfs stays out of the sandbox.
 */
#include "kernel/mounts.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/devices.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/*
 * All instances together have a few thousand terminals (kernel.pty.max): no sandbox gets so many
 * that others were left with none.
 */
#define TERMINALS_MAX "64"

static int make_nodes(int dev)
{
	for (size_t i = 0; i < n_devices; i++) {
		const char *name = str_after(devices[i].path, "/dev/");

		if (devices[i].by_devpts)
			continue;
		if (mknodat(dev, name, S_IFCHR | 0666,
			    makedev(devices[i].major, devices[i].minor)) < 0)
			return -errno;
	}
	return 0;
}

static int make_links(int dev, bool has_proc)
{
	if (symlinkat("pts/ptmx", dev, "ptmx") < 0)
		return -errno;
	for (size_t i = 0; i < n_device_links && has_proc; i++)
		if (symlinkat(device_links[i].target, dev,
			    str_after(device_links[i].path, "/dev/")) < 0)
			return -errno;
	return 0;
}

/* Without gid=, a terminal's group is that of who opens it: the tenant's own. */
static int add_pts(int dev)
{
	static const struct mounts_option options[] = { { "mode", "0620" }, { "ptmxmode", "0666" },
		{ "max", TERMINALS_MAX }, { 0 } };
	_cleanup_close_ int pts = -1;
	int r = mounts_make("devpts", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, &pts);

	return r < 0 ? r : mounts_attach_new(pts, dev, "pts");
}

static int add_shm(int dev, const char *size)
{
	_cleanup_close_ int shm = -1;
	int r = mounts_make_tmpfs("1777", size, MOUNTS_QUIET, &shm);

	return r < 0 ? r : mounts_attach_new(shm, dev, "shm");
}

/* Of the caller's ipc namespace. */
static int add_mqueue(int dev)
{
	_cleanup_close_ int mqueue = -1;
	int r = mounts_make("mqueue", NULL, MOUNTS_QUIET, &mqueue);

	return r < 0 ? r : mounts_attach_new(mqueue, dev, "mqueue");
}

int mounts_make_dev(int root, const struct root_spec *spec, const char *shm_size, int *ret_dev)
{
	_cleanup_close_ int dev = -1;
	int r = mounts_make_tmpfs("0755", "64k", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, &dev);

	/* First, for nothing can be mounted in what isn't attached itself. */
	if (r == 0)
		r = mounts_attach_new(dev, root, "dev");
	if (r == 0)
		r = make_nodes(dev);
	if (r == 0)
		r = make_links(dev, spec->has_proc);
	if (r == 0)
		r = add_pts(dev);
	if (r == 0)
		r = add_shm(dev, shm_size);
	if (r == 0 && spec->has_mqueue)
		r = add_mqueue(dev);
	if (r == 0)
		*ret_dev = take_fd(&dev);
	return r;
}
