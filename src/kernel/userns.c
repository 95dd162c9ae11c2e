/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/userns.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A namespace is made with a process in it. This one writes how it went and stays until its number
 * has been used: it reads until the end of file, which comes of our end too.
 */
struct holder {
	pid_t pid;
	int pidfd, channel;
};

/*
 * Each user namespace has limits of its own, which only who has capabilities in it changes: it is
 * as if the kernel was built without. namespaces(7), /proc/sys/user.
 */
static const char *const limits[] = {
	"/proc/sys/user/max_user_namespaces",
	"/proc/sys/user/max_mnt_namespaces",
	"/proc/sys/user/max_pid_namespaces",
	"/proc/sys/user/max_net_namespaces",
	"/proc/sys/user/max_ipc_namespaces",
	"/proc/sys/user/max_uts_namespaces",
	"/proc/sys/user/max_cgroup_namespaces",
	"/proc/sys/user/max_time_namespaces",
};

static int forbid_namespaces(void)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(limits) && r == 0; i++)
		r = fs_write(AT_FDCWD, limits[i], "0");
	return r;
}

/* In the namespace, with every capability there. */
_Noreturn static void hold(int channel)
{
	int r = forbid_namespaces();
	char byte;

	if (write(channel, &r, sizeof(r)) == (ssize_t)sizeof(r))
		(void)!read(channel, &byte, 1);
	_exit(0);
}

static int start_holder(struct holder *holder, struct sbx_error *err)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&holder->pidfd,
		.exit_signal = SIGCHLD,
	};
	_cleanup_close_ int theirs = -1;
	int ends[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(err, errno, "make a user namespace");
	holder->channel = ends[0];
	theirs = ends[1];
	holder->pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (holder->pid == 0) {
		(void)close(holder->channel);
		hold(theirs);
	}
	if (holder->pid > 0)
		return 0;
	r = error_errno(err, errno, "make a user namespace");
	if (r == -EINVAL)
		return error_cure(err, r, "use a kernel with CONFIG_USER_NS=y");
	return r == -ENOSPC ? error_cure(err, r, "raise user.max_user_namespaces with sysctl") : r;
}

static void end_holder(struct holder *holder)
{
	siginfo_t end;

	close_fdp(&holder->channel);
	while (holder->pidfd >= 0 && waitid(P_PIDFD, (id_t)holder->pidfd, &end, WEXITED) < 0 &&
		errno == EINTR)
		;
	close_fdp(&holder->pidfd);
}

static int await_limits(const struct holder *holder, struct sbx_error *err)
{
	int result = -ESRCH;
	ssize_t n;

	do
		n = read(holder->channel, &result, sizeof(result));
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof(result) && result == 0)
		return 0;
	return error_errno(err, -result, "forbid further namespaces in /proc/sys/user");
}

static int write_of(
	const struct holder *holder, const char *file, const char *text, struct sbx_error *err)
{
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)holder->pid, file);
	r = fs_write(AT_FDCWD, path, text);
	return r < 0 ? error_errno(err, -r, "write the %s of a user namespace", file) : 0;
}

/* user_namespaces(7), "User and group ID mappings". */
static int write_map(const struct holder *holder, const char *file, uint32_t root, uint32_t own,
	struct sbx_error *err)
{
	char map[64];
	int n = root ? snprintf(map, sizeof(map), "0 %u 1\n", root) : 0;

	(void)snprintf(map + n, sizeof(map) - (size_t)n, "%u %u 1\n", own, own);
	return write_of(holder, file, map, err);
}

static int write_maps(
	const struct holder *holder, const struct userns_ids *ids, struct sbx_error *err)
{
	int r = write_of(holder, "setgroups", "deny", err);

	if (r == 0)
		r = write_map(holder, "uid_map", ids->root, ids->uid, err);
	return r < 0 ? r : write_map(holder, "gid_map", ids->root, ids->gid, err);
}

static int open_userns(const struct holder *holder, int *ret_userns, struct sbx_error *err)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)holder->pid);
	*ret_userns = open(path, O_RDONLY | O_CLOEXEC);
	return *ret_userns < 0 ? error_errno(err, errno, "open '%s'", path) : 0;
}

int userns_make(const struct userns_ids *ids, int *ret_userns, struct sbx_error *err)
{
	_cleanup_(end_holder) struct holder holder = { .pidfd = -1, .channel = -1 };
	int r = start_holder(&holder, err);

	if (r == 0)
		r = await_limits(&holder, err);
	if (r == 0)
		r = write_maps(&holder, ids, err);
	return r < 0 ? r : open_userns(&holder, ret_userns, err);
}
