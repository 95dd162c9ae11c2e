/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/cgroup_signal.h"

#include <fcntl.h>
#include <sys/pidfd.h>

/* cgroup.procs, a number a line. */
int cgroup_has_process(const struct cgroup *cgroup, pid_t pid)
{
	int fd = openat(cgroup->fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[32];
	bool found = false;

	if (!f) {
		int r = -errno;

		close_fdp(&fd);
		return r;
	}
	while (!found && fgets(line, sizeof(line), f))
		found = strtol(line, NULL, 10) == pid;
	return found ? 0 : -ESRCH;
}

int cgroup_signal(const struct cgroup *cgroup, pid_t pid, int signal_number, struct sbx_error *err)
{
	_cleanup_close_ int pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
	int r = 0;

	if (pidfd < 0)
		r = pid > 0 ? -errno : -ESRCH;
	if (r == 0)
		r = cgroup_has_process(cgroup, pid);
	/*
	 * The number can't go to another one before the pidfd's process has ended; then this fails,
	 * and so it was that process which was found in the cgroup.
	 */
	if (r == 0 && pidfd_send_signal(pidfd, signal_number, NULL, 0) < 0)
		r = -errno;
	if (r == -ESRCH)
		return error_set(err, ESRCH, "its command has ended");
	return r < 0 ? error_errno(err, -r, "send signal %d to process %d", signal_number, (int)pid)
		     : 0;
}
