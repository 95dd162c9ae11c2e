/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the child is and what it may, down to its exec.
 */
#include "base/process.h"
#include "kernel/credentials.h"
#include "kernel/inherited.h"
#include "kernel/pty.h"
#include "kernel/rlimits.h"
#include "kernel/seccomp.h"
#include "launch/child_steps.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/*
 * Where it joins a sandbox, those that are in there wait for it, and /proc shows it to them. Until
 * now its uid, which is root's, was all that kept them off.
 */
int child_hide(struct child *c)
{
	(void)c;
	return inherited_hide();
}

/* Before all else, for until GO the child isn't labelled for its set-up. */
int child_wait_for_go(struct child *c)
{
	char byte;
	ssize_t n;

	do
		n = read(c->go, &byte, 1);
	while (n < 0 && errno == EINTR);
	/* End of file: the supervisor is gone or gave up. */
	return n == 1 ? 0 : -EPIPE;
}

int child_new_session(struct child *c)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t none;

	/* All others are as usual: launch.c. It lasts over exec, and is how init reaps: wait(2). */
	if (c->role == CHILD_INIT && sigaction(SIGCHLD, &ignore, NULL) < 0)
		return -errno;
	if (sigemptyset(&none) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return -errno;
	(void)umask(0);
	return setsid() < 0 ? -errno : 0;
}

/* Before the root is the sandbox's, whose /proc may show other processes than this one, or be
 * missing. */
int child_drop_inherited(struct child *c)
{
	(void)c;
	return inherited_reset();
}

int child_set_stdio(struct child *c)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (c->stdio[fd] >= 0 && dup2(c->stdio[fd], fd) < 0)
			return -errno;
	return 0;
}

/* Of its root. Nothing of the caller's terminal is left to it. */
int child_open_terminal(struct child *c)
{
	_cleanup_close_ int master = -1, slave = -1;
	int r = pty_open(c->form, &master, &slave);

	if (r == 0)
		r = pty_control(slave, c->plan->uid, c->plan->gid);
	if (r == 0)
		r = pty_send(c->terminal, master, slave);
	for (int fd = 0; r == 0 && fd <= STDERR_FILENO; fd++)
		if (dup2(slave, fd) < 0)
			r = -errno;
	return r;
}

/* As systemd hands them over: from 3 on, and the variables say how many, and to which process. */
static int put_sockets(struct child *c)
{
	char digits[sizeof(PLAN_LISTEN_PID)] = "", *first = &digits[sizeof(digits) - 1];
	unsigned int pid = (unsigned int)getpid();

	for (int i = 0; i < c->n_sockets; i++)
		if (dup3(c->sockets[i], PLAN_FIRST_SOCKET + i, 0) < 0)
			return -errno;
	for (; pid; pid /= 10)
		*--first = (char)('0' + pid % 10);
	/* This process' copy of the text. */
	if (c->n_sockets)
		(void)stpcpy(c->plan->listen_pid, first);
	return 0;
}

/*
 * 0, 1, 2, sockets, and the launcher's own, which end with exec. Init has none of the first three
 * but one to say that it runs.
 */
int child_close_descriptors(struct child *c)
{
	struct {
		int *fd, number;
	} kept[] = {
		/* First: it alone may have one of these numbers already. */
		{ &c->exec_fd, PLAN_EXEC_FD },
		{ &c->done, PLAN_DONE_FD },
		{ &c->ready, PLAN_READY_FD },
		{ &c->supervisor, PLAN_SUPERVISOR_FD },
		{ &c->userns, PLAN_USERNS_FD },
	};

	int r;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		int number = kept[i].number + c->n_sockets;

		/* What isn't there leaves no place for what the caller has by that number. */
		if (*kept[i].fd < 0)
			(void)close(number);
		else if (*kept[i].fd != number && dup3(*kept[i].fd, number, O_CLOEXEC) < 0)
			return -errno;
		else
			*kept[i].fd = number;
	}
	r = put_sockets(c);
	if (r < 0)
		return r;
	if (c->role == CHILD_INIT && (syscall(SYS_close_range, 0, STDERR_FILENO, 0) < 0 ||
					     dup2(c->ready, STDIN_FILENO) < 0))
		return -errno;
	return syscall(SYS_close_range, PLAN_LAST_FD + 1 + c->n_sockets, ~0U, 0) < 0 ? -errno : 0;
}

/* Behind the descriptors, for NOFILE may be below the highest of them. */
int child_set_rlimits(struct child *c)
{
	return rlimits_set(c->plan->policy);
}

static uint64_t capabilities(const struct child *c)
{
	return c->role == CHILD_INIT ? 0 : c->plan->policy->process.capabilities;
}

int child_drop_bounding(struct child *c)
{
	return credentials_drop_bounding(capabilities(c));
}

int child_lock_securebits(struct child *c)
{
	return credentials_lock_securebits(capabilities(c));
}

int child_drop_groups(struct child *c)
{
	(void)c;
	return credentials_drop_groups();
}

/*
 * When all is done that takes the host's root: here it has every capability, but over nothing that
 * was made before. They and the securebits begin anew.
 */
int child_join_userns(struct child *c)
{
	return setns(c->userns, CLONE_NEWUSER) < 0 ? -errno : 0;
}

int child_set_ids(struct child *c)
{
	int r;

	(void)umask(c->plan->policy->process.umask);
	r = credentials_set_ids(c->plan->uid, c->plan->gid);
	/* With fs.suid_dumpable = 1 the change has made it visible. */
	return r < 0 ? r : inherited_hide();
}

/* The caller's session keyring holds root's keys; the new one is the tenant's. */
int child_new_keyring(struct child *c)
{
	(void)c;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return -errno;
	return 0;
}

/*
 * After the ids, for their change clears it. The supervisor may have died before it was set; its
 * number says nothing in another pid namespace.
 */
int child_die_with_supervisor(struct child *c)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	return process_is_alive(c->supervisor) ? 0 : -ESRCH;
}

int child_set_capabilities(struct child *c)
{
	return credentials_set_capabilities(capabilities(c));
}

int child_no_new_privs(struct child *c)
{
	(void)c;
	return credentials_no_new_privs();
}

/* Last before exec: from here on only what the tenant may call works. */
int child_install_seccomp(struct child *c)
{
	return c->role == CHILD_INIT ? seccomp_install_for_init(PLAN_EXEC_FD, STDIN_FILENO)
				     : seccomp_install(&c->plan->filter,
					       c->plan->policy->audit.syscalls == POLICY_YES);
}

int child_exec(struct child *c)
{
	static const char *const init[] = { "init", NULL }, *const nothing[] = { NULL };
	const struct plan *plan = c->plan;

	if (c->role == CHILD_INIT)
		(void)syscall(SYS_execveat, c->exec_fd, "", init, nothing, AT_EMPTY_PATH);
	else if (plan->is_script)
		(void)execve(plan->exec_path, plan->argv.v, plan->env.v);
	else
		(void)syscall(
			SYS_execveat, c->exec_fd, "", plan->argv.v, plan->env.v, AT_EMPTY_PATH);
	return -errno;
}
