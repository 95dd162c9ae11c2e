/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run in progress: what the steps of the parent have made so far, and the tables that they stand
 * in.
 */
#ifndef SBX_LAUNCH_RUN_H
#define SBX_LAUNCH_RUN_H

#include "kernel/cgroup.h"
#include "launch/outcome.h"
#include "launch/plan.h"
#include "lsm/lsm.h"
#include "state/registry.h"

#include <stddef.h>

struct run {
	const struct plan *plan;
	struct registry_entry entry;
	int tenant_lock;
	struct lsm lsm; /* map descriptors -1 when the host's `lsm = off` */
	struct cgroup base, slice, leaf;
	unsigned int base_level;
	uint32_t policy_id;
	int netns; /* -1: the host's */
	bool netns_made;
	int go[2], done[2]; /* read and write end; CLOEXEC, and above the child's fixed numbers */
	struct child_report *report; /* shared with the child until its exec; owned */
	pid_t supervisor, pid;
	int pidfd;
	bool started; /* the command was executed: what is the tenant's stays, for the next run */
	bool tenant_is_new; /* undone as a whole: no other run of the tenant's has come meanwhile */
	uint64_t pids_max_before;
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

extern const struct parent_step parent_steps[];
extern const size_t n_parent_steps;

/*
 * How far the child came, in memory that it shares with the supervisor until exec takes it away
 * from it. To be read when `done` has come to its end, which exec makes, and every other end of the
 * child too.
 */
struct child_report {
	uint32_t step; /* index of child_steps; the last is exec */
	int32_t errnum; /* that the step failed with; 0: it didn't */
	int32_t object; /* which bind or link failed; -1 */
};

/* What the child knows. */
struct child {
	const struct plan *plan;
	int netns;
	int go, done, exec_fd; /* numbers above PLAN_EXEC_FD */
	struct child_report *report;
	pid_t supervisor;
	int root; /* set by its own step */
};

/* A step of the child: async-signal-safe, 0 or -errno. */
struct child_step {
	const char *name;
	bool (*applies)(const struct child *child);
	int (*do_)(struct child *child);
};

extern const struct child_step child_steps[];
extern const size_t n_child_steps;

/* Runs all steps, the last of which doesn't come back when all is well. */
_Noreturn void child_main(struct child *child);

/* From GO to the end of the command: fills the outcome. */
int supervise(struct run *run, struct sbx_error *err);

#endif
