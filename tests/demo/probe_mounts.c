/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts to reach a file by another mount of it. Each opens through the mount it made: that a
 * mount exists proves nothing yet about what can be reached.
 */
#include "probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>

static int open_step(const char *path, struct detail *detail)
{
	int r = try_open(path, O_RDONLY);

	if (r < 0)
		detail_add(detail, "at open");
	return r;
}

static int bind_and_open(const char *src, const char *dst, struct detail *detail)
{
	int r;

	if (mount(src, dst, NULL, MS_BIND | MS_REC, NULL) < 0)
		return failed_at(detail, "mount");
	r = open_step(dst, detail);
	(void)umount2(dst, MNT_DETACH);
	return r;
}

static int attempt_bind_mount(char **args, struct detail *detail)
{
	return bind_and_open(args[0], args[1], detail);
}

static int attempt_userns_bind(char **args, struct detail *detail)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return failed_at(detail, "unshare");
	return bind_and_open(args[0], args[1], detail);
}

static int attempt_userns(char **args, struct detail *detail)
{
	(void)args;
	(void)detail;
	return unshare(CLONE_NEWUSER) < 0 ? -errno : 0;
}

static int attempt_open_tree(char **args, struct detail *detail)
{
	_cleanup_close_ int tree =
		open_tree(AT_FDCWD, args[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	_cleanup_close_ int fd = -1;

	if (tree < 0)
		return failed_at(detail, "open_tree");
	fd = openat(tree, args[1], O_RDONLY | O_CLOEXEC);
	return fd < 0 ? failed_at(detail, "open") : 0;
}

static int attempt_new_tmpfs(char **args, struct detail *detail)
{
	_cleanup_close_ int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
	_cleanup_close_ int tree = -1;
	_cleanup_close_ int fd = -1;

	(void)args;
	if (context < 0)
		return failed_at(detail, "fsopen");
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return failed_at(detail, "fsconfig");
	tree = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (tree < 0)
		return failed_at(detail, "fsmount");
	fd = openat(tree, "probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return fd < 0 ? failed_at(detail, "open") : 0;
}

static int attempt_chroot(char **args, struct detail *detail)
{
	if (chroot(args[0]) < 0)
		return failed_at(detail, "chroot");
	if (chdir("/") < 0)
		return failed_at(detail, "chdir");
	return args[1] ? open_step(args[1], detail) : 0;
}

static int attempt_umount(char **args, struct detail *detail)
{
	(void)detail;
	return umount2(args[0], MNT_DETACH) < 0 ? -errno : 0;
}

static int attempt_remount_rw(char **args, struct detail *detail)
{
	(void)detail;
	return mount(NULL, args[0], NULL, MS_REMOUNT | MS_BIND, NULL) < 0 ? -errno : 0;
}

/* Permission is asked before the mounts are looked at, so that EINVAL proves that it was given. */
static int attempt_pivot_root(char **args, struct detail *detail)
{
	(void)detail;
	return syscall(SYS_pivot_root, args[0], args[0]) < 0 && errno != EINVAL ? -errno : 0;
}

static int attempt_move_mount(char **args, struct detail *detail)
{
	_cleanup_close_ int tree =
		open_tree(AT_FDCWD, args[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return failed_at(detail, "open_tree");
	if (move_mount(tree, "", AT_FDCWD, args[1], MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return failed_at(detail, "move_mount");
	(void)umount2(args[1], MNT_DETACH);
	return 0;
}

static int attempt_reconfigure(char **args, struct detail *detail)
{
	_cleanup_close_ int context = fspick(AT_FDCWD, args[0], FSPICK_CLOEXEC);

	if (context < 0)
		return failed_at(detail, "fspick");
	return fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0
		       ? failed_at(detail, "fsconfig")
		       : 0;
}

/* A file system that there is one of only, and that is mounted somewhere else. */
static int attempt_fsmount(char **args, struct detail *detail)
{
	_cleanup_close_ int context = fsopen(args[0], FSOPEN_CLOEXEC);
	_cleanup_close_ int tree = -1;

	if (context < 0)
		return failed_at(detail, "fsopen");
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return failed_at(detail, "fsconfig");
	tree = fsmount(context, FSMOUNT_CLOEXEC, 0);
	return tree < 0 ? failed_at(detail, "fsmount") : 0;
}

/* Whoever answers for its files is who made it. FD: /dev/fuse, opened by somebody else. */
static int attempt_fuse(char **args, struct detail *detail)
{
	char options[128];
	uint32_t fd;

	if (!args[1])
		fd = (uint32_t)open("/dev/fuse", O_RDWR | O_CLOEXEC);
	else if (str_to_u32(args[1], &fd) < 0)
		return PROBE_USAGE;
	if ((int)fd < 0)
		return failed_at(detail, "open");
	(void)snprintf(options, sizeof(options), "fd=%u,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("probe", args[0], "fuse", 0, options) < 0)
		return failed_at(detail, "mount");
	(void)umount2(args[0], MNT_DETACH);
	return 0;
}

static int attempt_setns(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return failed_at(detail, "open");
	return setns(fd, 0) < 0 ? failed_at(detail, "setns") : 0;
}

static int count_names(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *entry;
	int n = 0;

	while (dir && (entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	return dir ? n : -errno;
}

static int count_lines(int fd)
{
	char text[4096];
	ssize_t size;
	int n = 0;

	while ((size = read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < size; i++)
			n += text[i] == '\n';
	return size < 0 ? -errno : n;
}

/* This process' folder of /proc, which may be missing in there, shows where it is by then. */
static int attempt_count_in(char **args, struct detail *detail)
{
	_cleanup_close_ int ns = open(args[0], O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int mounts = -1;

	if (ns < 0 || setns(ns, CLONE_NEWNS) < 0)
		return failed_at(detail, "setns");
	mounts = openat(self, "mountinfo", O_RDONLY | O_CLOEXEC);
	if (mounts < 0)
		return failed_at(detail, "open");
	detail_add(detail, "%d", count_lines(mounts));
	for (char **dir = args + 1; *dir; dir++)
		detail_add(detail, " %d", count_names(*dir));
	return 0;
}

const struct attempt attempts_mounts[] = {
	{ "bind-mount", "SRC DST", 2, 2, attempt_bind_mount, "bind, open through it, unmount" },
	{ "userns", "", 0, 0, attempt_userns, "enter a new user namespace" },
	{ "userns-bind", "SRC DST", 2, 2, attempt_userns_bind,
		"the same in a user and mount namespace of its own" },
	{ "open-tree", "DIR NAME", 2, 2, attempt_open_tree, "clone DIR's mount, open NAME in it" },
	{ "new-tmpfs", "", 0, 0, attempt_new_tmpfs, "fsmount a tmpfs, make a file in it" },
	{ "chroot", "DIR [PATH]", 1, 2, attempt_chroot, "chroot, then open PATH there" },
	{ "umount", "PATH", 1, 1, attempt_umount, "unmount lazily" },
	{ "remount-rw", "PATH", 1, 1, attempt_remount_rw, "make a mount writable" },
	{ "pivot-root", "DIR", 1, 1, attempt_pivot_root, "ask for another root" },
	{ "move-mount", "SRC DST", 2, 2, attempt_move_mount, "clone SRC's mount, put it on DST" },
	{ "reconfigure", "DIR", 1, 1, attempt_reconfigure, "of a file system, by fspick" },
	{ "fsmount", "TYPE", 1, 1, attempt_fsmount, "mount a file system nowhere" },
	{ "fuse", "DIR [FD]", 1, 2, attempt_fuse, "mount a file system that this process serves" },
	{ "setns", "PATH", 1, 1, attempt_setns, "join a namespace by its file" },
	{ "count-in", "PATH [DIR...]", 1, ANY, attempt_count_in,
		"the mounts of a mount namespace, and what is in its folders" },
	{ 0 },
};
