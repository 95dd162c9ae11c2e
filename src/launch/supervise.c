/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "launch/children.h"
#include "launch/detach.h"
#include "launch/failure.h"
#include "launch/signals.h"
#include "launch/terminal.h"
#include "lsm/events.h"

#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>

static const int forwarded[] = { SUPERVISOR_FORWARDS };

struct watch {
	struct run *run;
	int signals; /* signalfd */
	unsigned int n_terms;
	uint64_t deadline; /* CLOCK_MONOTONIC, usec; CLOCK_NEVER: none, or it is over */
	uint64_t idle; /* as above: when what the set-up took is given back; CLOCK_NEVER: it was */
	bool ended;
	struct ending ending;
};

/* A command that has ended by then has its report without waiting for that. */
#define IDLE_AFTER_USEC 10000

static int watch_signals(struct watch *w, struct sbx_error *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		(void)sigaddset(&set, forwarded[i]);
	(void)sigaddset(&set, SUPERVISOR_KILLS);
	/* From the shell that has it in the foreground again. */
	if (w->run->terminal)
		(void)sigaddset(&set, SIGCONT);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return w->signals < 0 ? error_errno(err, errno, "watch signals") : 0;
}

static bool all_executed(const struct run *run)
{
	return child_executed(&run->reports[CHILD_COMMAND]) &&
	       (!plan_has_init(run->plan) || child_executed(&run->reports[CHILD_INIT]));
}

/* A child that asks to have this process killed, in a build for tests. */
static void obey_failpoint(const struct run *run, enum child_role role)
{
	char name[OUTCOME_STEP_MAX];

	if ((unsigned int)role >= N_CHILDREN)
		return;
	child_step_name(role, run->reports[role].step, name);
	failpoint_kill(name);
}

/* A mount of nobody's goes with who closes it last, which the kernel takes its time for. */
static void close_init(struct run *run)
{
	close_fdp(&run->plan->init_fd);
	run->plan->init_fd = -1;
}

/* There is nothing to do, for as long as the command runs. */
static void become_idle(struct watch *w)
{
	w->idle = CLOCK_NEVER;
	process_release_memory();
	close_init(w->run);
}

/* The end of file: each child has come to exec, or to an end. */
static int read_done(struct watch *w, struct sbx_error *err)
{
	struct run *run = w->run;
	char byte;
	ssize_t n = read(run->done[0], &byte, 1);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == 1) {
		obey_failpoint(run, (enum child_role)byte);
		return 0;
	}
	run->started = all_executed(run);
	trace_children(run);
	w->idle = clock_usec() + IDLE_AFTER_USEC;
	close_fdp(&run->done[0]);
	run->done[0] = -1;
	if (!run->started)
		return 0;
	module_watch_begin(run);
	return detach_finish(run, err);
}

/* All of the sandbox; of one that another supervisor has made, the command alone. */
static int end_all(const struct run *run, struct sbx_error *err)
{
	return run->plan->sandbox ? run_kill(run, &run->children[CHILD_COMMAND], err)
				  : cgroup_kill(&run->leaf, err);
}

static void forward(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if ((info.ssi_signo == SIGTERM && ++w->n_terms > 1) ||
			(int)info.ssi_signo == SUPERVISOR_KILLS)
			(void)end_all(w->run, NULL);
		else if (!terminal_signal(w->run->terminal, (int)info.ssi_signo))
			(void)pidfd_send_signal(w->run->children[CHILD_COMMAND].pidfd,
				(int)info.ssi_signo, NULL, 0);
	}
}

static int reap(struct watch *w, struct sbx_error *err)
{
	struct run *run = w->run;
	bool has_init = plan_has_init(run->plan);
	int r;

	/*
	 * First, for it takes its time: all that is left in there ends with it, while this process
	 * goes on.
	 */
	if (has_init)
		(void)run_kill(run, &run->children[CHILD_INIT], NULL);
	r = run_reap(&run->children[CHILD_COMMAND], &w->ending.command, err);
	if (r < 0)
		return r;
	w->ended = true;
	if (!has_init)
		return 0;
	close_init(run);
	/* Whether it was alive until now says a good deal where the command never ran. */
	return run->done[0] < 0 && run->started
		       ? 0
		       : run_reap(&run->children[CHILD_INIT], &w->ending.init, err);
}

