/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is no file, and what was one: all that is done by descriptors, to all kinds of them.
 */
#include "probe_edges.h"

#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>

static int make_pipe(void)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) < 0 ? -1 : fds[1];
}

static int make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int make_udp(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int make_epoll(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

static int make_event(void)
{
	return eventfd(0, EFD_CLOEXEC);
}

static int make_signal(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int make_timer(void)
{
	return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

static int make_inotify(void)
{
	return inotify_init1(IN_CLOEXEC);
}

static int make_memory(void)
{
	return memfd_create("edge", MFD_CLOEXEC);
}

static int make_pidfd(void)
{
	return (int)syscall(SYS_pidfd_open, getpid(), 0);
}

static int make_removed(void)
{
	int fd = put("removed");

	(void)unlink("removed");
	return fd;
}

static int make_removed_folder(void)
{
	int fd;

	(void)mkdir("gone", 0700);
	fd = open("gone", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)rmdir("gone");
	return fd;
}

static int make_nameless(void)
{
	return open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int make_path(void)
{
	return open(".", O_PATH | O_CLOEXEC);
}

static int make_path_of_link(void)
{
	(void)symlink("none", "link");
	return open("link", O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

static const struct {
	const char *name;
	int (*make)(void);
} kinds[] = {
	{ "pipe", make_pipe },
	{ "socket", make_socket },
	{ "udp", make_udp },
	{ "epoll", make_epoll },
	{ "event", make_event },
	{ "signal", make_signal },
	{ "timer", make_timer },
	{ "inotify", make_inotify },
	{ "memory", make_memory },
	{ "pidfd", make_pidfd },
	{ "removed", make_removed },
	{ "removed-folder", make_removed_folder },
	{ "nameless", make_nameless },
	{ "path", make_path },
	{ "path-of-link", make_path_of_link },
};

static long act_stat(int fd)
{
	struct stat st;

	return fstatat(fd, "", &st, AT_EMPTY_PATH);
}

static long act_chmod(int fd)
{
	return fchmod(fd, 0600);
}

static long act_chown(int fd)
{
	return fchownat(fd, "", getuid(), getgid(), AT_EMPTY_PATH);
}

static long act_touch(int fd)
{
	return futimens(fd, NULL);
}

static long act_times(int fd)
{
	static const struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

	return futimens(fd, times);
}

static long act_setxattr(int fd)
{
	return fsetxattr(fd, "user.edge", "1", 1, 0);
}

static long act_getxattr(int fd)
{
	char value[8];

	return fgetxattr(fd, "user.edge", value, sizeof(value));
}

static long act_listxattr(int fd)
{
	char names[1024];

	return flistxattr(fd, names, sizeof(names));
}

static long act_removexattr(int fd)
{
	return fremovexattr(fd, "user.edge");
}

static long act_truncate(int fd)
{
	return ftruncate(fd, 1);
}

static long act_flock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB);
}

static long act_lock(int fd)
{
	struct flock lock = { .l_type = F_RDLCK };

	return fcntl(fd, F_OFD_SETLK, &lock);
}

static long act_lease(int fd)
{
	return fcntl(fd, F_SETLEASE, F_UNLCK);
}

static long act_ioctl(int fd)
{
	int n;

	return ioctl(fd, FIONREAD, &n);
}

static long act_ioctl_flags(int fd)
{
	unsigned int flags = 0;

	return ioctl(fd, FS_IOC_GETFLAGS, &flags);
}

static long act_map(int fd)
{
	return mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0;
}

static long act_map_exec(int fd)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0;
}

static long act_reopen(int fd)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static long act_watch(int fd)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return inotify_add_watch(inotify_init1(IN_CLOEXEC), path, IN_OPEN);
}

static long act_exec(int fd)
{
	char *const nothing[] = { NULL };

	return execveat(fd, "", nothing, nothing, AT_EMPTY_PATH);
}

/* To itself. */
static long act_pass(int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} u = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof(u)
	};
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	*(int *)CMSG_DATA(&u.header) = fd;
	if (sendmsg(fds[0], &message, 0) < 0 || recvmsg(fds[1], &message, MSG_CMSG_CLOEXEC) < 0)
		return -1;
	errno = EACCES; /* what isn't received is left out */
	return message.msg_controllen >= sizeof(struct cmsghdr) ? 0 : -1;
}

static const struct {
	const char *name;
	long (*act)(int fd);
} acts[] = {
	{ "stat", act_stat },
	{ "chmod", act_chmod },
	{ "chown", act_chown },
	{ "touch", act_touch },
	{ "times", act_times },
	{ "setxattr", act_setxattr },
	{ "getxattr", act_getxattr },
	{ "listxattr", act_listxattr },
	{ "removexattr", act_removexattr },
	{ "truncate", act_truncate },
	{ "flock", act_flock },
	{ "lock", act_lock },
	{ "lease", act_lease },
	{ "ioctl", act_ioctl },
	{ "ioctl-flags", act_ioctl_flags },
	{ "map", act_map },
	{ "map-exec", act_map_exec },
	{ "reopen", act_reopen },
	{ "watch", act_watch },
	{ "exec", act_exec },
	{ "pass", act_pass },
};

static int attempt_edges_held(char **args, struct detail *detail)
{
	if (chdir(args[0]) < 0)
		return failed_at(detail, "chdir");
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		int fd = kinds[k].make();

		detail_add(detail, "%s: ", kinds[k].name);
		say(detail, "make", fd);
		for (size_t a = 0; a < ARRAY_SIZE(acts) && fd >= 0; a++)
			say(detail, acts[a].name, acts[a].act(fd));
	}
	return 0;
}

const struct attempt attempts_held[] = {
	{ "edges-held", "DIR", 1, 1, attempt_edges_held,
		"what descriptors are for, with all kinds of them" },
	{ 0 },
};
