/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/failpoint.h"
#include "launch/run.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* Passed on to the command; a second SIGTERM ends all. */
static const int forwarded[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH };

struct watch {
	struct run *run;
	int signals; /* signalfd */
	unsigned int n_terms;
	uint64_t deadline; /* CLOCK_MONOTONIC, usec; USEC_INFINITY: none */
	bool timed_out;
	bool ended;
	siginfo_t end;
};

static int watch_signals(struct watch *w, struct sbx_error *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		(void)sigaddset(&set, forwarded[i]);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return w->signals < 0 ? error_errno(err, errno, "watch signals") : 0;
}

/* 126 and 127 are about the command: only exec finds that an interpreter is missing. */
static int exit_code_of(const struct child_report *report)
{
	if (report->step != n_child_steps - 1)
		return SANDBOXCTL_EXIT_SETUP;
	return report->errnum == ENOENT ? SANDBOXCTL_EXIT_NOT_FOUND
					: SANDBOXCTL_EXIT_NOT_EXECUTABLE;
}

static const char *object_of(const struct plan *plan, const char *step, int object)
{
	if (object < 0 && streq(step, "enter-root"))
		return plan->root.cwd;
	if (object < 0)
		return plan->options->command[0];
	if ((size_t)object < plan->root.n_binds)
		return plan->binds[object].path;
	return plan->links[(size_t)object - plan->root.n_binds].path;
}

static void add_cure(
	const struct plan *plan, const struct child_report *report, struct sbx_error *err)
{
	const char *policy = plan->policy->path;

	if (report->errnum != ENOENT)
		return;
	if (report->step == n_child_steps - 1)
		(void)error_cure(err, 0,
			"its interpreter is not in the sandbox: add 'exec = /lib /lib64', or what "
			"its #! line names, to [filesystem] of '%s'",
			policy);
	else
		(void)error_cure(err, 0, "grant it in [filesystem] of '%s'", policy);
}

static void child_failed(struct run *run)
{
	const struct child_report *report = run->report;
	struct outcome *outcome = run->outcome;

	outcome->reason = OUTCOME_SETUP;
	outcome->step = child_steps[report->step].name;
	outcome->exit_code = exit_code_of(report);
	(void)error_errno(&outcome->error, report->errnum, "%s '%s'", outcome->step,
		object_of(run->plan, outcome->step, report->object));
	add_cure(run->plan, report, &outcome->error);
}

/*
 * Killed before it came to exec: by memory.max, if that is too small for the set-up, or by whoever
 * may. The command never ran.
 */
static void child_was_killed(struct run *run, const siginfo_t *end)
{
	struct outcome *outcome = run->outcome;

	outcome->reason = OUTCOME_SETUP;
	outcome->step = child_steps[run->report->step].name;
	outcome->exit_code = SANDBOXCTL_EXIT_SETUP;
	(void)error_set(&outcome->error, EPERM, "%s: killed by signal %d before the command ran",
		outcome->step, end->si_status);
	if (outcome->oom_kills > 0)
		(void)error_cure(&outcome->error, 0,
			"memory.max is too small for the set-up: raise it in '%s'",
			run->plan->policy->path);
}

/* The end of file: the child has come to exec, or to an end. */
static void read_done(struct run *run)
{
	char byte;
	ssize_t n = read(run->done[0], &byte, 1);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 1)
		failpoint_kill(child_steps[run->report->step].name);
	if (run->report->errnum)
		child_failed(run);
	else
		run->started = run->report->step == n_child_steps - 1;
	close_fdp(&run->done[0]);
	run->done[0] = -1;
}

static void forward(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGTERM && ++w->n_terms > 1)
			(void)cgroup_kill(&w->run->leaf, NULL);
		else
			(void)pidfd_send_signal(w->run->pidfd, (int)info.ssi_signo, NULL, 0);
	}
}

