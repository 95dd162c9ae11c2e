/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/failure.h"

#include "sandboxctl/exit.h"

#include <signal.h>

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

/* The first that fits counts. The policy's path stands between the parts, where there are two. */
static const struct {
	const char *step; /* NULL: any */
	int errnum;
	const char *cure, *behind;
} cures[] = {
	/* What it was planned with is what was there a moment ago. */
	{ "make-root", ESTALE, "another has taken its place just now: try again", NULL },
	{ NULL, ESTALE,
		"another file has taken its place since the sandbox was made: start the sandbox "
		"anew",
		NULL },
	{ "capabilities", EPERM, "sandboxctl lacks one of those in [process] of ",
		": give it that one too" },
	{ "rlimits", EPERM, "a limit in [process] of ",
		" is above sandboxctl's own: it needs CAP_SYS_RESOURCE for that" },
	{ "exec", ENOENT,
		"its interpreter is not in the sandbox: add 'exec = /lib /lib64', or what its #! "
		"line names, to [filesystem] of ",
		"" },
	{ NULL, ENOENT, "grant it in [filesystem] of ", "" },
};

static void add_cure(
	const struct plan *plan, const struct child_report *report, struct sbx_error *err)
{
	const char *step = child_steps[report->step].name;

	for (size_t i = 0; i < ARRAY_SIZE(cures); i++) {
		if (cures[i].errnum != report->errnum ||
			(cures[i].step && !streq(cures[i].step, step)))
			continue;
		if (cures[i].behind)
			(void)error_cure(err, 0, "%s'%s'%s", cures[i].cure, plan->policy->path,
				cures[i].behind);
		else
			(void)error_cure(err, 0, "%s", cures[i].cure);
		return;
	}
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

/*
 * Of what never ran: the failure that came first. When init ends all others in its namespace are
 * killed, and when the command ends init is.
 */
void failure_set(struct run *run, const struct ending *ending)
{
	const struct child_report *init = &run->reports[CHILD_INIT];
	const struct child_report *command = &run->reports[CHILD_COMMAND];

	if (command->errnum && command->errnum != -CHILD_NO_INIT)
		child_failed(run, CHILD_COMMAND);
	else if (init->errnum)
		child_failed(run, CHILD_INIT);
	else if (plan_has_init(run->plan) && !child_executed(init))
		child_was_killed(run, CHILD_INIT, ending->init.si_status);
	else
		child_was_killed(run, CHILD_COMMAND, ending->command.si_status);
}
