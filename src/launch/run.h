/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run in progress: what the steps of the parent have made so far, and the tables that they stand
 * in.
 */
#ifndef SBX_LAUNCH_RUN_H
#define SBX_LAUNCH_RUN_H

#include "kernel/cgroup.h"
#include "kernel/pty.h"
#include "launch/log.h"
#include "launch/module_watch.h"
#include "launch/outcome.h"
#include "launch/plan.h"
#include "lsm/lsm.h"
#include "state/registry.h"

#include <signal.h>
#include <stddef.h>

struct terminal;

/* The processes that a run starts. */
enum child_role {
	CHILD_INIT, /* first of the pid namespace, if there is one; makes what the sandbox sees */
	CHILD_COMMAND, /* joins that one, or makes it all by itself */
	N_CHILDREN,
};

/* A child as its supervisor knows it. */
struct launched {
	pid_t pid;
	int pidfd; /* owned; -1: it isn't there, or was waited for */
};

/* Of a sandbox and its tenant. */
struct counters {
	uint64_t oom_kills, pids_max, own_pids_max;
	struct sbx_leaf leaf;
};

struct run {
	struct plan *plan; /* nothing of it changes; what is used up is closed */
	struct registry_entry entry;
	int tenant_lock;
	struct lsm lsm; /* map descriptors -1 when the host's `lsm = off` */
	struct cgroup base, slice, leaf;
	unsigned int base_level;
	uint32_t policy_id;
	int netns; /* -1: the host's */
	bool netns_made;
	int userns; /* -1: the host's */
	/* Read and write end; CLOEXEC, and above the children's fixed numbers. */
	int go[N_CHILDREN][2], done[2], ready[2];
	struct child_report *reports; /* of N_CHILDREN, shared with them until their exec; owned */
	int supervisor; /* pidfd of this process */
	int stdio[3]; /* what the command gets as 0, 1, 2; -1: what this process has */
	struct log *log; /* owned; NULL: none */
	int sockets[PLAN_SOCKETS_MAX]; /* owned; for the command, like those above the numbers */
	size_t n_sockets;
	struct terminal *terminal; /* owned; NULL: none */
	struct module_watch module; /* of a runtime */
	/* By role. Of `exec` the init isn't one: it was there before. */
	struct launched children[N_CHILDREN];
	bool started; /* the command was executed: what is the tenant's stays, for the next run */
	bool tenant_is_new; /* undone as a whole: no other run of the tenant's has come meanwhile */
	struct counters before; /* what was counted before this run */
	struct outcome *outcome;
};

/*
 * A step of the parent. `applies` NULL: always. `undo` NULL: nothing to undo. It runs in reverse
 * order when a later step failed, when its own did (so it copes with half of it), and when all has
 * ended.
 */
struct parent_step {
	const char *name;
	bool (*applies)(const struct run *run);
	int (*do_)(struct run *run, struct sbx_error *err);
	int (*undo)(struct run *run, struct sbx_error *err);
};

extern const struct parent_step parent_steps[], exec_steps[];
extern const size_t n_parent_steps, n_exec_steps;

#define CHILD_MAX_STEPS 40

/*
 * How far a child came, in memory that it shares with the supervisor until exec takes it away from
 * it. To be read when `done` has come to its end, which exec makes, and every other end of a child
 * too.
 */
struct child_report {
	uint32_t step; /* index of child_steps; the last is exec */
	int32_t errnum; /* that the step failed with; 0: it didn't */
	int32_t object; /* which bind or link failed; -1 */
	uint64_t began[CHILD_MAX_STEPS]; /* CLOCK_MONOTONIC, nsec; 0: it didn't apply, or nobody
					    traces */
};

/* What the command's steps fail with where it is init that failed, or was killed. */
#define CHILD_NO_INIT (-ECHILD)

/* Whether that child came to its exec, as far as it knows. */
bool child_executed(const struct child_report *report);

/* What the child knows. The descriptors are above PLAN_LAST_FD. */
struct child {
	const struct plan *plan;
	enum child_role role;
	int netns; /* -1: the host's */
	int go, done, exec_fd;
	int ready; /* init writes when others may join, and again when it is executed; they read */
	int init; /* pidfd of the init to join; -1: none */
	int userns; /* what to join, or a pidfd of who is in it; -1: the host's */
	int supervisor; /* pidfd */
	const int *stdio; /* of 3; -1: as it is */
	const int *sockets; /* of the command */
	int n_sockets;
	int terminal; /* socket by which its own terminal goes to the supervisor; -1: none */
	const struct pty_form *form; /* of that terminal */
	struct child_report *report;
	int root; /* set by its own step */
};

/* A step of a child: async-signal-safe, 0 or -errno. */
struct child_step {
	const char *name;
	bool (*applies)(const struct child *child);
	int (*do_)(struct child *child);
};

extern const struct child_step child_steps[];
extern const size_t n_child_steps;

/* What a step is called beside those of the other child: "init-make-root". */
void child_step_name(enum child_role role, size_t step, char name[static OUTCOME_STEP_MAX]);

/* Runs all steps, the last of which doesn't come back when all is well. */
_Noreturn void child_main(struct child *child);

/* Tells options->trace what the children's steps took, when all of them have come to an end. */
void trace_children(const struct run *run);

/* Kills a child that is there; what was asked for may take its time. */
int run_kill(const struct run *run, const struct launched *child, struct sbx_error *err);

/*
 * Waits for the end of a child that is there, which then isn't any more. -EBUSY where it has ended
 * and is traced by somebody who doesn't want to know.
 */
int run_reap(struct launched *child, siginfo_t *ret_end, struct sbx_error *err);

/* From GO to the end of the command: fills the outcome. */
int supervise(struct run *run, struct sbx_error *err);

/*
 * Where a step of the parent has failed: whether that came of init, which works meanwhile and takes
 * the command with it when it ends. Then the outcome says what it failed with.
 */
bool supervise_blames_init(struct run *run);

#endif
