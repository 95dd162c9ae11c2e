/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is like, apart from what is in it; and who is told of what happens to it.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static int attempt_chmod(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(chmod(args[0], args[1] ? (mode_t)strtoul(args[1], NULL, 8) : 0600));
}

static int attempt_chown(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(chown(args[0], getuid(), getgid()));
}

static int attempt_setxattr(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(setxattr(args[0], "user.probe", "1", 1, 0));
}

static int attempt_removexattr(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(removexattr(args[0], "user.probe"));
}

static int attempt_getxattr(char **args, struct detail *detail)
{
	char value[64];

	(void)detail;
	return result_of((int)getxattr(args[0], "user.probe", value, sizeof(value)));
}

static int attempt_listxattr(char **args, struct detail *detail)
{
	char names[4096];

	(void)detail;
	return result_of((int)listxattr(args[0], names, sizeof(names)));
}

static int attempt_utimes(char **args, struct detail *detail)
{
	static const struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

	(void)detail;
	return result_of(utimensat(AT_FDCWD, args[0], times, 0));
}

static int attempt_touch(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(utimensat(AT_FDCWD, args[0], NULL, 0));
}

static int attempt_readlink(char **args, struct detail *detail)
{
	char target[4096];
	ssize_t n = readlink(args[0], target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	detail_add(detail, "%s", target);
	return 0;
}

/* What has no name and no owner but who holds it: its mode, and what stat says. */
static int attempt_held(char **args, struct detail *detail)
{
	int pipes[2], memory = memfd_create("probe", MFD_CLOEXEC), sockets[2];
	struct stat st;

	(void)args;
	if (memory < 0 || pipe2(pipes, O_CLOEXEC) < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
		return failed_at(detail, "make");
	if (fchmod(memory, 0600) < 0 || futimens(memory, NULL) < 0 || ftruncate(memory, 1) < 0)
		return failed_at(detail, "memory");
	if (fchmod(pipes[0], 0600) < 0 || fstat(pipes[0], &st) < 0)
		return failed_at(detail, "pipe");
	if (fchmod(sockets[0], 0600) < 0 || fstat(sockets[0], &st) < 0)
		return failed_at(detail, "socket");
	for (int fd = 0; fd < 3; fd++)
		if (fstat(fd, &st) < 0)
			return failed_at(detail, "stdio");
	return 0;
}

static int attempt_flip_xattr(char **args, struct detail *detail)
{
	char value[4096];
	ssize_t n = getxattr(args[0], args[1], value, sizeof(value));
	int at = atoi(args[2]);

	if (n < 0)
		return failed_at(detail, "getxattr");
	if (at < 0 || at >= n)
		return PROBE_USAGE;
	value[at] ^= 1;
	return result_of(setxattr(args[0], args[1], value, (size_t)n, 0));
}

/* As chattr +d and -d. */
static int attempt_set_flags(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);
	int flags;

	if (fd < 0)
		return failed_at(detail, "open");
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		return failed_at(detail, "FS_IOC_GETFLAGS");
	flags ^= FS_NODUMP_FL;
	return result_of(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

/* Nobody writes to that file system for a moment. */
static int attempt_freeze(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return failed_at(detail, "open");
	if (ioctl(fd, FIFREEZE, 0) < 0)
		return -errno;
	return result_of(ioctl(fd, FITHAW, 0));
}

static int attempt_inotify(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = inotify_init1(IN_CLOEXEC);

	if (fd < 0)
		return failed_at(detail, "inotify_init1");
	return inotify_add_watch(fd, args[0], IN_ALL_EVENTS) < 0 ? -errno : 0;
}

/* WHAT: the file, or all of its mount, or of its file system. */
static int attempt_fanotify(char **args, struct detail *detail)
{
	unsigned int what = streq(args[1], "mount") ? FAN_MARK_MOUNT
			    : streq(args[1], "all") ? FAN_MARK_FILESYSTEM
						    : 0;
	bool first = streq(args[1], "first");
	_cleanup_close_ int fd = fanotify_init(
		(first ? FAN_CLASS_CONTENT : FAN_CLASS_NOTIF) | FAN_CLOEXEC, O_RDONLY);

	if (fd < 0)
		return failed_at(detail, "fanotify_init");
	return result_of(fanotify_mark(
		fd, FAN_MARK_ADD | what, first ? FAN_OPEN_PERM : FAN_OPEN, AT_FDCWD, args[0]));
}

const struct attempt attempts_attributes[] = {
	{ "chmod", "PATH [MODE]", 1, 2, attempt_chmod, "change its mode (0600)" },
	{ "chown", "PATH", 1, 1, attempt_chown, "to the own user and group" },
	{ "setxattr", "PATH", 1, 1, attempt_setxattr, "set user.probe" },
	{ "removexattr", "PATH", 1, 1, attempt_removexattr, "remove user.probe" },
	{ "getxattr", "PATH", 1, 1, attempt_getxattr, "read user.probe" },
	{ "listxattr", "PATH", 1, 1, attempt_listxattr, "the names of extended attributes" },
	{ "utimes", "PATH", 1, 1, attempt_utimes, "set its times to 1970" },
	{ "touch", "PATH", 1, 1, attempt_touch, "set its times to now" },
	{ "readlink", "PATH", 1, 1, attempt_readlink, "what a symbolic link says" },
	{ "held", "", 0, 0, attempt_held, "mode and stat of pipes, sockets, memory and stdio" },
	{ "flip-xattr", "PATH NAME BYTE", 3, 3, attempt_flip_xattr,
		"change one byte of an extended attribute" },
	{ "set-flags", "PATH", 1, 1, attempt_set_flags, "flip one of the flags of chattr(1)" },
	{ "freeze", "PATH", 1, 1, attempt_freeze, "freeze and thaw the file system that it is in" },
	{ "inotify", "PATH", 1, 1, attempt_inotify, "watch" },
	{ "fanotify", "PATH file|mount|all|first", 2, 2, attempt_fanotify,
		"watch who opens it; first: who would, and has to wait" },
	{ 0 },
};
