/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's steps. The order is the table at the end.
 */
#include "base/fs.h"
#include "kernel/devices.h"
#include "kernel/netns.h"
#include "launch/children.h"
#include "launch/detach.h"
#include "launch/exec.h"
#include "launch/helper.h"
#include "launch/leaf.h"
#include "launch/loaded.h"
#include "launch/publish.h"
#include "launch/run.h"
#include "launch/sockets.h"
#include "launch/stdio.h"
#include "launch/terminal.h"
#include "lsm/home.h"

#include <fcntl.h>
#include <time.h>

static bool has_lsm(const struct run *run)
{
	return run->plan->host.lsm;
}

static int autoload(const struct run_options *o, struct sbx_error *err)
{
	char *const argv[] = { (char *)"lsm-load", (char *)o->dirs.config, (char *)o->dirs.shipped,
		NULL };

	return helper_run(o->libexec, argv, err);
}

static int open_lsm(struct run *run, struct sbx_error *err)
{
	int r = lsm_open(&run->lsm, err);

	if (r != -ENOENT)
		return r;
	r = autoload(run->plan->options, err);
	return r < 0 ? r : lsm_open(&run->lsm, err);
}

/* One that is loaded only now doesn't know the sandbox. */
static int open_loaded_lsm(struct run *run, struct sbx_error *err)
{
	return lsm_open(&run->lsm, err);
}

static bool has_no_lsm(const struct run *run)
{
	return !has_lsm(run);
}

static int check_tenants(struct run *run, struct sbx_error *err)
{
	return loaded_check(&run->lsm, run->plan->options->dirs.config, err);
}

static int claim_name(struct run *run, struct sbx_error *err)
{
	return registry_claim(run->plan->policy->tenant, run->plan->name, &run->entry, err);
}

/* Those who wait are told all, also what went wrong since the command's end. */
static int release_name(struct run *run, struct sbx_error *err)
{
	(void)err;
	if (run->entry.outcome >= 0 && run->plan->options->report)
		(void)run->plan->options->report(run->outcome, run->entry.outcome);
	if (run->started && run->plan->options->detach)
		registry_keep(&run->entry, run->plan->policy->tenant, run->plan->name);
	else
		registry_release(&run->entry);
	return 0;
}

static int lock_tenant(struct run *run, struct sbx_error *err)
{
	return registry_lock_tenant(run->plan->policy->tenant, &run->tenant_lock, err);
}

/* Sandboxes that ran by then have another policy than the one that was read before. */
static int check_updates(struct run *run, struct sbx_error *err)
{
	int r;

	if (run->plan->updates == UINT64_MAX ||
		run->plan->updates == registry_lock_updates(run->tenant_lock))
		return 0;
	r = error_set(err, EAGAIN, "tenant '%s' was updated meanwhile", run->plan->policy->tenant);
	return error_cure(err, r, "try again");
}

static int unlock_tenant(struct run *run, struct sbx_error *err)
{
	(void)err;
	close_fdp(&run->tenant_lock);
	run->tenant_lock = -1;
	return 0;
}

/* What was made for the tenant and not used goes; nobody else may begin to use it meanwhile. */
static int relock_tenant(struct run *run, struct sbx_error *err)
{
	if (run->started || run->tenant_lock >= 0)
		return 0;
	return lock_tenant(run, err);
}

static int open_base(struct run *run, struct sbx_error *err)
{
	const struct policy *policy = run->plan->policy;
	const struct policy_cgroup *const settings[] = { &policy->cgroup, &policy->cgroup_sandbox,
		NULL };
	int r = cgroup_make_base(run->plan->host.base, settings, &run->base, &run->base_level, err);

	if (r == 0 && has_lsm(run))
		r = lsm_check_base(&run->lsm, run->base.id, run->base_level, err);
	return r;
}

/* What watches this base would deny the sandbox everything, for it has no label. */
static int check_not_loaded(struct run *run, struct sbx_error *err)
{
	struct sbx_error ignored;
	struct lsm lsm = LSM_INIT;
	int r = lsm_open(&lsm, &ignored);
	bool elsewhere = r == 0 && lsm.ready.base_id != run->base.id;

	lsm_close(&lsm);
	if (r == -ENOENT || elsewhere)
		return 0;
	r = error_set(err, EBUSY, "sandboxctl.ini says lsm = off, but the LSM is loaded");
	return error_cure(err, r, "sandboxctl lsm unload");
}

static bool sets_totals(const struct run *run)
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
static int check_totals(struct run *run, struct sbx_error *err)
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

static int make_slice(struct run *run, struct sbx_error *err)
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

static int remove_slice(struct run *run, struct sbx_error *err)
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
static int guard_devices(struct run *run, struct sbx_error *err)
{
	return devices_guard(run->slice.fd, run->slice.path, err);
}

static int make_leaf(struct run *run, struct sbx_error *err)
{
	char name[LEAF_NAME_MAX];
	int r;

	leaf_name(name, run->plan->name, LEAF_END);
	r = cgroup_make(&run->slice, name, true, &run->leaf, err);
	if (r == -EEXIST) {
		/* Of a supervisor that was killed: the name is ours, so nobody uses it. */
		r = leaf_remove(has_lsm(run) ? &run->lsm : NULL, &run->slice, name, err);
		if (r == 0)
			r = cgroup_make(&run->slice, name, true, &run->leaf, err);
	}
	return r < 0 ? r : cgroup_apply(&run->leaf, &run->plan->policy->cgroup_sandbox, err);
}

