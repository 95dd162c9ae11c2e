/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors that come from elsewhere, and what is done by them; and access control lists.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static ssize_t send_fd(int socket, int fd)
{
	union control control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
					  .cmsg_level = SOL_SOCKET,
					  .cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0);
}

/* What isn't given is cut off, and no errno says why. */
static int receive_fd(int socket, struct detail *detail)
{
	union control control;
	char byte;
	struct iovec here = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &here,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return failed_at(detail, "recvmsg");
	return message.msg_flags & MSG_CTRUNC || !CMSG_FIRSTHDR(&message) ? -EACCES : 0;
}

static int open_as(const char *path, const char *mode)
{
	static const struct {
		const char *name;
		int flags;
	} modes[] = { { "r", O_RDONLY }, { "w", O_WRONLY }, { "rw", O_RDWR }, { "path", O_PATH } };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (streq(mode, modes[i].name))
			return open(path, modes[i].flags | O_CLOEXEC);
	errno = EINVAL;
	return -1;
}

static int go(const char *procs)
{
	_cleanup_close_ int fd = open(procs, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, "0", 1) != 1 ? -1 : 0;
}

/* It is opened and sent, and then received, in a cgroup that this goes to in between. */
static int attempt_pass_fd(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open_as(args[0], args[1]);
	int pair[2];

	if (fd < 0)
		return failed_at(detail, "open");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
		send_fd(pair[0], fd) != 1)
		return failed_at(detail, "sendmsg");
	if (args[2] && go(args[2]) < 0)
		return failed_at(detail, "cgroup.procs");
	return receive_fd(pair[1], detail);
}

/* A pipe, a socket and memory. */
static int attempt_pass_held(char **args, struct detail *detail)
{
	int pair[2], pipes[2], fds[3], r = 0;

	(void)args;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
		pipe2(pipes, O_CLOEXEC) < 0)
		return failed_at(detail, "make");
	fds[0] = pipes[0];
	fds[1] = pair[0];
	fds[2] = memfd_create("probe", MFD_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(fds) && r == 0; i++)
		r = send_fd(pair[0], fds[i]) == 1 ? receive_fd(pair[1], detail)
						  : failed_at(detail, "sendmsg");
	return r;
}

/* With the files that it has registered, past all who look at what is sent. */
static int attempt_pass_ring(char **args, struct detail *detail)
{
	struct io_uring_params params = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params), pair[2];

	(void)args;
	if (ring < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return failed_at(detail, "make");
	return send_fd(pair[0], ring) == 1 ? receive_fd(pair[1], detail)
					   : failed_at(detail, "sendmsg");
}

static int attempt_lock_fd(char **args, struct detail *detail)
{
	struct flock whole = { .l_type = F_RDLCK };
	uint32_t fd;

	if (str_to_u32(args[0], &fd) < 0)
		return PROBE_USAGE;
	if (flock((int)fd, LOCK_SH | LOCK_NB) < 0)
		return failed_at(detail, "flock");
	return fcntl((int)fd, F_SETLK, &whole) < 0 ? failed_at(detail, "F_SETLK") : 0;
}

static int attempt_ioctl_fd(char **args, struct detail *detail)
{
	uint32_t fd;
	int n;

	(void)detail;
	if (str_to_u32(args[0], &fd) < 0)
		return PROBE_USAGE;
	return ioctl((int)fd, FIONREAD, &n) < 0 ? -errno : 0;
}

static int attempt_truncate_fd(char **args, struct detail *detail)
{
	uint32_t fd;

	(void)detail;
	if (str_to_u32(args[0], &fd) < 0)
		return PROBE_USAGE;
	return ftruncate((int)fd, 1) < 0 ? -errno : 0;
}

#define ACL "system.posix_acl_access"

/* linux/posix_acl_xattr.h: what setfacl -m u:1:r would set of a file with mode 0666. */
static int attempt_set_acl(char **args, struct detail *detail)
{
	const struct {
		uint32_t version;
		struct {
			uint16_t tag, rights;
			uint32_t id;
		} entries[5];
	} acl = { 2, { { 0x01, 6, UINT32_MAX }, { 0x02, 4, 1 }, { 0x04, 6, UINT32_MAX },
			     { 0x10, 6, UINT32_MAX }, { 0x20, 6, UINT32_MAX } } };

	(void)detail;
	return setxattr(args[0], ACL, &acl, sizeof(acl), 0) < 0 ? -errno : 0;
}

static int attempt_get_acl(char **args, struct detail *detail)
{
	char acl[256];

	(void)detail;
	return getxattr(args[0], ACL, acl, sizeof(acl)) < 0 ? -errno : 0;
}

static int attempt_remove_acl(char **args, struct detail *detail)
{
	(void)detail;
	return removexattr(args[0], ACL) < 0 ? -errno : 0;
}

const struct attempt attempts_descriptors[] = {
	{ "pass-fd", "PATH r|w|rw|path [PROCS]", 2, 3, attempt_pass_fd,
		"open, send, go to a cgroup, receive" },
	{ "pass-held", "", 0, 0, attempt_pass_held, "pass a pipe, a socket and memory" },
	{ "pass-ring", "", 0, 0, attempt_pass_ring, "pass a ring of io_uring" },
	{ "lock-fd", "FD", 1, 1, attempt_lock_fd, "flock(2), and a lock of fcntl(2)" },
	{ "ioctl-fd", "FD", 1, 1, attempt_ioctl_fd, "FIONREAD" },
	{ "truncate-fd", "FD", 1, 1, attempt_truncate_fd, "to one byte" },
	{ "set-acl", "PATH", 1, 1, attempt_set_acl, "set an access control list" },
	{ "get-acl", "PATH", 1, 1, attempt_get_acl, "read it" },
	{ "remove-acl", "PATH", 1, 1, attempt_remove_acl, "remove it" },
	{ 0 },
};