static uint64_t next_deadline(const struct watch *w)
{
	uint64_t next = w->deadline;

	if (w->idle < next)
		next = w->idle;
	return w->run->module.deadline < next ? w->run->module.deadline : next;
}

/* It ends all the same where that can't be told. */
static void tell_timeout(const struct watch *w)
{
	const struct run *run = w->run;
	struct sbx_timeout timeout = {
		.leaf = run->leaf.id,
		.usec = w->ending.hung ? run->plan->policy->runtime.start_timeout
				       : run->plan->timeout,
		.kind = w->ending.hung ? SBX_EVENT_START_TIMEOUT : SBX_EVENT_TIMEOUT,
		.pid = (uint32_t)run->children[CHILD_COMMAND].pid,
	};

	if (run->plan->host.lsm)
		(void)lsm_tell_timeout(&run->lsm, &timeout, NULL);
}

static int end_by_timeout(struct watch *w, struct sbx_error *err)
{
	bool first = !w->ending.timed_out;
	int r;

	if (module_watch_is_over(w->run))
		w->ending.hung = first;
	else if (w->deadline == CLOCK_NEVER || clock_usec() < w->deadline)
		return 0;
	w->deadline = CLOCK_NEVER;
	w->ending.timed_out = true;
	r = end_all(w->run, err);
	/* Behind that: to tell it may take a moment. */
	if (first)
		tell_timeout(w);
	return r;
}

static int watch_once(struct watch *w, struct sbx_error *err)
{
	struct pollfd fds[6 + TERMINAL_N_POLLED] = {
		{ .fd = w->run->children[CHILD_COMMAND].pidfd, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = w->run->done[0], .events = POLLIN }, /* -1 is left out */
		{ .fd = log_poll_in(w->run->log), .events = POLLIN },
		{ .fd = log_poll_out(w->run->log), .events = POLLOUT },
		{ .fd = w->run->module.fd, .events = POLLIN },
	};
	int r = 0;

	terminal_poll(w->run->terminal, &fds[6]);
	if (poll(fds, ARRAY_SIZE(fds), clock_left_ms(next_deadline(w))) < 0)
		return errno == EINTR ? 0 : error_errno(err, errno, "wait for the command");
	if (fds[1].revents)
		forward(w);
	if (fds[3].revents || fds[4].revents)
		log_relay(w->run->log);
	terminal_relay(w->run->terminal, &fds[6]);
	if (fds[2].revents)
		r = read_done(w, err);
	if (r == 0 && fds[0].revents)
		r = reap(w, err);
	if (r < 0 || w->ended)
		return r;
	if (w->idle != CLOCK_NEVER && clock_usec() >= w->idle)
		become_idle(w);
	return end_by_timeout(w, err);
}

bool supervise_blames_init(struct run *run)
{
	struct launched *init = &run->children[CHILD_INIT];
	struct watch w = { .run = run };
	bool failed;

	if (!plan_has_init(run->plan) || init->pidfd < 0)
		return false;
	/* Its report comes before what its end leads to; what is ended here makes it fail, too. */
	failed = run->reports[CHILD_INIT].errnum;
	/* It can't end before the command was waited for. */
	if (children_end_command(run, NULL) < 0 || run_kill(run, init, NULL) < 0 ||
		run_reap(init, &w.ending.init, NULL) < 0)
		return false;
	ending_count(run);
	if (!failed && !run->outcome->oom_kills)
		return false;
	failure_set(run, &w.ending);
	return true;
}

int supervise(struct run *run, struct sbx_error *err)
{
	struct watch w = {
		.run = run, .signals = -1, .deadline = CLOCK_NEVER, .idle = CLOCK_NEVER
	};
	int r;

	if (run->plan->timeout != USEC_INFINITY)
		w.deadline = clock_usec() + run->plan->timeout;
	r = watch_signals(&w, err);
	while (r == 0 && !w.ended)
		r = watch_once(&w, err);
	close_fdp(&w.signals);
	terminal_finish(run->terminal);
	/* What is lost of a log is told, and changes nothing about how the command ended. */
	if (r == 0)
		(void)log_finish(run->log, err);
	/* Every end of this pipe is closed by now. */
	if (r == 0 && run->done[0] >= 0)
		r = read_done(&w, err);
	if (r < 0)
		return r;
	ending_count(run);
	if (run->started || w.ending.timed_out)
		ending_set_reason(run, &w.ending);
	else
		failure_set(run, &w.ending);
	return 0;
}
