/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sandboxes there are, and what they use.
 */
#include "base/process.h"
#include "kernel/cgroup_freeze.h"
#include "kernel/cgroup_stats.h"
#include "lib/lib.h"
#include "state/registry.h"

static const enum cgroup_stat stats[SANDBOXCTL_N_STATS] = {
	[SANDBOXCTL_STAT_CPU_USAGE] = STAT_CPU_USAGE,
	[SANDBOXCTL_STAT_CPU_USER] = STAT_CPU_USER,
	[SANDBOXCTL_STAT_CPU_SYSTEM] = STAT_CPU_SYSTEM,
	[SANDBOXCTL_STAT_CPU_THROTTLED] = STAT_CPU_THROTTLED,
	[SANDBOXCTL_STAT_MEMORY] = STAT_MEMORY,
	[SANDBOXCTL_STAT_MEMORY_PEAK] = STAT_MEMORY_PEAK,
	[SANDBOXCTL_STAT_MEMORY_MAX] = STAT_MEMORY_MAX,
	[SANDBOXCTL_STAT_SWAP] = STAT_SWAP,
	[SANDBOXCTL_STAT_OOM_KILLS] = STAT_OOM_KILLS,
	[SANDBOXCTL_STAT_PIDS] = STAT_PIDS,
	[SANDBOXCTL_STAT_PIDS_MAX] = STAT_PIDS_MAX,
	[SANDBOXCTL_STAT_PIDS_MAX_HITS] = STAT_PIDS_MAX_HITS,
	[SANDBOXCTL_STAT_IO_READ] = STAT_IO_READ,
	[SANDBOXCTL_STAT_IO_WRITTEN] = STAT_IO_WRITTEN,
	[SANDBOXCTL_STAT_CPU_SOME] = STAT_CPU_SOME,
	[SANDBOXCTL_STAT_CPU_FULL] = STAT_CPU_FULL,
	[SANDBOXCTL_STAT_MEMORY_SOME] = STAT_MEMORY_SOME,
	[SANDBOXCTL_STAT_MEMORY_FULL] = STAT_MEMORY_FULL,
	[SANDBOXCTL_STAT_IO_SOME] = STAT_IO_SOME,
	[SANDBOXCTL_STAT_IO_FULL] = STAT_IO_FULL,
};

#if SANDBOXCTL_STAT_ABSENT != STAT_ABSENT || SANDBOXCTL_STAT_UNLIMITED != STAT_UNLIMITED
#error "the kernel room has other values for what is no number"
#endif

/* The entry's cgroup is this run's as long as its supervisor is. */
static int open_cgroup(
	const struct sandboxctl_run *run, struct cgroup *ret_leaf, struct sbx_error *err)
{
	struct sandbox_status status;
	unsigned int level;
	int r = registry_get(run->tenant, run->name, &status);

	if (r == 0)
		r = status.supervisor == run->supervisor
			    ? cgroup_open_base(status.cgroup, ret_leaf, &level, err)
			    : -ENOENT;
	if (r != -ENOENT)
		return r;
	if (!process_is_alive(run->pidfd))
		return error_set(err, ESRCH, "%s/%s has ended", run->tenant, run->name);
	return error_set(err, EAGAIN, "%s/%s is being made or taken away", run->tenant, run->name);
}

int sandboxctl_run_stats(
	struct sandboxctl_run *run, uint64_t *values, size_t n, struct sandboxctl_error *error)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	struct cgroup_stats read;
	struct sbx_error err = { 0 };
	int r = open_cgroup(run, &leaf, &err);

	if (r == 0)
		cgroup_stats_read(&leaf, &read);
	for (size_t i = 0; i < n && r == 0; i++)
		values[i] = i < ARRAY_SIZE(stats) ? read.value[stats[i]] : SANDBOXCTL_STAT_ABSENT;
	return lib_return(r, &err, error);
}

static enum sandboxctl_state state_of(const struct sandbox_status *s)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	unsigned int level;

	if (!s->running)
		return SANDBOXCTL_STATE_ORPHANED;
	return cgroup_open_base(s->cgroup, &leaf, &level, NULL) == 0 && cgroup_is_frozen(&leaf)
		       ? SANDBOXCTL_STATE_FROZEN
		       : SANDBOXCTL_STATE_RUNNING;
}

struct visitor {
	int (*visit)(const struct sandboxctl_status *status, void *arg);
	void *arg;
	int answer;
};

static int visit_one(const struct sandbox_status *s, void *arg)
{
	const struct sandboxctl_status status = {
		.tenant = s->tenant,
		.name = s->name,
		.state = state_of(s),
		.pid = (int)s->pid,
		.supervisor = (int)s->supervisor,
		.started = s->started,
		.cgroup = s->cgroup,
		.policy = s->policy,
	};
	struct visitor *v = arg;

	v->answer = v->visit(&status, v->arg);
	return v->answer ? -ECANCELED : 0;
}

int sandboxctl_each(const char *tenant,
	int (*visit)(const struct sandboxctl_status *status, void *arg), void *arg,
	struct sandboxctl_error *error)
{
	struct visitor v = { visit, arg, 0 };
	struct sbx_error err = { 0 };
	int r = lib_check_root(&err);

	if (r == 0 && tenant)
		r = lib_check_name(tenant, "tenant", &err);
	if (r == 0)
		r = registry_each(tenant, visit_one, &v, &err);
	return v.answer ? v.answer : lib_return(r, &err, error);
}
