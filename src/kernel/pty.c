/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/pty.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#define PTMX "/dev/pts/ptmx"

/*
 * A further command finds a root that the tenant lives in: whatever lies there is opened without
 * waiting, and is what it is called.
 */
static int open_master(int *ret_master)
{
	struct open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_close_ int fd = (int)syscall(SYS_openat2, AT_FDCWD, PTMX, &how, sizeof(how));
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return -ENODEV;
	*ret_master = take_fd(&fd);
	return 0;
}

int pty_open(const struct pty_form *form, int *ret_master, int *ret_slave)
{
	_cleanup_close_ int master = -1, slave = -1;
	int r = open_master(&master), locked = 0;

	if (r < 0)
		return r;
	/* By the master and not by a path, which may lead to another one's: ioctl_tty(2). */
	if (ioctl(master, TIOCSPTLCK, &locked) < 0)
		return -errno;
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	if (form->has_modes && tcsetattr(slave, TCSANOW, &form->modes) < 0)
		return -errno;
	if (form->has_size && ioctl(master, TIOCSWINSZ, &form->size) < 0)
		return -errno;
	*ret_master = take_fd(&master);
	*ret_slave = take_fd(&slave);
	return 0;
}

int pty_control(int slave, uid_t owner, gid_t group)
{
	if (ioctl(slave, TIOCSCTTY, 0) < 0 || fchown(slave, owner, group) < 0)
		return -errno;
	return 0;
}

#define N_ENDS 2

/* One byte, for a message of nothing carries no descriptors, and room for two of these. */
struct message {
	struct msghdr header;
	struct iovec data;
	char byte;
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(N_ENDS * sizeof(int))];
	} control;
};

static struct msghdr *prepare(struct message *m)
{
	memset(m, 0, sizeof(*m));
	m->data = (struct iovec){ .iov_base = &m->byte, .iov_len = 1 };
	m->header = (struct msghdr){
		.msg_iov = &m->data,
		.msg_iovlen = 1,
		.msg_control = m->control.room,
		.msg_controllen = sizeof(m->control.room),
	};
	return &m->header;
}

int pty_send(int socket, int master, int slave)
{
	const int ends[N_ENDS] = { master, slave };
	struct message m;
	struct msghdr *header = prepare(&m);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(ends));
	memcpy(CMSG_DATA(cmsg), ends, sizeof(ends));
	return sendmsg(socket, header, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

int pty_receive(int socket, int *ret_master, int *ret_slave)
{
	int ends[N_ENDS];
	struct message m;
	struct msghdr *header = prepare(&m);
	struct cmsghdr *cmsg;
	ssize_t n = recvmsg(socket, header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	cmsg = n == 1 ? CMSG_FIRSTHDR(header) : NULL;
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS || cmsg->cmsg_len != CMSG_LEN(sizeof(ends)))
		return -EPROTO;
	memcpy(ends, CMSG_DATA(cmsg), sizeof(ends));
	*ret_master = ends[0];
	*ret_slave = ends[1];
	return 0;
}
