/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces of others, without their files in /proc: by a process, by a socket. And cgroups, by
 * who is born there.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* linux/pidfd.h, since Linux 6.11: PIDFD_GET_NET_NAMESPACE */
#define GET_NET_NAMESPACE _IO(0xFF, 4)

static int open_process(const char *word)
{
	pid_t pid;

	return parse_pid(word, &pid) ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
}

static int attempt_setns_pidfd(char **args, struct detail *detail)
{
	_cleanup_close_ int pidfd = open_process(args[0]);

	if (pidfd < 0)
		return failed_at(detail, "pidfd_open");
	return setns(pidfd, CLONE_NEWNET) < 0 ? failed_at(detail, "setns") : 0;
}

static int attempt_pidfd_namespace(char **args, struct detail *detail)
{
	_cleanup_close_ int pidfd = open_process(args[0]);

	if (pidfd < 0)
		return failed_at(detail, "pidfd_open");
	return ioctl(pidfd, GET_NET_NAMESPACE, 0) < 0 ? failed_at(detail, "ioctl") : 0;
}

static int attempt_socket_namespace(char **args, struct detail *detail)
{
	_cleanup_close_ int sk = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)args;
	if (sk < 0)
		return failed_at(detail, "socket");
	return ioctl(sk, SIOCGSKNS) < 0 ? failed_at(detail, "ioctl") : 0;
}

/* The descriptor of the other cgroup is there before this goes to its own. */
static int go(const char *procs)
{
	_cleanup_close_ int fd = open(procs, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, "0", 1) != 1 ? -1 : 0;
}

static int attempt_clone_into(char **args, struct detail *detail)
{
	_cleanup_close_ int cgroup = open(args[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct clone_args how = {
		.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup
	};
	int answer[2], r = -EIO;
	long child;

	if (cgroup < 0 || pipe(answer) < 0)
		return failed_at(detail, "open");
	if (args[2] && go(args[2]) < 0)
		return failed_at(detail, "cgroup.procs");
	child = syscall(SYS_clone3, &how, sizeof(how));
	if (child < 0)
		return failed_at(detail, "clone3");
	if (child == 0) {
		r = try_open(args[1], O_RDONLY);
		(void)!write(answer[1], &r, sizeof(r));
		_exit(0);
	}
	(void)close(answer[1]);
	if (read(answer[0], &r, sizeof(r)) != (ssize_t)sizeof(r))
		r = -EIO;
	(void)waitpid((pid_t)child, NULL, 0);
	if (r < 0)
		detail_add(detail, "at open");
	return r;
}

const struct attempt attempts_namespaces[] = {
	{ "setns-pidfd", "PID", 1, 1, attempt_setns_pidfd, "join its network namespace" },
	{ "pidfd-namespace", "PID", 1, 1, attempt_pidfd_namespace, "open its network namespace" },
	{ "socket-namespace", "", 0, 0, attempt_socket_namespace, "open that of a socket" },
	{ "clone-into", "CGROUP PATH [PROCS]", 2, 3, attempt_clone_into,
		"go to a cgroup, have a child born in CGROUP, which opens PATH" },
	{ 0 },
};
