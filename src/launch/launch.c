/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/launch.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "launch/run.h"
#include "launch/terminal.h"

#include "sandboxctl/exit.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fail(struct outcome *outcome, const char *step, int exit_code)
{
	outcome->reason = OUTCOME_SETUP;
	(void)snprintf(outcome->step, sizeof(outcome->step), "%s", step);
	outcome->exit_code = exit_code;
}

static bool applies(const struct run *run, const struct parent_step *step)
{
	return !step->applies || step->applies(run);
}

/* Nobody makes what is there already. */
static const struct parent_step *steps_of(const struct plan *plan, size_t *ret_n)
{
	*ret_n = plan->sandbox ? n_exec_steps : n_parent_steps;
	return plan->sandbox ? exec_steps : parent_steps;
}

/* What fails here doesn't stop the rest. The first error is kept, behind what failed before. */
static void undo(struct run *run, size_t n_done)
{
	struct sbx_error *kept = &run->outcome->error;
	bool told = false;
	size_t n;
	const struct parent_step *steps = steps_of(run->plan, &n);

	for (size_t i = n_done; i-- > 0;) {
		const struct parent_step *step = &steps[i];
		struct sbx_error err = { 0 };

		if (!step->undo || !applies(run, step))
			continue;
		failpoint_kill_undoing(step->name);
		if (step->undo(run, &err) == 0)
			continue;
		if (!*kept->text)
			*kept = err;
		else if (!told)
			error_append(kept, &err);
		told = true;
	}
}

/* An error that a test asks for, before or after the step. */
static int injected(const struct parent_step *step, const char *when, struct sbx_error *err)
{
	int r = failpoint_error(step->name, when);

	return r < 0 ? error_errno(err, -r, "asked to fail") : 0;
}

static int do_step(struct run *run, const struct parent_step *step, struct sbx_error *err)
{
	uint64_t began = clock_nsec();
	int r;

	if (run->plan->options->trace)
		run->plan->options->trace(step->name, TRACE_BEGINS);
	failpoint_kill(step->name);
	r = injected(step, ":before", err);
	if (r == 0)
		r = step->do_(run, err);
	if (run->plan->options->trace)
		run->plan->options->trace(step->name, clock_nsec() - began);
	return r < 0 ? r : injected(step, ":after", err);
}

/* How many steps were begun; a step that failed is among them. */
static size_t do_steps(struct run *run, int *ret_result)
{
	struct outcome *outcome = run->outcome;
	size_t i, n;
	const struct parent_step *steps = steps_of(run->plan, &n);

	*ret_result = 0;
	for (i = 0; i < n && *ret_result == 0; i++) {
		const struct parent_step *step = &steps[i];

		if (!applies(run, step))
			continue;
		*ret_result = do_step(run, step, &outcome->error);
		if (*ret_result < 0 && !supervise_blames_init(run))
			fail(outcome, step->name, SANDBOXCTL_EXIT_SETUP);
	}
	return i;
}

static void close_run(struct run *run)
{
	lsm_close(&run->lsm);
	cgroup_close(&run->leaf);
	cgroup_close(&run->slice);
	cgroup_close(&run->base);
	for (size_t i = 0; i < 2; i++) {
		close_fdp(&run->go[CHILD_INIT][i]);
		close_fdp(&run->go[CHILD_COMMAND][i]);
		close_fdp(&run->done[i]);
		close_fdp(&run->ready[i]);
	}
	for (size_t i = 0; i < N_CHILDREN; i++)
		close_fdp(&run->children[i].pidfd);
	if (run->reports)
		(void)munmap(run->reports, N_CHILDREN * sizeof(*run->reports));
	close_fdp(&run->netns);
	close_fdp(&run->userns);
	close_fdp(&run->supervisor);
	for (size_t i = 0; i < ARRAY_SIZE(run->stdio); i++)
		close_fdp(&run->stdio[i]);
	run->log = log_free(run->log);
	run->terminal = terminal_free(run->terminal);
	module_watch_close(&run->module);
	close_fdp(&run->tenant_lock);
	close_fdp(&run->entry.lock);
	close_fdp(&run->entry.outcome);
}

