/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parent of a command does that goes into a sandbox which runs: finds it, and makes sure
 * that it is the one. Nothing is made but the process, so there is nothing to undo but that.
 */
#include "launch/exec.h"

#include "base/fs.h"
#include "base/process.h"
#include "kernel/cgroup_freeze.h"
#include "kernel/cgroup_signal.h"
#include "launch/children.h"
#include "launch/leaf.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>

/* What is counted from here on is told of this command, though all of the sandbox counts. */
static void note_counters(struct run *run)
{
	struct counters *before = &run->before;

	before->oom_kills = cgroup_event(&run->leaf, "memory.events", "oom_kill");
	before->pids_max = cgroup_event(&run->slice, "pids.events", "max");
	before->own_pids_max = cgroup_event(&run->leaf, "pids.events", "max");
}

static int has_ended(const struct run *run, struct sbx_error *err)
{
	const struct sandbox_status *s = run->plan->sandbox;

	return error_set(err, ESRCH, "sandbox '%s/%s' has ended", s->tenant, s->name);
}

int exec_find_leaf(struct run *run, struct sbx_error *err)
{
	const struct sandbox_status *s = run->plan->sandbox;
	const char *name = NULL;
	int r = leaf_find(s->cgroup, &run->slice, &name, err);

	if (r == 0)
		r = cgroup_open(&run->slice, name, &run->leaf, err);
	if (r == -ENOENT)
		return has_ended(run, err);
	if (r < 0)
		return r;
	/* The command would wait in there for as long as the rest does. */
	if (cgroup_is_frozen(&run->leaf)) {
		r = error_set(err, EBUSY, "sandbox '%s/%s' is frozen", s->tenant, s->name);
		return error_cure(err, r, "sandboxctl thaw %s/%s", s->tenant, s->name);
	}
	note_counters(run);
	return 0;
}

int exec_check_label(struct run *run, struct sbx_error *err)
{
	const struct plan *plan = run->plan;

	if (lsm_leaf_get(&run->lsm, run->leaf.id, &run->before.leaf) == 0 &&
		run->before.leaf.tenant == plan->tenant_id)
		return 0;
	return error_set(err, ESTALE, "cgroup '%s' isn't labelled as tenant '%s'", run->leaf.path,
		plan->policy->tenant);
}

/* The number behind "KEY:\t" in a /proc/PID/status; -1: there is none. */
static long number_of(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

/*
 * Until it has become the tenant, what it sees may still be the host's. A thread of the tenant's
 * that got the number of its first process has another parent.
 */
static int check_first(const struct run *run, pid_t pid, struct sbx_error *err)
{
	const struct sandbox_status *s = run->plan->sandbox;
	char path[64], status[8192];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (fs_read(AT_FDCWD, path, status, sizeof(status)) < 0 ||
		number_of(status, "\nPPid:\t") != s->supervisor ||
		cgroup_has_process(&run->leaf, pid) < 0)
		return has_ended(run, err);
	if (number_of(status, "\nUid:\t") == (long)run->plan->uid)
		return 0;
	r = error_set(err, EAGAIN, "sandbox '%s/%s' is not complete yet", s->tenant, s->name);
	return error_cure(err, r, "try again");
}

/*
 * The first process, which has the namespaces. Its number can't go to another one while it lives:
 * what was read of it beforehand was its own if it lives still.
 */
int exec_find_first(struct run *run, struct sbx_error *err)
{
	const struct sandbox_status *s = run->plan->sandbox;
	struct launched *first = &run->children[CHILD_INIT];
	pid_t pid = s->init ? s->init : s->pid;
	int r;

	first->pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
	if (first->pidfd < 0)
		return has_ended(run, err);
	r = children_move_up(run, &first->pidfd);
	if (r < 0)
		return error_errno(
			err, -r, "open the first process of '%s/%s'", s->tenant, s->name);
	r = check_first(run, pid, err);
	return r < 0 ? r : exec_check_running(run, err);
}

/*
 * Behind the clone: whoever ends the sandbox from now on finds the child in its cgroup. Who began
 * to end it before has ended its first process, or lost its name.
 */
int exec_check_running(struct run *run, struct sbx_error *err)
{
	const struct sandbox_status *s = run->plan->sandbox;

	if (process_is_alive(run->children[CHILD_INIT].pidfd) &&
		registry_is_held(s->tenant, s->name))
		return 0;
	return has_ended(run, err);
}
