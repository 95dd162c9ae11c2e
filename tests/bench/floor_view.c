/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sandbox of the floor sees.
 */
#include "floor.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static const struct {
	const char *name;
	unsigned int major, minor;
} devices[] = {
	{ "null", 1, 3 },
	{ "zero", 1, 5 },
	{ "full", 1, 7 },
	{ "random", 1, 8 },
	{ "urandom", 1, 9 },
	{ "tty", 5, 0 },
};

static const struct {
	const char *name, *target;
} links[] = {
	{ "ptmx", "pts/ptmx" },
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

int view_clone_file(const char *path)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	int tree = (int)must(
		open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), "open_tree");

	must(mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "mount_setattr");
	return tree;
}

struct option_of_fs {
	const char *key, *value;
};

/* `options` ends with a NULL key. */
static int make_fs(const char *type, const struct option_of_fs *options, unsigned int attributes)
{
	int context = (int)must(fsopen(type, FSOPEN_CLOEXEC), type);
	int tree;

	for (; options->key; options++)
		must(fsconfig(context, FSCONFIG_SET_STRING, options->key, options->value, 0), type);
	must(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	tree = (int)must(fsmount(context, FSMOUNT_CLOEXEC, attributes), "fsmount");
	(void)close(context);
	return tree;
}

static int make_tmpfs(const char *mode, const char *size, unsigned int attributes)
{
	const struct option_of_fs options[] = { { "mode", mode }, { "size", size }, { 0 } };

	return make_fs("tmpfs", options, attributes);
}

static void attach(int tree, int dir, const char *path)
{
	must(move_mount(tree, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH), path);
}

static void attach_new(int tree, int dir, const char *name)
{
	must(mkdirat(dir, name, 0755), name);
	attach(tree, dir, name);
	(void)close(tree);
}

static void make_read_only(int tree, unsigned int more)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | more };

	must(mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "read-only");
}

/* The folders that PATH lies in, and an empty file to mount upon. */
static void make_mountpoint(int root, const char *path)
{
	char folder[4096];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		must(mkdirat(root, folder, 0755), folder);
	}
	(void)close((int)must(openat(root, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), path));
}

static int make_dev(int root)
{
	static const struct option_of_fs none[] = { { 0 } }, pts[] = { { "mode", "0620" },
		{ "ptmxmode", "0666" }, { "max", "64" }, { 0 } };
	int dev = make_tmpfs("0755", "64k", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);

	must(mkdirat(root, "dev", 0755), "dev");
	attach(dev, root, "dev");
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		must(mknodat(dev, devices[i].name, S_IFCHR | 0666,
			     makedev(devices[i].major, devices[i].minor)),
			devices[i].name);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		must(symlinkat(links[i].target, dev, links[i].name), links[i].name);
	attach_new(make_fs("devpts", pts, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC), dev, "pts");
	attach_new(make_tmpfs("1777", "64m", QUIET), dev, "shm");
	attach_new(make_fs("mqueue", none, QUIET), dev, "mqueue");
	return dev;
}

void view_make(const char *program, int program_tree)
{
	static const struct option_of_fs proc[] = { { "hidepid", "invisible" }, { "subset", "pid" },
		{ 0 } };
	const char *inside = program + 1;
	int root, dev;

	root = make_tmpfs("0755", "1m", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	attach(root, AT_FDCWD, "/run");
	attach_new(make_tmpfs("1777", "64m", QUIET), root, "tmp");
	dev = make_dev(root);
	make_mountpoint(root, inside);
	attach(program_tree, root, inside);
	make_read_only(dev, 0);
	(void)close(dev);
	attach_new(make_fs("proc", proc, QUIET), root, "proc");
	make_read_only(root, QUIET);
	must(fchdir(root), "fchdir");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "umount");
	must(chdir("/"), "chdir");
}
