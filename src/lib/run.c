/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sandbox that runs: found, signalled, waited for.
 */
#include "base/clock.h"
#include "launch/signals.h"
#include "lib/outcome.h"
#include "state/registry.h"

#include <poll.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

const char *sandboxctl_run_tenant(const struct sandboxctl_run *run)
{
	return run->tenant;
}

const char *sandboxctl_run_name(const struct sandboxctl_run *run)
{
	return run->name;
}

int sandboxctl_run_fd(const struct sandboxctl_run *run)
{
	return run->pidfd;
}

void sandboxctl_run_free(struct sandboxctl_run *run)
{
	if (!run)
		return;
	close_fdp(&run->pidfd);
	close_fdp(&run->report);
	outcome_free(run->outcome);
	free(run);
}

/* ---- one of somebody else's ---- */

/*
 * The outcome's file says which run it is. Its supervisor holds that file for as long as it lives:
 * if it does when the pidfd is there, then the pidfd is its own, and no later process's.
 */
static int open_run(struct sandboxctl_run *run, struct sbx_error *err)
{
	struct sandbox_status status = { 0 };
	bool held;
	int r = registry_open_outcome(run->tenant, run->name, &run->report, err);

	if (r == 0)
		r = registry_get(run->tenant, run->name, &status);
	if (r == -ENOENT)
		return error_set(
			err, ENOENT, "there is no sandbox '%s/%s'", run->tenant, run->name);
	if (r < 0)
		return r;
	run->supervisor = status.supervisor;
	run->pidfd = pidfd_open(status.supervisor, 0);
	held = registry_outcome_is_held(run->report);
	if (run->pidfd >= 0 && held)
		return 0;
	if (status.running)
		return error_set(err, ENOENT, "sandbox '%s/%s' has ended", run->tenant, run->name);
	r = error_set(
		err, EOWNERDEAD, "the launcher of '%s/%s' was killed", run->tenant, run->name);
	return error_cure(
		err, r, "sandboxctl kill %s/%s ends what is left", run->tenant, run->name);
}

int sandboxctl_run_open(const char *tenant, const char *name, struct sandboxctl_run **ret_run,
	struct sandboxctl_error *error)
{
	struct sandboxctl_run *run = malloc(sizeof(*run));
	struct sbx_error err = { 0 };
	int r = run ? lib_check_name(tenant, "tenant", &err) : -ENOMEM;

	if (run)
		*run = (struct sandboxctl_run){ .pidfd = -1, .report = -1 };
	if (r == 0)
		r = lib_check_name(name, "sandbox", &err);
	if (r == 0)
		r = lib_check_root(&err);
	if (r == 0) {
		(void)snprintf(run->tenant, sizeof(run->tenant), "%s", tenant);
		(void)snprintf(run->name, sizeof(run->name), "%s", name);
		r = open_run(run, &err);
	}
	if (r < 0)
		sandboxctl_run_free(run);
	else
		*ret_run = run;
	return lib_return(r, &err, error);
}

/* ---- signals ---- */

static int tell(const struct sandboxctl_run *run, int signal_number, struct sbx_error *err)
{
	if (pidfd_send_signal(run->pidfd, signal_number, NULL, 0) == 0)
		return 0;
	/* Where it had ended before there was a pidfd, this is no pidfd. */
	if (errno == ESRCH || errno == EBADF)
		return error_set(err, ESRCH, "%s/%s has ended", run->tenant, run->name);
	return error_errno(err, errno, "send signal %d to the launcher of %s/%s", signal_number,
		run->tenant, run->name);
}

int sandboxctl_run_signal(
	struct sandboxctl_run *run, int signal_number, struct sandboxctl_error *error)
{
	static const int forwarded[] = { SUPERVISOR_FORWARDS };
	struct sbx_error err = { 0 };
	int r = -EINVAL;

	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		if (signal_number == forwarded[i])
			r = tell(run, signal_number, &err);
	if (r == -EINVAL)
		(void)error_set(&err, EINVAL, "signal %d is not passed on", signal_number);
	return lib_return(r, &err, error);
}

int sandboxctl_run_kill(struct sandboxctl_run *run, struct sandboxctl_error *error)
{
	struct sbx_error err = { 0 };

	return lib_return(tell(run, SUPERVISOR_KILLS, &err), &err, error);
}

/* ---- the end ---- */

static int wait_end(const struct sandboxctl_run *run, int timeout_ms, struct sbx_error *err)
{
	struct pollfd fd = { .fd = run->pidfd, .events = POLLIN };
	uint64_t deadline = CLOCK_NEVER;
	int r;

	if (timeout_ms >= 0)
		deadline = clock_usec() + (uint64_t)timeout_ms * 1000;
	do
		r = poll(&fd, 1, clock_left_ms(deadline));
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return error_errno(err, errno, "wait for %s/%s", run->tenant, run->name);
	if (r == 0)
		return error_set(err, ETIMEDOUT, "%s/%s still runs", run->tenant, run->name);
	return 0;
}

/* What was said is in the report; this is for the case of none. */
static int reap(const struct sandboxctl_run *run, struct sbx_error *err)
{
	siginfo_t end = { 0 };

	(void)waitid(P_PIDFD, (id_t)run->pidfd, &end, WEXITED);
	if (end.si_pid == 0)
		return error_set(err, ENODATA, "the launcher told nothing");
	return error_set(err, ENODATA, "the launcher %s %d and told nothing",
		end.si_code == CLD_EXITED ? "exited with" : "was killed by signal", end.si_status);
}

enum { REPORT_MAX = 1 << 16 };

static int read_own(const struct sandboxctl_run *run, char **ret_text, struct sbx_error *err)
{
	_cleanup_free_ char *text = malloc(REPORT_MAX);
	int told_nothing = reap(run, err);
	ssize_t n;

	if (!text)
		return error_errno(err, ENOMEM, "read the report of a sandbox");
	n = pread(run->report, text, REPORT_MAX, 0);
	if (n < 0)
		return error_errno(err, errno, "read the report of a sandbox");
	/* The line's end is written last. */
	if (n == 0 || text[n - 1] != '\n')
		return told_nothing;
	if (memchr(text, '\0', (size_t)n))
		return -EBADMSG;
	text[n - 1] = '\0';
	*ret_text = take_ptr(text);
	return 0;
}

static int read_report(struct sandboxctl_run *run, struct sbx_error *err)
{
	_cleanup_free_ char *text = NULL;
	int r = run->started ? read_own(run, &text, err) : registry_wait(run->report, &text, err);

	if (text)
		r = outcome_parse(text, strlen(text), &run->outcome);
	if (r == -EBADMSG)
		return error_set(err, EBADMSG, "the launcher left a report that can't be read");
	if (r == 0 && run->outcome) {
		/* What failed before the launcher had a name has none in the report. */
		run->outcome->outcome.tenant = run->tenant;
		run->outcome->outcome.name = run->name;
	}
	return r;
}

int sandboxctl_run_wait(struct sandboxctl_run *run, int timeout_ms,
	const struct sandboxctl_outcome **ret_outcome, struct sandboxctl_error *error)
{
	struct sbx_error err = { 0 };
	int r = run->outcome ? 0 : wait_end(run, timeout_ms, &err);

	if (r == 0 && !run->outcome)
		r = read_report(run, &err);
	if (r == 0)
		*ret_outcome = &run->outcome->outcome;
	return lib_return(r, &err, error);
}
