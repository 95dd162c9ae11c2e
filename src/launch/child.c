/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The children, from clone to exec. The order is the table.
 */
#include "base/clock.h"
#include "base/failpoint.h"
#include "launch/child_steps.h"

#include "sandboxctl/exit.h"

#include <poll.h>

static bool is_init(const struct child *c)
{
	return c->role == CHILD_INIT;
}

static bool is_command(const struct child *c)
{
	return c->role == CHILD_COMMAND;
}

/* The command, with an init of this run that makes what it sees. */
static bool has_own_init(const struct child *c)
{
	return is_command(c) && plan_has_init(c->plan);
}

static bool awaits_unfiltered(const struct child *c)
{
	return has_own_init(c) && !c->plan->filter_allows_read;
}

static bool awaits_filtered(const struct child *c)
{
	return has_own_init(c) && c->plan->filter_allows_read;
}

/* And one that finds it made. */
static bool joins(const struct child *c)
{
	return has_own_init(c) || c->plan->sandbox;
}

static bool makes(const struct child *c)
{
	return !joins(c);
}

static bool makes_network(const struct child *c)
{
	return makes(c) && c->netns >= 0;
}

static bool makes_namespaces(const struct child *c)
{
	return makes(c) && plan_set_up_namespaces(c->plan);
}

static bool makes_proc(const struct child *c)
{
	return makes(c) && plan_has_proc(c->plan);
}

static bool makes_hostname(const struct child *c)
{
	return makes(c) && c->plan->policy->namespaces.uts;
}

static bool changes_userns(const struct child *c)
{
	return plan_has_userns(c->plan);
}

static bool stays_in_userns(const struct child *c)
{
	return !changes_userns(c);
}

static bool is_foreground(const struct child *c)
{
	return !c->plan->options->detach;
}

static bool has_stdio(const struct child *c)
{
	return is_command(c) && options_want_log(c->plan->options);
}

static bool has_terminal(const struct child *c)
{
	return is_command(c) && c->plan->options->tty;
}

const struct child_step child_steps[] = {
	{ "wait-for-go", NULL, child_wait_for_go },
	{ "hide", NULL, child_hide },
	{ "session", NULL, child_new_session },
	{ "inherited", NULL, child_drop_inherited },
	{ "join-network", makes_network, child_join_netns },
	{ "isolate-mounts", makes, child_isolate },
	{ "new-namespaces", makes_namespaces, child_new_namespaces },
	{ "make-root", makes, child_make_root },
	{ "proc", makes_proc, child_mount_proc },
	{ "enter-root", makes, child_enter_root },
	{ "hostname", makes_hostname, child_set_hostname },
	{ "ready", is_init, child_say_ready },
	/* What needs none of that the command does meanwhile. */
	{ "bounding-set", stays_in_userns, child_drop_bounding },
	{ "securebits", stays_in_userns, child_lock_securebits },
	{ "join-init", joins, child_join_init },
	{ "cwd", is_command, child_enter_cwd },
	{ "find-command", is_command, child_find_command },
	{ "stdio", has_stdio, child_set_stdio },
	{ "terminal", has_terminal, child_open_terminal },
	{ "descriptors", NULL, child_close_descriptors },
	{ "rlimits", NULL, child_set_rlimits },
	{ "groups", NULL, child_drop_groups },
	{ "join-user", changes_userns, child_join_userns },
	{ "bounding-set", changes_userns, child_drop_bounding },
	{ "securebits", changes_userns, child_lock_securebits },
	{ "ids", NULL, child_set_ids },
	{ "keyring", NULL, child_new_keyring },
	{ "parent-death", is_foreground, child_die_with_supervisor },
	{ "capabilities", NULL, child_set_capabilities },
	{ "no-new-privs", NULL, child_no_new_privs },
	/* The kernel compiles the filter while init is executed, if it lets the command wait. */
	{ "await-init", awaits_unfiltered, child_await_init },
	{ "seccomp", NULL, child_install_seccomp },
	{ "await-init", awaits_filtered, child_await_init },
	{ "exec", NULL, child_exec },
};

const size_t n_child_steps = ARRAY_SIZE(child_steps);
_Static_assert(ARRAY_SIZE(child_steps) <= CHILD_MAX_STEPS, "a report has room for each step");

bool child_executed(const struct child_report *report)
{
	return report->step == n_child_steps - 1 && report->errnum == 0;
}

void child_step_name(enum child_role role, size_t step, char name[static OUTCOME_STEP_MAX])
{
	(void)stpcpy(stpcpy(name, role == CHILD_INIT ? "init-" : ""), child_steps[step].name);
}

/*
 * A place to kill the supervisor. With the tenant's ids the child may not, and in its pid namespace
 * it can't: it asks it to do so, and waits for it.
 */
static int failpoint(const struct child *c, const char *when)
{
	struct pollfd supervisor = { .fd = c->supervisor, .events = POLLIN };
	const char role = (char)c->role;
	char name[OUTCOME_STEP_MAX];

	if (!FAILPOINTS)
		return 0;
	child_step_name(c->role, c->report->step, name);
	if (streq(when, ":after") || !failpoint_is(name, ""))
		return failpoint_error(name, when);
	(void)!write(c->done, &role, 1);
	while (poll(&supervisor, 1, -1) != 1)
		;
	return 0;
}

_Noreturn void child_main(struct child *c)
{
	int r = 0;

	for (size_t i = 0; i < n_child_steps && r == 0; i++) {
		if (child_steps[i].applies && !child_steps[i].applies(c))
			continue;
		c->report->step = (uint32_t)i;
		/* Only if anybody asks: a child has to fetch each page of code anew. */
		if (c->plan->options->trace)
			c->report->began[i] = clock_nsec();
		r = failpoint(c, ":before");
		if (r == 0)
			r = child_steps[i].do_(c);
		if (r == 0)
			r = failpoint(c, ":after");
	}
	c->report->errnum = -r;
	_exit(SANDBOXCTL_EXIT_SETUP);
}
