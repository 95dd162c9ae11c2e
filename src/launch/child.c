/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child, from clone to exec: no malloc, no stdio, no locks. The order is the table at the end.
 */
#include "base/failpoint.h"
#include "kernel/credentials.h"
#include "kernel/seccomp.h"
#include "launch/run.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* First, for until GO the child isn't labelled for its set-up. */
static int wait_for_go(struct child *c)
{
	char byte;
	ssize_t n;

	do
		n = read(c->go, &byte, 1);
	while (n < 0 && errno == EINTR);
	/* End of file: the supervisor is gone or gave up. */
	return n == 1 ? 0 : -EPIPE;
}

static int new_session(struct child *c)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;

	(void)c;
	/* What the caller ignored or blocked is not the command's affair. */
	for (int signal = 1; signal < NSIG; signal++)
		if (signal != SIGKILL && signal != SIGSTOP)
			(void)sigaction(signal, &sa, NULL);
	if (sigemptyset(&none) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return -errno;
	(void)umask(0);
	return setsid() < 0 ? -errno : 0;
}

static bool has_netns(const struct child *c)
{
	return c->netns >= 0;
}

static int join_netns(struct child *c)
{
	return setns(c->netns, CLONE_NEWNET) < 0 ? -errno : 0;
}

static int isolate(struct child *c)
{
	(void)c;
	return root_isolate();
}

/* Only now, in the sandbox's own cgroup: that one becomes the root of what it sees. */
static int new_cgroupns(struct child *c)
{
	(void)c;
	return unshare(CLONE_NEWCGROUP) < 0 ? -errno : 0;
}

static int make_root(struct child *c)
{
	return root_make(&c->plan->root, &c->root, &c->report->object);
}

static int enter_root(struct child *c)
{
	return root_enter(&c->plan->root, c->root);
}

static int set_hostname(struct child *c)
{
	const char *tenant = c->plan->policy->tenant;

	return sethostname(tenant, strlen(tenant)) < 0 ? -errno : 0;
}

/*
 * What the caller may have more of than a tenant should. No core dumps: with 0 the kernel still
 * feeds a core_pattern that is a pipe, with 1 neither. Real-time priorities would pass by cpu.max.
 */
static const struct {
	int resource;
	rlim_t most;
} limits[] = {
	{ RLIMIT_CORE, 1 },
	{ RLIMIT_RTPRIO, 0 },
	{ RLIMIT_NICE, 0 },
};

/* Behind the descriptors, for NOFILE may be below the highest of them. */
static int set_rlimits(struct child *c)
{
	const struct policy *policy = c->plan->policy;

	for (size_t i = 0; i < policy->process.n_rlimits; i++) {
		const struct policy_rlimit *l = &policy->process.rlimits[i];
		const struct rlimit limit = { l->soft, l->hard };

		if (setrlimit((unsigned int)l->resource, &limit) < 0)
			return -errno;
	}
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct rlimit limit = { limits[i].most, limits[i].most };

		if (setrlimit(limits[i].resource, &limit) < 0)
			return -errno;
	}
	return 0;
}

/* 0, 1, 2, the pipe and what is executed; the latter two end with exec. */
static int close_descriptors(struct child *c)
{
	if (dup3(c->done, PLAN_DONE_FD, O_CLOEXEC) < 0)
		return -errno;
	c->done = PLAN_DONE_FD;
	if (dup3(c->exec_fd, PLAN_EXEC_FD, O_CLOEXEC) < 0)
		return -errno;
	c->exec_fd = PLAN_EXEC_FD;
	return syscall(SYS_close_range, PLAN_EXEC_FD + 1, ~0U, 0) < 0 ? -errno : 0;
}

static int drop_bounding(struct child *c)
{
	(void)c;
	return credentials_drop_bounding();
}

static int lock_securebits(struct child *c)
{
	(void)c;
	return credentials_lock_securebits();
}

static int set_ids(struct child *c)
{
	(void)umask(c->plan->policy->process.umask);
	return credentials_set_ids(c->plan->uid, c->plan->uid);
}

/* The caller's session keyring holds root's keys; the new one is the tenant's. */
static int new_keyring(struct child *c)
{
	(void)c;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return -errno;
	return 0;
}

/* After the ids, for their change clears it. The supervisor may have died before it was set. */
static int die_with_supervisor(struct child *c)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	return getppid() == c->supervisor ? 0 : -ESRCH;
}

static int drop_capabilities(struct child *c)
{
	(void)c;
	return credentials_drop_capabilities();
}

static int no_new_privs(struct child *c)
{
	(void)c;
	return credentials_no_new_privs();
}

/* Last before exec: from here on only what the tenant may call works. */
static int install_seccomp(struct child *c)
{
	return seccomp_install(&c->plan->filter);
}

static int exec_command(struct child *c)
{
	const struct plan *plan = c->plan;

	if (plan->exec_path)
		(void)execve(plan->exec_path, plan->argv.v, plan->env.v);
	else
		(void)syscall(
			SYS_execveat, c->exec_fd, "", plan->argv.v, plan->env.v, AT_EMPTY_PATH);
	return -errno;
}

const struct child_step child_steps[] = {
	{ "wait-for-go", NULL, wait_for_go },
	{ "session", NULL, new_session },
	{ "join-network", has_netns, join_netns },
	{ "isolate-mounts", NULL, isolate },
	{ "cgroup-namespace", NULL, new_cgroupns },
	{ "make-root", NULL, make_root },
	{ "enter-root", NULL, enter_root },
	{ "hostname", NULL, set_hostname },
	{ "descriptors", NULL, close_descriptors },
	{ "rlimits", NULL, set_rlimits },
	{ "bounding-set", NULL, drop_bounding },
	{ "securebits", NULL, lock_securebits },
	{ "ids", NULL, set_ids },
	{ "keyring", NULL, new_keyring },
	{ "parent-death", NULL, die_with_supervisor },
	{ "capabilities", NULL, drop_capabilities },
	{ "no-new-privs", NULL, no_new_privs },
	{ "seccomp", NULL, install_seccomp },
	{ "exec", NULL, exec_command },
};

const size_t n_child_steps = ARRAY_SIZE(child_steps);

/* A place to kill the supervisor. With the tenant's ids the child may not: it asks it to do so. */
static void failpoint(const struct child *c)
{
	if (!failpoint_is(child_steps[c->report->step].name))
		return;
	(void)!write(c->done, "", 1);
	while (getppid() == c->supervisor)
		(void)sched_yield();
}

_Noreturn void child_main(struct child *c)
{
	int r = 0;

	for (size_t i = 0; i < n_child_steps && r == 0; i++) {
		if (child_steps[i].applies && !child_steps[i].applies(c))
			continue;
		c->report->step = (uint32_t)i;
		failpoint(c);
		r = child_steps[i].do_(c);
	}
	c->report->errnum = -r;
	_exit(SANDBOXCTL_EXIT_SETUP);
}
