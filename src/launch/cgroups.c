/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/cgroups.h"

#include "kernel/devices.h"
#include "launch/leaf.h"

#include <fcntl.h>

int cgroups_open_base(struct run *run, struct sbx_error *err)
{
	const struct policy *policy = run->plan->policy;
	const struct policy_cgroup *const settings[] = { &policy->cgroup, &policy->cgroup_sandbox,
		NULL };
	int r = cgroup_make_base(run->plan->host.base, settings, &run->base, &run->base_level, err);

	if (r == 0 && run->plan->host.lsm)
		r = lsm_check_base(&run->lsm, run->base.id, run->base_level, err);
	return r;
}

bool cgroups_sets_totals(const struct run *run)
{
	return policy_find_setting(run->plan->policy, "cgroup") != NULL;
}

static int stop_at_other(const char *tenant, const char *name, void *arg)
{
	const struct run *run = arg;

	return !streq(name, run->plan->name) && registry_is_held(tenant, name) ? -EBUSY : 0;
}

/* The supervisor of one that is in the slice may have been killed, so that the registry holds none.
 */
static bool has_others(struct run *run)
{
	const char *tenant = run->plan->policy->tenant;
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	char name[LEAF_NAME_MAX];
	bool populated = true;

	if (registry_each_folder(tenant, stop_at_other, run, NULL) < 0)
		return true;
	leaf_name(name, tenant, LEAF_SLICE_END);
	if (cgroup_open(&run->base, name, &slice, NULL) == -ENOENT)
		return false;
	return slice.fd < 0 || cgroup_is_populated(&slice, &populated, NULL) < 0 || populated;
}

/* What the command line says of the tenant's totals is said to all of its sandboxes. */
int cgroups_check_totals(struct run *run, struct sbx_error *err)
{
	const char *setting = policy_find_setting(run->plan->policy, "cgroup");
	int r;

	if (!has_others(run))
		return 0;
	r = error_set(err, EBUSY,
		"--set %s: tenant '%s' has other sandboxes, whose limit it is too", setting,
		run->plan->policy->tenant);
	return error_cure(err, r, "set it in [cgroup.sandbox], or end them before");
}

int cgroups_make_slice(struct run *run, struct sbx_error *err)
{
	const struct policy *policy = run->plan->policy;
	const struct policy_cgroup *const below[] = { &policy->cgroup_sandbox, NULL };
	char name[LEAF_NAME_MAX];
	int r;

	leaf_name(name, run->plan->policy->tenant, LEAF_SLICE_END);
	r = cgroup_make(&run->base, name, false, &run->slice, err);
	if (r == 0)
		r = cgroup_enable_for(&run->slice, below, err);
	if (r == 0)
		r = run->slice.made ? cgroup_apply(&run->slice, &policy->cgroup, err)
				    : cgroup_change(&run->slice, &policy->cgroup, NULL, err);
	run->before.pids_max = cgroup_event(&run->slice, "pids.events", "max");
	return r;
}

int cgroups_remove_slice(struct run *run, struct sbx_error *err)
{
	char name[LEAF_NAME_MAX];

	leaf_name(name, run->plan->policy->tenant, LEAF_SLICE_END);
	if (run->started)
		return 0;
	/* Another run of the tenant's may be in it already: then it stays. */
	if (run->slice.made && unlinkat(run->base.fd, name, AT_REMOVEDIR) < 0 && errno != EBUSY &&
		errno != ENOENT)
		return error_errno(err, errno, "remove cgroup '%s'", run->slice.path);
	run->tenant_is_new =
		faccessat(run->base.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
	return 0;
}

/* The slice's, and so of all of its sandboxes; it goes when the slice does. */
int cgroups_guard_devices(struct run *run, struct sbx_error *err)
{
	return devices_guard(run->slice.fd, run->slice.path, err);
}

int cgroups_make_leaf(struct run *run, struct sbx_error *err)
{
	char name[LEAF_NAME_MAX];
	int r;

	leaf_name(name, run->plan->name, LEAF_END);
	r = cgroup_make(&run->slice, name, true, &run->leaf, err);
	if (r == -EEXIST) {
		/* Of a supervisor that was killed: the name is ours, so nobody uses it. */
		r = leaf_remove(run->plan->host.lsm ? &run->lsm : NULL, &run->slice, name, err);
		if (r == 0)
			r = cgroup_make(&run->slice, name, true, &run->leaf, err);
	}
	return r < 0 ? r : cgroup_apply(&run->leaf, &run->plan->policy->cgroup_sandbox, err);
}

int cgroups_remove_leaf(struct run *run, struct sbx_error *err)
{
	char name[LEAF_NAME_MAX];

	leaf_name(name, run->plan->name, LEAF_END);
	return run->leaf.fd < 0 ? 0 : cgroup_remove(&run->slice, name, &run->leaf, err);
}