static void run_plan(struct plan *plan, struct outcome *outcome)
{
	_cleanup_(close_run) struct run run = {
		.plan = plan,
		.entry = REGISTRY_ENTRY_INIT,
		.tenant_lock = -1,
		.lsm = LSM_INIT,
		.base = CGROUP_INIT,
		.slice = CGROUP_INIT,
		.leaf = CGROUP_INIT,
		.netns = -1,
		.userns = -1,
		.go = { { -1, -1 }, { -1, -1 } },
		.done = { -1, -1 },
		.ready = { -1, -1 },
		.supervisor = -1,
		.stdio = { -1, -1, -1 },
		.module = MODULE_WATCH_INIT,
		.children = { { .pidfd = -1 }, { .pidfd = -1 } },
		.outcome = outcome,
	};
	size_t n_done;
	int r;

	n_done = do_steps(&run, &r);
	/* What a step met and mended isn't an error of the run. */
	if (r == 0)
		outcome->error = (struct sbx_error){ 0 };
	if (r == 0 && supervise(&run, &outcome->error) < 0)
		fail(outcome, "supervise", SANDBOXCTL_EXIT_SETUP);
	undo(&run, n_done);
}

/*
 * As rt_sigaction(2) takes it: that of libc refuses its own two signals, which posix_spawn(3)
 * ignores.
 */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

/*
 * Signals wait until the supervisor reads them, and none ends it half-way through the steps. A
 * closed pipe is an error to report, not a death. What the caller ignored is not the command's
 * affair: the children have it from here, that neither has to see to it.
 */
static int hold_signals(struct sbx_error *err)
{
	const struct kernel_sigaction usual = { .handler = SIG_DFL };
	sigset_t set;

	if (sigfillset(&set) < 0 || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, errno, "block signals");
	for (int signal = 1; signal < NSIG; signal++)
		if (signal != SIGKILL && signal != SIGSTOP)
			(void)syscall(SYS_rt_sigaction, signal, &usual, NULL, sizeof(usual.mask));
	return 0;
}

/*
 * All has ended, and who asks for the end now means what is left: a report that nobody reads is no
 * reason to stay. What was asked for before is answered by the report.
 */
static void release_signals(void)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	const struct timespec now = { 0 };
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		(void)sigaddset(&set, ends[i]);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void launch(const struct run_options *options, struct outcome *ret_outcome)
{
	_cleanup_plan_ struct plan *plan = NULL;
	int exit_code = SANDBOXCTL_EXIT_SETUP, r;
	uint64_t began = clock_nsec();

	*ret_outcome = (struct outcome){ .exec = options->exec };
	if (options->tenant)
		(void)snprintf(
			ret_outcome->tenant, sizeof(ret_outcome->tenant), "%s", options->tenant);
	failpoint_leak(OUTCOME_PLAN);
	r = plan_make(options, &plan, &exit_code, &ret_outcome->error);
	if (options->trace)
		options->trace(OUTCOME_PLAN, clock_nsec() - began);
	if (r == 0) {
		memcpy(ret_outcome->tenant, plan->policy->tenant, sizeof(ret_outcome->tenant));
		memcpy(ret_outcome->name, plan->name, sizeof(ret_outcome->name));
		ret_outcome->lsm = plan->host.lsm;
		ret_outcome->mode = plan->policy->lsm.mode;
		r = hold_signals(&ret_outcome->error);
	}
	if (r < 0) {
		fail(ret_outcome, OUTCOME_PLAN, exit_code);
		return;
	}
	run_plan(plan, ret_outcome);
	release_signals();
	if (options->ended)
		options->ended(plan, ret_outcome, options->ended_arg);
}

static bool child_step_at(const struct plan *plan, enum child_role role, size_t *i,
	char name[static OUTCOME_STEP_MAX])
{
	const struct child child = {
		.plan = plan,
		.role = role,
		.netns = plan->policy->network.mode == POLICY_NETWORK_HOST ? -1 : 0,
	};

	for (size_t j = 0; j < n_child_steps; j++)
		if ((!child_steps[j].applies || child_steps[j].applies(&child)) && (*i)-- == 0) {
			child_step_name(role, j, name);
			return true;
		}
	return false;
}

bool launch_step_name(const struct plan *plan, size_t i, char name[static OUTCOME_STEP_MAX])
{
	const struct run run = { .plan = (struct plan *)plan };
	size_t n;
	const struct parent_step *steps = steps_of(plan, &n);

	for (size_t j = 0; j < n; j++)
		if (applies(&run, &steps[j]) && i-- == 0) {
			(void)stpcpy(name, steps[j].name);
			return true;
		}
	return (plan_has_init(plan) && child_step_at(plan, CHILD_INIT, &i, name)) ||
	       child_step_at(plan, CHILD_COMMAND, &i, name);
}
