/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/children.h"

#include "base/clock.h"
#include "kernel/clone.h"
#include "launch/exec.h"
#include "launch/sockets.h"
#include "launch/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

int children_first_free_fd(const struct plan *plan)
{
	return PLAN_LAST_FD + 1 + plan_n_sockets(plan);
}

int children_move_up(const struct run *run, int *fd)
{
	int first = children_first_free_fd(run->plan), moved;

	if (*fd >= first)
		return 0;
	moved = fcntl(*fd, F_DUPFD_CLOEXEC, first);
	if (moved < 0)
		return -errno;
	(void)close(*fd);
	*fd = moved;
	return 0;
}

/* Pipes and memory: what the LSM says of sockets doesn't touch them. */
static int open_pipes(struct run *run)
{
	int *const pipes[] = { run->go[CHILD_INIT], run->go[CHILD_COMMAND], run->done, run->ready };

	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			return -errno;
		for (size_t end = 0; end < 2; end++) {
			int r = children_move_up(run, &pipes[i][end]);

			if (r < 0)
				return r;
		}
	}
	return fcntl(run->done[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int open_self(struct run *run)
{
	run->supervisor = pidfd_open(getpid(), 0);
	return run->supervisor < 0 ? -errno : children_move_up(run, &run->supervisor);
}

int children_open_channels(struct run *run, struct sbx_error *err)
{
	int r = open_pipes(run);

	if (r == 0)
		r = open_self(run);
	if (r < 0)
		return error_errno(err, -r, "open the channels to the children");
	/* Touched here: it isn't the tenant's memory. */
	run->reports = mmap(NULL, N_CHILDREN * sizeof(*run->reports), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (run->reports == MAP_FAILED) {
		run->reports = NULL;
		return error_errno(err, errno, "open the channels to the children");
	}
	for (size_t i = 0; i < N_CHILDREN; i++)
		run->reports[i].object = -1;
	return 0;
}

/* What only the children are to hold: their end of file is a message. */
static void close_end(int *fd)
{
	close_fdp(fd);
	*fd = -1;
}

/* That of a sandbox which runs is where its first process is. */
static int userns_to_join(const struct run *run)
{
	if (!plan_has_userns(run->plan))
		return -1;
	return run->plan->sandbox ? run->children[CHILD_INIT].pidfd : run->userns;
}

static int clone_child(struct run *run, enum child_role role, uint64_t flags, struct sbx_error *err)
{
	_cleanup_close_ int exec_fd =
		fcntl(role == CHILD_INIT ? run->plan->init_fd : run->plan->exec_fd, F_DUPFD_CLOEXEC,
			children_first_free_fd(run->plan));
	struct child child = {
		.plan = run->plan,
		.role = role,
		.netns = run->netns,
		.go = run->go[role][0],
		.done = run->done[1],
		.exec_fd = exec_fd,
		.ready = run->ready[role == CHILD_INIT],
		.init = run->children[CHILD_INIT].pidfd,
		.userns = userns_to_join(run),
		.supervisor = run->supervisor,
		.stdio = run->stdio,
		.sockets = run->sockets,
		.n_sockets = role == CHILD_COMMAND ? (int)run->n_sockets : 0,
		.terminal = run->terminal ? run->terminal->channel[1] : -1,
		.form = run->terminal ? &run->terminal->form : NULL,
		.report = &run->reports[role],
		.root = -1,
	};
	struct launched *launched = &run->children[role];

	if (exec_fd < 0)
		return error_errno(err, errno, "open what is executed");
	launched->pid = clone_into_cgroup(flags, run->leaf.fd, &launched->pidfd, err);
	if (launched->pid < 0)
		return (int)launched->pid;
	if (launched->pid == 0) {
		/* Else the children's own copies would keep their reads from ever ending. */
		for (size_t i = 0; i < N_CHILDREN; i++)
			close_fdp(&run->go[i][1]);
		if (role == CHILD_INIT)
			(void)close(run->ready[0]);
		child_main(&child);
	}
	return 0;
}

int children_start_init(struct run *run, struct sbx_error *err)
{
	int r = clone_child(run, CHILD_INIT,
		CLONE_NEWPID | CLONE_NEWNS | (uint64_t)plan_birth_namespaces(run->plan), err);

	close_end(&run->ready[1]);
	return r;
}

/*
 * It is a child of this process and not of its init, so that its end is seen from here as it was.
 * For that this process' children are born there for a moment.
 */
static int start_beside_init(struct run *run, struct sbx_error *err)
{
	int r;

	if (setns(run->children[CHILD_INIT].pidfd, CLONE_NEWPID) < 0)
		return error_errno(err, errno, "enter the sandbox's pid namespace");
	r = clone_child(run, CHILD_COMMAND, 0, err);
	if (setns(run->supervisor, CLONE_NEWPID) < 0 && r == 0)
		r = error_errno(err, errno, "leave the sandbox's pid namespace");
	return r;
}

static int command_started(struct run *run)
{
	run->outcome->pid = run->children[CHILD_COMMAND].pid;
	close_end(&run->go[CHILD_COMMAND][0]);
	close_end(&run->done[1]);
	close_end(&run->ready[0]);
	for (size_t i = 0; i < ARRAY_SIZE(run->stdio); i++)
		close_end(&run->stdio[i]);
	if (run->terminal)
		close_end(&run->terminal->channel[1]);
	return sockets_close(run, NULL);
}

int children_start_command(struct run *run, struct sbx_error *err)
{
	int r = plan_has_init(run->plan)
			? start_beside_init(run, err)
			: clone_child(run, CHILD_COMMAND,
				  CLONE_NEWNS | (uint64_t)plan_birth_namespaces(run->plan), err);

	return r < 0 ? r : command_started(run);
}

/* Beside its first process, whether that one has a pid namespace or not. */
int children_start_in_sandbox(struct run *run, struct sbx_error *err)
{
	int r = run->plan->sandbox->init ? start_beside_init(run, err)
					 : clone_child(run, CHILD_COMMAND, 0, err);

	if (r == 0)
		return command_started(run);
	/* Without its first process a pid namespace is said to be out of memory. */
	(void)exec_check_running(run, err);
	return r;
}

/*
 * A caller without CAP_KILL may not signal what has the tenant's uid by now, but may write into the
 * cgroup. That of a sandbox which only was joined ends more than was begun.
 */
int run_kill(const struct run *run, const struct launched *child, struct sbx_error *err)
{
	if (pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0) == 0 || errno == ESRCH)
		return 0;
	if (run->plan->sandbox)
		return error_errno(err, errno, "kill the command");
	return cgroup_kill(&run->leaf, err);
}

/* 1: it was waited for. 0: it lives, or who traces it was not told yet that it doesn't. */
static int try_reap(int pidfd, siginfo_t *ret_end)
{
	ret_end->si_pid = 0;
	while (waitid(P_PIDFD, (id_t)pidfd, ret_end, WEXITED | WNOHANG) < 0)
		if (errno != EINTR)
			return -errno;
	return ret_end->si_pid != 0;
}

/* For a tracer to take notice. In a sandbox there may be one that never does. */
#define TRACER_USEC 2000000
#define LOOK_MS	    10

int run_reap(struct launched *child, siginfo_t *ret_end, struct sbx_error *err)
{
	struct pollfd end = { .fd = child->pidfd, .events = POLLIN };
	uint64_t deadline = CLOCK_NEVER;
	int r;

	while ((r = try_reap(child->pidfd, ret_end)) == 0) {
		if (deadline != CLOCK_NEVER && clock_usec() >= deadline)
			return error_cure(err,
				error_set(err, EBUSY,
					"the command has ended, and what traces it keeps how"),
				"end that: it is in the sandbox");
		if (deadline != CLOCK_NEVER)
			(void)poll(NULL, 0, LOOK_MS);
		else if (poll(&end, 1, -1) == 1)
			deadline = clock_usec() + TRACER_USEC;
	}
	if (r < 0)
		return error_errno(err, -r, "wait for the command");
	close_end(&child->pidfd);
	return 0;
}

static int end_child(struct run *run, struct launched *child, struct sbx_error *err)
{
	siginfo_t end;
	int r;

	if (child->pidfd < 0)
		return 0;
	r = run_kill(run, child, err);
	return r < 0 ? r : run_reap(child, &end, err);
}

/* Only one that was never told to go: one that ran was waited for. */
int children_end_command(struct run *run, struct sbx_error *err)
{
	return end_child(run, &run->children[CHILD_COMMAND], err);
}

/* With it everything that is left in its namespace ends, and has ended when it is waited for. */
int children_end_init(struct run *run, struct sbx_error *err)
{
	return end_child(run, &run->children[CHILD_INIT], err);
}

int children_label_init(struct run *run, struct sbx_error *err)
{
	return lsm_task_setup(
		&run->lsm, run->children[CHILD_INIT].pidfd, run->leaf.id, SBX_TASK_SETUP_INIT, err);
}

int children_label_command(struct run *run, struct sbx_error *err)
{
	return lsm_task_setup(
		&run->lsm, run->children[CHILD_COMMAND].pidfd, run->leaf.id, SBX_TASK_SETUP, err);
}

static int say_go(struct run *run, enum child_role role, struct sbx_error *err)
{
	ssize_t n = write(run->go[role][1], "", 1);

	/* One that has failed before that has said why in its report. */
	if (n < 0 && errno != EPIPE)
		return error_errno(err, errno, "start the children");
	return 0;
}

int children_say_go_init(struct run *run, struct sbx_error *err)
{
	int r = say_go(run, CHILD_INIT, err);

	close_end(&run->go[CHILD_INIT][0]);
	close_end(&run->go[CHILD_INIT][1]);
	return r;
}

/* The other end stays: a command that waits for it ends with this process. */
int children_say_go(struct run *run, struct sbx_error *err)
{
	return say_go(run, CHILD_COMMAND, err);
}