static int remove_leaf(struct run *run, struct sbx_error *err)
{
	char name[LEAF_NAME_MAX];

	leaf_name(name, run->plan->name, LEAF_END);
	return run->leaf.fd < 0 ? 0 : cgroup_remove(&run->slice, name, &run->leaf, err);
}

static int write_rules(struct run *run, struct sbx_error *err)
{
	const struct plan *plan = run->plan;
	const struct lsm_rules rules = {
		.tenant = plan->tenant_id,
		.grants = plan->grants,
		.n_grants = plan->n_grants,
		.connect = plan->policy->network.connect,
		.n_connect = plan->policy->network.n_connect,
	};

	return rules_ensure(&run->lsm, &rules, true, &run->policy_id, err);
}

static int label_leaf(struct run *run, struct sbx_error *err)
{
	return lsm_leaf_set(&run->lsm, run->leaf.id, run->plan->tenant_id, run->policy_id, err);
}

static int unlabel_leaf(struct run *run, struct sbx_error *err)
{
	return lsm_leaf_delete(&run->lsm, run->leaf.id, err);
}

static bool has_netns(const struct run *run)
{
	return run->plan->policy->network.mode != POLICY_NETWORK_HOST;
}

static int open_netns(struct run *run, struct sbx_error *err)
{
	const char *tenant = run->plan->policy->tenant;
	char *const argv[] = { (char *)"net-make", (char *)tenant, NULL };
	int r = netns_open(tenant, &run->netns, err);

	if (r != -ENOENT)
		return r;
	run->netns_made = true;
	r = helper_run(run->plan->options->libexec, argv, err);
	return r < 0 ? r : netns_open(tenant, &run->netns, err);
}

/* Behind the slice's undoing: only where that found nobody does nobody else use this. */
static int forget_netns(struct run *run, struct sbx_error *err)
{
	if (!run->tenant_is_new || !run->netns_made)
		return 0;
	return netns_forget(run->plan->policy->tenant, err);
}

static bool is_detached(const struct run *run)
{
	return run->plan->options->detach;
}

static bool has_log(const struct run *run)
{
	return options_want_log(run->plan->options);
}

static bool has_terminal(const struct run *run)
{
	return run->plan->options->tty;
}

static bool has_init(const struct run *run)
{
	return plan_has_init(run->plan);
}

/*
 * From the clone on an unload finds us and leaves the LSM in place; one that was before it didn't.
 */
static int check_loaded(struct run *run, struct sbx_error *err)
{
	return home_check_published(run->lsm.home, err);
}

static bool has_init_and_lsm(const struct run *run)
{
	return has_init(run) && has_lsm(run);
}

static bool has_lsm_alone(const struct run *run)
{
	return !has_init(run) && has_lsm(run);
}

const struct parent_step parent_steps[] = {
	{ "terminal", has_terminal, terminal_open, NULL },
	{ "leave-cgroup", is_detached, detach_leave_cgroup, NULL },
	{ "open-lsm", has_lsm, open_lsm, NULL },
	{ "check-tenants", has_lsm, check_tenants, NULL },
	{ "claim-name", NULL, claim_name, release_name },
	{ "log", has_log, stdio_open_log, NULL },
	{ "lock-tenant", NULL, lock_tenant, unlock_tenant },
	{ "check-updates", NULL, check_updates, NULL },
	{ "base", NULL, open_base, NULL },
	{ "check-not-loaded", has_no_lsm, check_not_loaded, NULL },
	{ "network", has_netns, open_netns, forget_netns },
	{ "totals", sets_totals, check_totals, NULL },
	{ "slice", NULL, make_slice, remove_slice },
	{ "devices", NULL, guard_devices, NULL },
	{ "leaf", NULL, make_leaf, remove_leaf },
	{ "rules", has_lsm, write_rules, NULL },
	{ "label-leaf", has_lsm, label_leaf, unlabel_leaf },
	{ "unlock-tenant", NULL, unlock_tenant, relock_tenant },
	{ "sockets", sockets_are_handed, sockets_open, sockets_close },
	{ "channels", NULL, children_open_channels, NULL },
	{ "stdio", has_log, stdio_open, NULL },
	{ "clone-init", has_init, children_start_init, children_end_init },
	{ "check-loaded", has_init_and_lsm, check_loaded, NULL },
	{ "label-init", has_init_and_lsm, children_label_init, NULL },
	{ "release-init", has_init, children_say_go_init, NULL },
	/* All from here on is done while init works. */
	{ "clone", NULL, children_start_command, children_end_command },
	{ "check-loaded", has_lsm_alone, check_loaded, NULL },
	{ "label-command", has_lsm, children_label_command, NULL },
	{ "publish", NULL, publish_status, NULL },
	{ "go", NULL, children_say_go, NULL },
};

const size_t n_parent_steps = ARRAY_SIZE(parent_steps);

/* Of a command that goes into a sandbox: that one has all the rest. */
const struct parent_step exec_steps[] = {
	{ "terminal", has_terminal, terminal_open, NULL },
	{ "open-lsm", has_lsm, open_loaded_lsm, NULL },
	{ "find-sandbox", NULL, exec_find_leaf, NULL },
	{ "check-label", has_lsm, exec_check_label, NULL },
	{ "find-first", NULL, exec_find_first, NULL },
	{ "channels", NULL, children_open_channels, NULL },
	{ "clone", NULL, children_start_in_sandbox, children_end_command },
	{ "check-running", NULL, exec_check_running, NULL },
	{ "check-loaded", has_lsm, check_loaded, NULL },
	{ "label-command", has_lsm, children_label_command, NULL },
	{ "go", NULL, children_say_go, NULL },
};

const size_t n_exec_steps = ARRAY_SIZE(exec_steps);
