/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a command that never ran: step, words, cure and exit code. */
#include "launch/failure.h"
#include "sandboxctl/exit.h"

#include "test.h"

#include <signal.h>

static char *const command[] = { "/bin/command", NULL };
static const struct run_options options = { .command = command };
static struct root_bind binds[] = { { .path = "/srv/a" }, { .path = "/srv/b" } };
static struct root_link links[] = { { "/bin", "usr/bin" } };
static struct policy policy = { .path = "/etc/acme.ini", .process.cwd = "/srv" };
static struct plan plan = {
	.options = &options,
	.policy = &policy,
	.binds = binds,
	.root.n_binds = 2,
	.links = links,
	.init_place.fd = -1,
};
static struct child_report reports[N_CHILDREN];
static struct outcome outcome;
static struct run run = { .plan = &plan, .reports = reports, .outcome = &outcome };

static uint32_t step_of(const char *name)
{
	for (uint32_t i = 0; i < n_child_steps; i++)
		if (streq(child_steps[i].name, name))
			return i;
	ASSERT_TRUE(!"a step of the table");
	return 0;
}

static void fail(enum child_role role, const char *step, int errnum, int object)
{
	reports[role] = (struct child_report){ step_of(step), errnum, object, { 0 } };
	outcome = (struct outcome){ 0 };
	failure_set(&run, &(struct ending){ 0 });
	EXPECT_EQ(OUTCOME_SETUP, outcome.reason);
}

TEST(steps_and_their_cures)
{
	static const struct {
		const char *step;
		int errnum, object, exit_code;
		const char *text, *cure;
	} cases[] = {
		{ "exec", ENOENT, -1, 127, "'/bin/command': No such file or directory",
			"its interpreter is not in the sandbox: add 'exec = /lib /lib64', or what "
			"its #! line names, to [filesystem] of '/etc/acme.ini'" },
		{ "exec", EACCES, -1, 126, "'/bin/command': Permission denied", "" },
		{ "cwd", ENOENT, -1, 125, "'/srv': No such file or directory",
			"grant it in [filesystem] of '/etc/acme.ini'" },
		{ "find-command", ESTALE, -1, 125, "'/bin/command': Stale file handle",
			"another file has taken its place since the sandbox was made: start the "
			"sandbox anew" },
		{ "capabilities", EPERM, -1, 125, "'/bin/command': Operation not permitted",
			"sandboxctl lacks one of those in [process] of '/etc/acme.ini': give it "
			"that one too" },
		{ "rlimits", EPERM, -1, 125, "'/bin/command': Operation not permitted",
			"a limit in [process] of '/etc/acme.ini' is above sandboxctl's own: it "
			"needs CAP_SYS_RESOURCE for that" },
		{ "ids", EPERM, -1, 125, "'/bin/command': Operation not permitted", "" },
		{ "terminal", ENOSPC, -1, 125, "'/dev/pts/ptmx': No space left on device", "" },
		{ "make-root", EACCES, 1, 125, "'/srv/b': Permission denied", "" },
		{ "make-root", ESTALE, 1, 125, "'/srv/b': Stale file handle",
			"another has taken its place just now: try again" },
		{ "make-root", EEXIST, 2, 125, "'/bin': File exists", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fail(CHILD_COMMAND, cases[i].step, cases[i].errnum, cases[i].object);
		EXPECT_STREQ(cases[i].step, outcome.step);
		EXPECT_EQ(cases[i].exit_code, outcome.exit_code);
		EXPECT_STREQ(cases[i].text, outcome.error.text);
		EXPECT_STREQ(cases[i].cure, outcome.error.cure);
	}
}

/* What the command fails with since init has ended is no news; init's exec isn't the command's. */
TEST(the_failure_that_came_first)
{
	reports[CHILD_COMMAND] =
		(struct child_report){ step_of("join-init"), -CHILD_NO_INIT, -1, { 0 } };
	fail(CHILD_INIT, "exec", ENOENT, -1);
	EXPECT_STREQ("init-exec", outcome.step);
	EXPECT_EQ(SANDBOXCTL_EXIT_SETUP, outcome.exit_code);
	reports[CHILD_COMMAND].errnum = EIO;
	fail(CHILD_INIT, "exec", ENOENT, -1);
	EXPECT_STREQ("join-init", outcome.step);
}

TEST(killed_before_it_ran)
{
	const struct ending ending = { .command.si_status = SIGKILL };

	reports[CHILD_COMMAND].step = step_of("rlimits");
	outcome = (struct outcome){ 0 };
	failure_set(&run, &ending);
	EXPECT_STREQ("rlimits", outcome.step);
	EXPECT_EQ(SANDBOXCTL_EXIT_SETUP, outcome.exit_code);
	EXPECT_STREQ("killed by signal 9 before the command ran", outcome.error.text);
	EXPECT_STREQ("", outcome.error.cure);
	outcome = (struct outcome){ .oom_kills = 1 };
	failure_set(&run, &ending);
	EXPECT_STREQ("memory.max is too small for the set-up: raise it in '/etc/acme.ini'",
		outcome.error.cure);
}
