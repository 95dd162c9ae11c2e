/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's steps. The order is the table at the end.
 */
#include "base/fs.h"
#include "kernel/netns.h"
#include "launch/cgroups.h"
#include "launch/children.h"
#include "launch/detach.h"
#include "launch/exec.h"
#include "launch/helper.h"
#include "launch/loaded.h"
#include "launch/publish.h"
#include "launch/run.h"
#include "launch/sockets.h"
#include "launch/stdio.h"
#include "launch/terminal.h"
#include "launch/userns.h"
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

static bool tells_calls(const struct run *run)
{
	return has_lsm(run) && run->plan->policy->audit.syscalls == POLICY_YES;
}

/* Nobody would miss what is never told. */
static int check_calls(struct run *run, struct sbx_error *err)
{
	int r;

	if (!run->lsm.ready.probes[SBX_PROBE_seccomp_errno]) {
		r = error_set(err, ENOTSUP,
			"this kernel can't tell which calls are answered by an error");
		return error_cure(
			err, r, "syscalls = no in [audit] of '%s'", run->plan->policy->path);
	}
	if (seccomp_logs_errno())
		return 0;
	r = error_set(err, ENOTSUP, "the kernel tells no calls that are answered by an error");
	return error_cure(err, r,
		"add 'errno' to the sysctl kernel.seccomp.actions_logged; or syscalls = no in "
		"[audit] of '%s'",
		run->plan->policy->path);
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

static int write_rules(struct run *run, struct sbx_error *err)
{
	const struct lsm_rules rules = plan_rules(run->plan);

	return rules_ensure(&run->lsm, &rules, true, &run->policy_id, err);
}

static int label_leaf(struct run *run, struct sbx_error *err)
{
	return lsm_leaf_set(&run->lsm, run->leaf.id, run->plan->tenant_id, run->policy_id,
		run->plan->name, err);
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

static bool has_userns(const struct run *run)
{
	return plan_has_userns(run->plan);
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
	{ "check-audit", tells_calls, check_calls, NULL },
	{ "claim-name", NULL, claim_name, release_name },
	{ "log", has_log, stdio_open_log, NULL },
	{ "lock-tenant", NULL, lock_tenant, unlock_tenant },
	{ "check-updates", NULL, check_updates, NULL },
	{ "base", NULL, cgroups_open_base, NULL },
	{ "check-not-loaded", has_no_lsm, check_not_loaded, NULL },
	{ "network", has_netns, open_netns, forget_netns },
	{ "totals", cgroups_sets_totals, cgroups_check_totals, NULL },
	{ "slice", NULL, cgroups_make_slice, cgroups_remove_slice },
	{ "devices", NULL, cgroups_guard_devices, NULL },
	{ "leaf", NULL, cgroups_make_leaf, cgroups_remove_leaf },
	{ "rules", has_lsm, write_rules, NULL },
	{ "label-leaf", has_lsm, label_leaf, unlabel_leaf },
	{ "unlock-tenant", NULL, unlock_tenant, relock_tenant },
	{ "user-namespace", has_userns, userns_open, NULL },
	{ "sockets", sockets_are_handed, sockets_open, sockets_close },
	{ "channels", NULL, children_open_channels, NULL },
	{ "stdio", has_log, stdio_open, NULL },
	{ "clone-init", has_init, children_start_init, children_end_init },
	{ "check-loaded", has_init_and_lsm, check_loaded, NULL },
	{ "label-init", has_init_and_lsm, children_label_init, NULL },
	{ "release-init", has_init, children_say_go_init, NULL },
	/* All from here on is done while init works. */
	{ MODULE_WATCH_STEP, module_watch_applies, module_watch_open, NULL },
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
	{ "check-audit", tells_calls, check_calls, NULL },
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
