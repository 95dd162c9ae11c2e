/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/clone.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t clone_into_cgroup(uint64_t flags, int cgroup, int *ret_pidfd, struct sbx_error *err)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags | CLONE_INTO_CGROUP | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		return error_errno(err, errno, "clone3 into the sandbox's cgroup");
	if (pid > 0)
		*ret_pidfd = pidfd;
	return pid;
}