static int reap(struct watch *w, struct sbx_error *err)
{
	while (waitid(P_PIDFD, (id_t)w->run->pidfd, &w->end, WEXITED) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for the command");
	w->ended = true;
	close_fdp(&w->run->pidfd);
	w->run->pidfd = -1;
	/* Its end of the pipe is closed by now. */
	if (w->run->done[0] >= 0)
		read_done(w->run);
	return 0;
}

static int end_by_timeout(struct watch *w, struct sbx_error *err)
{
	if (w->deadline == USEC_INFINITY || clock_usec() < w->deadline)
		return 0;
	w->deadline = USEC_INFINITY;
	w->timed_out = true;
	return cgroup_kill(&w->run->leaf, err);
}

static int watch_once(struct watch *w, struct sbx_error *err)
{
	struct pollfd fds[] = {
		{ .fd = w->run->pidfd, .events = POLLIN }, { .fd = w->signals, .events = POLLIN },
		{ .fd = w->run->done[0], .events = POLLIN }, /* -1 is left out */
	};
	int r;

	if (poll(fds, ARRAY_SIZE(fds), clock_left_ms(w->deadline)) < 0)
		return errno == EINTR ? 0 : error_errno(err, errno, "wait for the command");
	if (fds[1].revents)
		forward(w);
	if (fds[2].revents)
		read_done(w->run);
	r = fds[0].revents ? reap(w, err) : 0;
	return r < 0 || w->ended ? r : end_by_timeout(w, err);
}

static void set_end(struct outcome *outcome, const siginfo_t *end)
{
	if (end->si_code == CLD_EXITED) {
		outcome->reason = OUTCOME_EXIT;
		outcome->exit_code = end->si_status;
	} else {
		outcome->reason = OUTCOME_SIGNAL;
		outcome->signal = end->si_status;
		outcome->exit_code = 128 + end->si_status;
	}
}

/* No unix socket can be connected yet, and every shell asks one for the names of users: no reason.
 */
static bool was_denied(const struct outcome *o)
{
	return outcome_denials(o) > 0 &&
	       !(o->leaf.last.hook == SBX_HOOK_socket_connect && o->leaf.last.family == AF_UNIX);
}

/* A status alone doesn't say why: runtimes turn a denial into any code of theirs. */
static void set_reason(struct watch *w)
{
	struct outcome *o = w->run->outcome;

	set_end(o, &w->end);
	if (w->timed_out) {
		o->reason = OUTCOME_TIMEOUT;
		o->exit_code = SANDBOXCTL_EXIT_TIMEOUT;
	} else if (o->signal == SIGKILL && o->oom_kills > 0) {
		o->reason = OUTCOME_OOM;
	} else if (o->signal == SIGSYS) {
		o->reason = OUTCOME_SECCOMP;
	} else if (o->exit_code != 0 && !o->signal && was_denied(o)) {
		o->reason = OUTCOME_LSM;
	}
}

static void count(struct run *run)
{
	struct outcome *o = run->outcome;
	uint64_t own_hits;

	o->oom_kills = cgroup_event(&run->leaf, "memory.events", "oom_kill");
	o->pids_max_hits = cgroup_event(&run->slice, "pids.events", "max") - run->pids_max_before;
	/* Up to 6.1 the kernel counts where the limit was met, from then on above it too. */
	own_hits = cgroup_event(&run->leaf, "pids.events", "max");
	if (own_hits > o->pids_max_hits)
		o->pids_max_hits = own_hits;
	/* Killed within execve(2), before the point of no return: only the LSM can tell. */
	if (o->lsm && lsm_leaf_get(&run->lsm, run->leaf.id, &o->leaf) == 0 && !o->leaf.executed)
		run->started = false;
}

int supervise(struct run *run, struct sbx_error *err)
{
	struct watch w = { .run = run, .signals = -1, .deadline = USEC_INFINITY };
	int r;

	if (run->plan->timeout != USEC_INFINITY)
		w.deadline = clock_usec() + run->plan->timeout;
	r = watch_signals(&w, err);
	while (r == 0 && !w.ended)
		r = watch_once(&w, err);
	close_fdp(&w.signals);
	if (r < 0)
		return r;
	count(run);
	if (run->started || w.timed_out)
		set_reason(&w);
	else if (!run->report->errnum)
		child_was_killed(run, &w.end);
	return 0;
}
