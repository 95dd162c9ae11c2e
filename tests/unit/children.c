/* SPDX-License-Identifier: Apache-2.0 */
/* What a supervisor learns of its children, which a tenant may do things to. */
#include "launch/run.h"

#include "test.h"

#include <signal.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static struct launched begin(void)
{
	struct launched child = { .pid = fork(), .pidfd = -1 };

	if (child.pid == 0)
		for (;;)
			(void)pause();
	child.pidfd = pidfd_open(child.pid, 0);
	ASSERT_TRUE(child.pidfd >= 0);
	return child;
}

/* Traces it from here on, and never waits. */
static pid_t trace(pid_t pid)
{
	int ready[2];
	pid_t tracer;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	tracer = fork();
	if (tracer == 0) {
		if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	(void)close(ready[0]);
	return tracer;
}

TEST(a_child_that_was_killed)
{
	struct launched child = begin();
	siginfo_t end;

	ASSERT_EQ(0, kill(child.pid, SIGKILL));
	ASSERT_EQ(0, run_reap(&child, &end, NULL));
	EXPECT_EQ(SIGKILL, end.si_status);
	EXPECT_EQ(-1, child.pidfd);
}

/* A command in a sandbox may be traced by another one there, for as long as that likes. */
TEST(a_child_whose_tracer_never_waits)
{
	struct launched child = begin();
	struct sbx_error err = { 0 };
	pid_t tracer = trace(child.pid);
	siginfo_t end;

	ASSERT_EQ(0, kill(child.pid, SIGKILL));
	EXPECT_EQ(-EBUSY, run_reap(&child, &end, &err));
	EXPECT_TRUE(child.pidfd >= 0);
	ASSERT_EQ(0, kill(tracer, SIGKILL));
	ASSERT_EQ(tracer, waitpid(tracer, NULL, 0));
	EXPECT_EQ(0, run_reap(&child, &end, NULL));
	EXPECT_EQ(SIGKILL, end.si_status);
}
