/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's steps. The order is the table at the end.
 */
#include "kernel/clone.h"
#include "kernel/netns.h"
#include "launch/autoload.h"
#include "launch/run.h"
#include "lsm/home.h"
#include "state/tenants.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>

/* Room below for the numbers that the child gives its descriptors. */
#define FIRST_FREE_FD 10

static bool has_lsm(const struct run *run)
{
	return run->plan->host.lsm;
}

static int open_lsm(struct run *run, struct sbx_error *err)
{
	int r = lsm_open(&run->lsm, err);

	if (r != -ENOENT)
		return r;
	r = autoload(run->plan->options, err);
	return r < 0 ? r : lsm_open(&run->lsm, err);
}

static bool has_no_lsm(const struct run *run)
{
	return !has_lsm(run);
}

/* Another tenant's `own` may be new, or another folder by now: nobody starts before it is known. */
static int check_tenants(struct run *run, struct sbx_error *err)
{
	const char *config = run->plan->options->dirs.config;
	struct sbx_loaded loaded;
	uint64_t now = 0, own = 0;
	int r = lsm_read_loaded(&run->lsm, &loaded, err);

	if (r == 0)
		r = tenants_fingerprint(config, run->lsm.ready.generation, &now, err);
	if (r == 0)
		r = tenants_watched_fingerprint(LSM_WATCHED, run->lsm.ready.generation, &own, err);
	if (r < 0 || now + own == loaded.tenants)
		return r;
	r = error_set(err, ESTALE,
		"'%s/tenants', what a policy includes, or a folder that a tenant owns is not what "
		"was loaded",
		config);
	return error_cure(err, r, "sandboxctl lsm load");
}

static int claim_name(struct run *run, struct sbx_error *err)
{
	return registry_claim(run->plan->policy->tenant, run->plan->name, &run->entry, err);
}

static int release_name(struct run *run, struct sbx_error *err)
{
	(void)err;
	registry_release(&run->entry);
	return 0;
}

static int lock_tenant(struct run *run, struct sbx_error *err)
{
	return registry_lock_tenant(run->plan->policy->tenant, &run->tenant_lock, err);
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

static void slice_name(const struct run *run, char name[static NAME_MAX_LEN + 8])
{
	(void)snprintf(name, NAME_MAX_LEN + 8, "%s.slice", run->plan->policy->tenant);
}

static void leaf_name(const struct run *run, char name[static NAME_MAX_LEN + 8])
{
	(void)snprintf(name, NAME_MAX_LEN + 8, "%s.scope", run->plan->name);
}

static int make_slice(struct run *run, struct sbx_error *err)
{
	const struct policy *policy = run->plan->policy;
	char name[NAME_MAX_LEN + 8];
	int r;

	slice_name(run, name);
	r = cgroup_make(&run->base, name, false, &run->slice, err);
	if (r == 0)
		r = cgroup_enable_for(&run->slice, &policy->cgroup_sandbox, err);
	if (r == 0 && !run->slice.made)
		r = cgroup_reset(&run->slice, &policy->cgroup, err);
	if (r == 0)
		r = cgroup_apply(&run->slice, &policy->cgroup, err);
	run->pids_max_before = cgroup_event(&run->slice, "pids.events", "max");
	return r;
}

static int remove_slice(struct run *run, struct sbx_error *err)
{
	char name[NAME_MAX_LEN + 8];

	slice_name(run, name);
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

/* A cgroup of this name is of a supervisor that was killed: the name is ours, so nobody uses it. */
static int remove_stale(struct run *run, const char *name, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup stale = CGROUP_INIT;
	int r = cgroup_open(&run->slice, name, &stale, err);

	/* The label first: without its cgroup nobody would find it again. */
	if (r == 0 && has_lsm(run))
		r = lsm_leaf_delete(&run->lsm, stale.id, err);
	return r < 0 ? r : cgroup_remove(&run->slice, name, &stale, err);
}

static int make_leaf(struct run *run, struct sbx_error *err)
{
	char name[NAME_MAX_LEN + 8];
	int r;

	leaf_name(run, name);
	r = cgroup_make(&run->slice, name, true, &run->leaf, err);
	if (r == -EEXIST) {
		r = remove_stale(run, name, err);
		if (r == 0)
			r = cgroup_make(&run->slice, name, true, &run->leaf, err);
	}
	return r < 0 ? r : cgroup_apply(&run->leaf, &run->plan->policy->cgroup_sandbox, err);
}

static int remove_leaf(struct run *run, struct sbx_error *err)
{
	char name[NAME_MAX_LEN + 8];

	leaf_name(run, name);
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

	return rules_ensure(&run->lsm, &rules, &run->policy_id, err);
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
	return netns_ensure(run->plan->policy->tenant, &run->netns, &run->netns_made, err);
}

/* Behind the slice's undoing: only where that found nobody does nobody else use this. */
static int forget_netns(struct run *run, struct sbx_error *err)
{
	if (!run->tenant_is_new || !run->netns_made)
		return 0;
	return netns_forget(run->plan->policy->tenant, err);
}

static int move_up(int *fd)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);

	if (moved < 0)
		return -errno;
	(void)close(*fd);
	*fd = moved;
	return 0;
}

