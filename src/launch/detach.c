/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/detach.h"

#include "base/fs.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* All from 3 on but two. */
static int close_others(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b), high = (unsigned int)(a < b ? b : a);

	if (low > STDERR_FILENO + 1 && syscall(SYS_close_range, STDERR_FILENO + 1, low - 1, 0) < 0)
		return -errno;
	if (low + 1 < high && syscall(SYS_close_range, low + 1, high - 1, 0) < 0)
		return -errno;
	return syscall(SYS_close_range, high + 1, ~0U, 0) < 0 ? -errno : 0;
}

/* Off the numbers that are the command's, and not for a program that is executed. */
static int set_apart(int *kept)
{
	if (*kept < 0)
		return 0;
	if (*kept <= STDERR_FILENO)
		*kept = fcntl(*kept, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return *kept < 0 || fcntl(*kept, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

/* In the new process, which is nobody's group leader and so can begin a session. */
static int leave_caller(int *kept, int caller, struct sbx_error *err)
{
	int r = setsid() < 0 ? -errno : 0;

	if (r == 0)
		r = set_apart(kept);
	if (r == 0)
		r = close_others(*kept < 0 ? caller : *kept, caller);
	return r < 0 ? error_errno(err, -r, "leave the caller") : 0;
}

static int wait_for(pid_t supervisor, int *ret_exit, struct sbx_error *err)
{
	siginfo_t end;

	while (waitid(P_PID, (id_t)supervisor, &end, WEXITED) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for the supervisor");
	if (end.si_code == CLD_EXITED) {
		*ret_exit = end.si_status;
		return 0;
	}
	(void)error_set(err, ECHILD,
		"the supervisor was killed by signal %d before the command ran", end.si_status);
	return error_cure(err, -ECHILD, "sandboxctl gc");
}

/* What was written there is all that will come; an id is whole, for it was one write. */
static int wait_for_word(int from, char id[static DETACH_ID_SIZE], struct sbx_error *err)
{
	ssize_t n;

	do
		n = read(from, id, DETACH_ID_SIZE - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(err, errno, "wait for the supervisor");
	id[n] = '\0';
	return 0;
}

/* They are this very process', by its pid, and close with all else of the caller's. */
static int check_sockets(struct sbx_error *err)
{
	int n, r = plan_count_given(&n, err);

	if (r < 0 || n == 0)
		return r;
	r = error_set(err, EINVAL, "sockets of LISTEN_FDS don't go into the background");
	return error_cure(err, r, "run it without --detach, as the service that they are for");
}

int detach_begin(int *kept, int *ret_caller, char ret_id[static DETACH_ID_SIZE], int *ret_exit,
	struct sbx_error *err)
{
	int ends[2], r = check_sockets(err);
	pid_t pid;

	if (r < 0)
		return r;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "open the channel to the supervisor");
	pid = fork();
	if (pid == 0) {
		*ret_caller = ends[1];
		return leave_caller(kept, ends[1], err);
	}
	(void)close(ends[1]);
	if (pid < 0)
		r = error_errno(err, errno, "start the supervisor");
	else
		r = wait_for_word(ends[0], ret_id, err);
	(void)close(ends[0]);
	*ret_exit = 0;
	if (r == 0 && !*ret_id)
		r = wait_for(pid, ret_exit, err);
	return r < 0 ? r : 1;
}

/*
 * A service or a session that ends takes its cgroup with it, and its limits are not meant for what
 * stays. In the root there is always room, and nobody is ended there. Where systemd has delegated
 * the base all else is its own: then the place is beside the tenants, and the supervisors end with
 * their sandboxes, when that service is stopped.
 */
int detach_leave_cgroup(struct run *run, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup source = CGROUP_INIT, control = CGROUP_INIT;
	const struct cgroup *place = &source;
	int r = cgroup_open_source(run->plan->host.base, &source, err);

	if (r == 0 && cgroup_is_delegated(&source)) {
		r = cgroup_make_control(&source, &control, err);
		place = &control;
	}
	if (r < 0)
		return r;
	r = fs_write(place->fd, "cgroup.procs", "0");
	return r < 0 ? error_errno(err, -r, "move the supervisor to cgroup '%s/'", place->path) : 0;
}

/*
 * 0, 1 and 2 were the caller's until now, who may be waiting for their end of file. What is still
 * to be said goes to the log, if it is one that stays.
 */
static int drop_stdio(const struct run *run)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
		dup2(run->plan->options->log ? run->log->out : null, STDERR_FILENO) < 0)
		return -errno;
	return chdir("/") < 0 ? -errno : 0;
}

static int tell_caller(const struct run *run)
{
	char id[DETACH_ID_SIZE];
	int n = snprintf(id, sizeof(id), "%s/%s", run->outcome->tenant, run->outcome->name);
	int caller = run->plan->options->caller, r = 0;

	/* SIGPIPE is blocked, as all signals are. */
	if (write(caller, id, (size_t)n) != n)
		r = errno ? -errno : -EIO;
	(void)close(caller);
	return r;
}

int detach_finish(const struct run *run, struct sbx_error *err)
{
	int r;

	if (!run->plan->options->detach)
		return 0;
	r = drop_stdio(run);
	if (r < 0)
		return error_errno(err, -r, "leave the caller");
	r = tell_caller(run);
	return r < 0 ? error_errno(err, -r, "tell the caller that its sandbox runs") : 0;
}
