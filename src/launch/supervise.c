/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "launch/children.h"
#include "launch/detach.h"
#include "launch/signals.h"
#include "launch/terminal.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

static const int forwarded[] = { SUPERVISOR_FORWARDS };

struct watch {
	struct run *run;
	int signals; /* signalfd */
	unsigned int n_terms;
	uint64_t deadline; /* CLOCK_MONOTONIC, usec; USEC_INFINITY: none */
	uint64_t idle; /* as above: when what the set-up took is given back; CLOCK_NEVER: it was */
	bool timed_out, hung; /* the latter: because it didn't start */
	bool ended;
	siginfo_t end, init_end; /* the latter where the command never ran */
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

/* 126 and 127 are about the command: only exec finds that an interpreter is missing. */
static int exit_code_of(enum child_role role, const struct child_report *report)
{
	if (role != CHILD_COMMAND || report->step != n_child_steps - 1)
		return SANDBOXCTL_EXIT_SETUP;
	return report->errnum == ENOENT ? SANDBOXCTL_EXIT_NOT_FOUND
					: SANDBOXCTL_EXIT_NOT_EXECUTABLE;
}

/* What a step was about: a bind or link, a folder or file that has to be inside. */
static const char *object_of(const struct plan *plan, const struct child_report *report)
{
	const char *step = child_steps[report->step].name;

	if (report->object >= 0 && (size_t)report->object < plan->root.n_binds)
		return plan->binds[report->object].path;
	if (report->object >= 0)
		return plan->links[(size_t)report->object - plan->root.n_binds].path;
	if (streq(step, "terminal"))
		return "/dev/pts/ptmx";
	return streq(step, "cwd") ? plan->policy->process.cwd : plan->options->command[0];
}

static void add_cure(
	const struct plan *plan, const struct child_report *report, struct sbx_error *err)
{
	const char *policy = plan->policy->path;

	if (report->errnum == ESTALE)
		(void)error_cure(err, 0,
			"another file has taken its place since the sandbox was made: start the "
			"sandbox anew");
	if (report->errnum == EPERM && streq(child_steps[report->step].name, "capabilities"))
		(void)error_cure(err, 0,
			"sandboxctl lacks one of those in [process] of '%s': give it that one too",
			policy);
	if (report->errnum == EPERM && streq(child_steps[report->step].name, "rlimits"))
		(void)error_cure(err, 0,
			"a limit in [process] of '%s' is above sandboxctl's own: it needs "
			"CAP_SYS_RESOURCE for that",
			policy);
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

static void child_failed(struct run *run, enum child_role role)
{
	const struct child_report *report = &run->reports[role];
	struct outcome *outcome = run->outcome;

	outcome->reason = OUTCOME_SETUP;
	child_step_name(role, report->step, outcome->step);
	outcome->exit_code = exit_code_of(role, report);
	(void)error_errno(&outcome->error, report->errnum, "'%s'", object_of(run->plan, report));
	add_cure(run->plan, report, &outcome->error);
}

/*
 * Killed before it came to exec: by memory.max, if that is too small for the set-up, or by whoever
 * may. The command never ran.
 */
static void child_was_killed(struct run *run, enum child_role role, int signal)
{
	struct outcome *outcome = run->outcome;

	outcome->reason = OUTCOME_SETUP;
	child_step_name(role, run->reports[role].step, outcome->step);
	outcome->exit_code = SANDBOXCTL_EXIT_SETUP;
	(void)error_set(
		&outcome->error, EPERM, "killed by signal %d before the command ran", signal);
	if (outcome->oom_kills > 0)
		(void)error_cure(&outcome->error, 0,
			"memory.max is too small for the set-up: raise it in '%s'",
			run->plan->policy->path);
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
	r = run_reap(&run->children[CHILD_COMMAND], &w->end, err);
	if (r < 0)
		return r;
	w->ended = true;
	if (!has_init)
		return 0;
	close_init(run);
	/* Whether it was alive until now says a good deal where the command never ran. */
	return run->done[0] < 0 && run->started
		       ? 0
		       : run_reap(&run->children[CHILD_INIT], &w->init_end, err);
}

static uint64_t next_deadline(const struct watch *w)
{
	uint64_t next = w->deadline;

	if (w->idle < next)
		next = w->idle;
	return w->run->module.deadline < next ? w->run->module.deadline : next;
}

static int end_by_timeout(struct watch *w, struct sbx_error *err)
{
	if (module_watch_is_over(w->run))
		w->hung = !w->timed_out;
	else if (w->deadline == USEC_INFINITY || clock_usec() < w->deadline)
		return 0;
	w->deadline = USEC_INFINITY;
	w->timed_out = true;
	return end_all(w->run, err);
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
		if (w->hung) {
			(void)stpcpy(o->step, MODULE_WATCH_STEP);
			module_watch_explain(w->run, &o->error);
		}
	} else if (o->signal == SIGKILL && o->oom_kills > 0) {
		o->reason = OUTCOME_OOM;
	} else if (o->signal == SIGSYS) {
		o->reason = OUTCOME_SECCOMP;
	} else if (o->exit_code != 0 && !o->signal && was_denied(o)) {
		o->reason = OUTCOME_LSM;
	}
}

/* Where its cgroup is gone by now, nobody knows any more. */
static uint64_t counted(
	const struct cgroup *cgroup, const char *file, const char *key, uint64_t before)
{
	uint64_t now = cgroup_event(cgroup, file, key);

	return now > before ? now - before : 0;
}

static void count(struct run *run)
{
	const struct counters *before = &run->before;
	struct outcome *o = run->outcome;
	uint64_t own_hits;

	o->oom_kills = counted(&run->leaf, "memory.events", "oom_kill", before->oom_kills);
	o->pids_max_hits = counted(&run->slice, "pids.events", "max", before->pids_max);
	/* Up to 6.1 the kernel counts where the limit was met, from then on above it too. */
	own_hits = counted(&run->leaf, "pids.events", "max", before->own_pids_max);
	if (own_hits > o->pids_max_hits)
		o->pids_max_hits = own_hits;
	if (!o->lsm || lsm_leaf_get(&run->lsm, run->leaf.id, &o->leaf) < 0)
		return;
	/* Killed within execve(2), before the point of no return: only the LSM can tell. */
	if (!o->leaf.executed)
		run->started = false;
	for (size_t i = 0; i < SBX_N_HOOKS; i++)
		o->leaf.denied[i] -= before->leaf.denied[i];
}

/*
 * Of what never ran: the failure that came first. When init ends all others in its namespace are
 * killed, and when the command ends init is.
 */
static void set_failure(struct watch *w)
{
	struct run *run = w->run;
	const struct child_report *init = &run->reports[CHILD_INIT];
	const struct child_report *command = &run->reports[CHILD_COMMAND];

	if (command->errnum && command->errnum != -CHILD_NO_INIT)
		child_failed(run, CHILD_COMMAND);
	else if (init->errnum)
		child_failed(run, CHILD_INIT);
	else if (plan_has_init(run->plan) && !child_executed(init))
		child_was_killed(run, CHILD_INIT, w->init_end.si_status);
	else
		child_was_killed(run, CHILD_COMMAND, w->end.si_status);
}

bool supervise_blames_init(struct run *run)
{
	struct launched *init = &run->children[CHILD_INIT];
	struct watch w = { .run = run };
	bool failed;

	if (!plan_has_init(run->plan) || init->pidfd < 0)
		return false;
	/* What its end has led to comes behind its report; what is ended here makes it fail, too.
	 */
	failed = run->reports[CHILD_INIT].errnum;
	/* It can't end before the command was waited for. */
	if (children_end_command(run, NULL) < 0 || run_kill(run, init, NULL) < 0 ||
		run_reap(init, &w.init_end, NULL) < 0)
		return false;
	count(run);
	if (!failed && !run->outcome->oom_kills)
		return false;
	set_failure(&w);
	return true;
}

int supervise(struct run *run, struct sbx_error *err)
{
	struct watch w = {
		.run = run, .signals = -1, .deadline = USEC_INFINITY, .idle = CLOCK_NEVER
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
	count(run);
	if (run->started || w.timed_out)
		set_reason(&w);
	else
		set_failure(&w);
	return 0;
}
