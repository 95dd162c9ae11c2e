/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rarer ways to reach for another process.
 */
#include "probe.h"

#include <linux/ioprio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int attempt_tgkill(char **args, struct detail *detail)
{
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return tgkill(pid, pid, 0) < 0 ? -errno : 0;
}

static int attempt_sigqueue(char **args, struct detail *detail)
{
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return sigqueue(pid, 0, (union sigval){ 0 }) < 0 ? -errno : 0;
}

static int attempt_ioprio(char **args, struct detail *detail)
{
	long best_effort = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, IOPRIO_NORM);
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, best_effort) < 0 ? -errno : 0;
}

/* kcmp(2) of this process and the other one. */
static int attempt_kcmp(char **args, struct detail *detail)
{
	pid_t pid;

	(void)detail;
	if (parse_pid(args[0], &pid))
		return PROBE_USAGE;
	return syscall(SYS_kcmp, getpid(), pid, 0, 0, 0) < 0 ? -errno : 0;
}

/* Where it was allowed the parent is the tracer of this process until its end, and hears of it. */
static int attempt_traceme(char **args, struct detail *detail)
{
	(void)args;
	(void)detail;
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? -errno : 0;
}

/* The child asks for it, whose parent is this process. */
static int attempt_traceme_child(char **args, struct detail *detail)
{
	pid_t child = fork();
	int status;

	(void)args;
	if (child < 0)
		return failed_at(detail, "fork");
	if (child == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0);
	if (waitpid(child, &status, 0) < 0)
		return failed_at(detail, "wait");
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

/* A grandchild that asked for a signal at its parent's end is gone when that has ended. */
static int attempt_parent_death(char **args, struct detail *detail)
{
	int alive[2], ready[2];
	char byte;
	pid_t child;

	(void)args;
	if (pipe(alive) < 0 || pipe(ready) < 0)
		return failed_at(detail, "pipe");
	child = fork();
	if (child < 0)
		return failed_at(detail, "fork");
	if (child == 0) {
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGUSR1);
			(void)close(alive[0]);
			(void)!write(ready[1], "", 1);
			for (;;)
				(void)pause();
		}
		(void)!read(ready[0], &byte, 1);
		_exit(0);
	}
	(void)close(alive[1]);
	(void)waitpid(child, NULL, 0);
	/* Its end closes the pipe. */
	(void)alarm(10);
	return read(alive[0], &byte, 1) == 0 ? 0 : -EIO;
}

/* Signals, timers and the end of children, all within one sandbox. */
static int attempt_own_signals(char **args, struct detail *detail)
{
	sigset_t set;
	pid_t child;
	int got, status;

	(void)args;
	(void)sigfillset(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)alarm(1);
	if (sigwait(&set, &got) || got != SIGALRM)
		return failed_at(detail, "alarm");
	if (raise(SIGUSR2) || sigwait(&set, &got) || got != SIGUSR2)
		return failed_at(detail, "raise");
	child = fork();
	if (child == 0) {
		_exit(kill(getppid(), SIGUSR1) < 0 || sigwait(&set, &got) || got != SIGTERM);
	}
	if (child < 0 || sigwait(&set, &got) || got != SIGUSR1)
		return failed_at(detail, "a child's signal");
	if (kill(child, SIGTERM) < 0)
		return failed_at(detail, "kill");
	if (sigwait(&set, &got) || got != SIGCHLD || waitpid(child, &status, 0) < 0 || status)
		return failed_at(detail, "a child's end");
	return 0;
}

const struct attempt attempts_reach[] = {
	{ "tgkill", "PID", 1, 1, attempt_tgkill, "ask by tgkill" },
	{ "sigqueue", "PID", 1, 1, attempt_sigqueue, "ask by rt_sigqueueinfo" },
	{ "ioprio", "PID", 1, 1, attempt_ioprio, "set its I/O priority" },
	{ "kcmp", "PID", 1, 1, attempt_kcmp, "compare it with this process" },
	{ "traceme", "", 0, 0, attempt_traceme, "be traced by the parent" },
	{ "traceme-child", "", 0, 0, attempt_traceme_child, "a child, traced by this process" },
	{ "parent-death", "", 0, 0, attempt_parent_death,
		"a grandchild ends with its parent, as it wished" },
	{ "own-signals", "", 0, 0, attempt_own_signals, "signals to itself and its children" },
	{ 0 },
};
