/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal of a sandbox's own: pty(7), of the instance of devpts that its root has.
 *
 * What opens and sends it is async-signal-safe, and 0 or -errno.
 */
#ifndef SBX_KERNEL_PTY_H
#define SBX_KERNEL_PTY_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

/* What it begins with; false: what the kernel gives it. */
struct pty_form {
	bool has_modes, has_size;
	struct termios modes;
	struct winsize size;
};

/*
 * Opens a new one, which is this process' own: the master, whose reads and writes don't wait, and
 * the slave. -ENODEV where /dev/pts isn't one of devpts.
 */
int pty_open(const struct pty_form *form, int *ret_master, int *ret_slave);

/*
 * Makes it the controlling terminal of a session's leader, which has none, and only then
 * `owner`'s, who might make it another one's.
 */
int pty_control(int slave, uid_t owner, gid_t group);

/* Both through a unix socket, unix(7). -EPROTO: something else came. */
int pty_send(int socket, int master, int slave);
int pty_receive(int socket, int *ret_master, int *ret_slave);

#endif