static int open_channels(struct run *run, struct sbx_error *err)
{
	int r = 0;

	/* Pipes and memory: what the LSM says of sockets doesn't touch them. */
	if (pipe2(run->go, O_CLOEXEC) < 0 || pipe2(run->done, O_CLOEXEC) < 0 ||
		fcntl(run->done[0], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, errno, "open the channels to the child");
	/* Touched here: it isn't the tenant's memory. */
	run->report = mmap(NULL, sizeof(*run->report), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (run->report == MAP_FAILED) {
		run->report = NULL;
		return error_errno(err, errno, "open the channels to the child");
	}
	run->report->object = -1;
	for (size_t i = 0; i < 2 && r == 0; i++) {
		r = move_up(&run->go[i]);
		if (r == 0)
			r = move_up(&run->done[i]);
	}
	return r < 0 ? error_errno(err, -r, "open the channels to the child") : 0;
}

static int start_child(struct run *run, struct sbx_error *err)
{
	_cleanup_close_ int exec_fd = fcntl(run->plan->exec_fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
	struct child child = {
		.plan = run->plan,
		.netns = run->netns,
		.go = run->go[0],
		.done = run->done[1],
		.report = run->report,
		.exec_fd = exec_fd,
		.supervisor = run->supervisor,
		.root = -1,
	};

	if (exec_fd < 0)
		return error_errno(err, errno, "open the command");
	run->pid = clone_into_cgroup(
		CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS, run->leaf.fd, &run->pidfd, err);
	if (run->pid < 0)
		return (int)run->pid;
	if (run->pid == 0) {
		/* Else the child's own copy would keep its read from ever ending. */
		(void)close(run->go[1]);
		child_main(&child);
	}
	run->outcome->pid = run->pid;
	/* Their other ends belong to the child alone: their end of file is the message. */
	close_fdp(&run->go[0]);
	close_fdp(&run->done[1]);
	run->go[0] = run->done[1] = -1;
	return 0;
}

/* Only a child that was never told to go: one that ran was waited for. */
static int end_child(struct run *run, struct sbx_error *err)
{
	siginfo_t info;

	if (run->pidfd < 0)
		return 0;
	(void)pidfd_send_signal(run->pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)run->pidfd, &info, WEXITED) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for the child");
	return 0;
}

/*
 * From the clone on an unload finds us and leaves the LSM in place; one that was before it didn't.
 */
static int check_loaded(struct run *run, struct sbx_error *err)
{
	return home_check_published(run->lsm.home, err);
}

static int label_child(struct run *run, struct sbx_error *err)
{
	return lsm_task_setup(&run->lsm, run->pidfd, run->leaf.id, err);
}

static int publish(struct run *run, struct sbx_error *err)
{
	struct sandbox_status status = {
		.pid = run->pid,
		.supervisor = run->supervisor,
		.started = time(NULL),
	};

	memcpy(status.tenant, run->plan->policy->tenant, sizeof(status.tenant));
	memcpy(status.name, run->plan->name, sizeof(status.name));
	(void)snprintf(status.cgroup, sizeof(status.cgroup), "%s", run->leaf.path);
	return registry_write(&run->entry, &status, err);
}

static int say_go(struct run *run, struct sbx_error *err)
{
	if (write(run->go[1], "", 1) != 1)
		return error_errno(err, errno, "start the child");
	return 0;
}

const struct parent_step parent_steps[] = {
	{ "open-lsm", has_lsm, open_lsm, NULL },
	{ "check-tenants", has_lsm, check_tenants, NULL },
	{ "claim-name", NULL, claim_name, release_name },
	{ "lock-tenant", NULL, lock_tenant, unlock_tenant },
	{ "base", NULL, open_base, NULL },
	{ "check-not-loaded", has_no_lsm, check_not_loaded, NULL },
	{ "network", has_netns, open_netns, forget_netns },
	{ "slice", NULL, make_slice, remove_slice },
	{ "leaf", NULL, make_leaf, remove_leaf },
	{ "rules", has_lsm, write_rules, NULL },
	{ "label-leaf", has_lsm, label_leaf, unlabel_leaf },
	{ "unlock-tenant", NULL, unlock_tenant, relock_tenant },
	{ "channels", NULL, open_channels, NULL },
	{ "clone", NULL, start_child, end_child },
	{ "check-loaded", has_lsm, check_loaded, NULL },
	{ "label-child", has_lsm, label_child, NULL },
	{ "publish", NULL, publish, NULL },
	{ "go", NULL, say_go, NULL },
};

const size_t n_parent_steps = ARRAY_SIZE(parent_steps);
