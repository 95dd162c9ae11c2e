/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's steps. The order is the table at the end.
 */
#include "kernel/clone.h"
#include "kernel/devices.h"
#include "kernel/netns.h"
#include "launch/exec.h"
#include "launch/helper.h"
#include "launch/leaf.h"
#include "launch/run.h"
#include "lsm/home.h"
#include "state/tenants.h"

#include <fcntl.h>
#include <sched.h>
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

/* Those who wait are told all, also what went wrong since the command's end. */
static int release_name(struct run *run, struct sbx_error *err)
{
	(void)err;
	if (run->entry.outcome >= 0 && run->plan->options->report)
		(void)run->plan->options->report(run->outcome, run->entry.outcome);
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
	if (r == 0)
		r = run->slice.made ? cgroup_apply(&run->slice, &policy->cgroup, err)
				    : cgroup_change(&run->slice, &policy->cgroup, NULL, err);
	run->before.pids_max = cgroup_event(&run->slice, "pids.events", "max");
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

/* The slice's, and so of all of its sandboxes; it goes when the slice does. */
static int guard_devices(struct run *run, struct sbx_error *err)
{
	return devices_guard(run->slice.fd, run->slice.path, err);
}

static int make_leaf(struct run *run, struct sbx_error *err)
{
	char name[NAME_MAX_LEN + 8];
	int r;

	leaf_name(run, name);
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

static int move_up(int *fd)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);

	if (moved < 0)
		return -errno;
	(void)close(*fd);
	*fd = moved;
	return 0;
}

/* Pipes and memory: what the LSM says of sockets doesn't touch them. */
static int open_pipes(struct run *run)
{
	int *const pipes[] = { run->go, run->done, run->ready };

	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			return -errno;
		for (size_t end = 0; end < 2; end++) {
			int r = move_up(&pipes[i][end]);

			if (r < 0)
				return r;
		}
	}
	return fcntl(run->done[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int open_self(struct run *run)
{
	run->supervisor = pidfd_open(getpid(), 0);
	return run->supervisor < 0 ? -errno : move_up(&run->supervisor);
}

static int open_channels(struct run *run, struct sbx_error *err)
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

static int clone_child(struct run *run, enum child_role role, uint64_t flags, struct sbx_error *err)
{
	_cleanup_close_ int exec_fd =
		fcntl(role == CHILD_INIT ? run->plan->init_fd : run->plan->exec_fd, F_DUPFD_CLOEXEC,
			FIRST_FREE_FD);
	struct child child = {
		.plan = run->plan,
		.role = role,
		.netns = run->netns,
		.go = run->go[0],
		.done = run->done[1],
		.exec_fd = exec_fd,
		.ready = run->ready[role == CHILD_INIT],
		.init = run->children[CHILD_INIT].pidfd,
		.supervisor = run->supervisor,
		.report = &run->reports[role],
		.init_report = &run->reports[CHILD_INIT],
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
		(void)close(run->go[1]);
		if (role == CHILD_INIT)
			(void)close(run->ready[0]);
		child_main(&child);
	}
	return 0;
}

static bool has_init(const struct run *run)
{
	return plan_has_init(run->plan);
}

static int start_init(struct run *run, struct sbx_error *err)
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
	close_end(&run->go[0]);
	close_end(&run->done[1]);
	close_end(&run->ready[0]);
	return 0;
}

static int start_command(struct run *run, struct sbx_error *err)
{
	int r = has_init(run)
			? start_beside_init(run, err)
			: clone_child(run, CHILD_COMMAND,
				  CLONE_NEWNS | (uint64_t)plan_birth_namespaces(run->plan), err);

	return r < 0 ? r : command_started(run);
}

/* Beside its first process, whether that one has a pid namespace or not. */
static int start_in_sandbox(struct run *run, struct sbx_error *err)
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

static int end_child(struct run *run, struct launched *child, struct sbx_error *err)
{
	siginfo_t info;
	int r;

	if (child->pidfd < 0)
		return 0;
	r = run_kill(run, child, err);
	if (r < 0)
		return r;
	while (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for the child");
	close_end(&child->pidfd);
	return 0;
}

/* Only one that was never told to go: one that ran was waited for. */
static int end_command(struct run *run, struct sbx_error *err)
{
	return end_child(run, &run->children[CHILD_COMMAND], err);
}

/* With it everything that is left in its namespace ends, and has ended when it is waited for. */
static int end_init(struct run *run, struct sbx_error *err)
{
	return end_child(run, &run->children[CHILD_INIT], err);
}

/*
 * From the clone on an unload finds us and leaves the LSM in place; one that was before it didn't.
 */
static int check_loaded(struct run *run, struct sbx_error *err)
{
	return home_check_published(run->lsm.home, err);
}

static int label_init(struct run *run, struct sbx_error *err)
{
	return lsm_task_setup(
		&run->lsm, run->children[CHILD_INIT].pidfd, run->leaf.id, SBX_TASK_SETUP_INIT, err);
}

static int label_command(struct run *run, struct sbx_error *err)
{
	return lsm_task_setup(
		&run->lsm, run->children[CHILD_COMMAND].pidfd, run->leaf.id, SBX_TASK_SETUP, err);
}

static bool has_init_and_lsm(const struct run *run)
{
	return has_init(run) && has_lsm(run);
}

/* Who reads the status stands somewhere else. A path that is too long is nobody's, not another one.
 */
static int absolute_path(const char *path, char ret[static PATH_MAX], struct sbx_error *err)
{
	char here[PATH_MAX];

	if (*path != '/' && !getcwd(here, sizeof(here)))
		return error_errno(err, errno, "read the current folder");
	if (*path == '/' ? strlen(path) >= PATH_MAX : strlen(here) + strlen(path) + 1 >= PATH_MAX)
		return error_errno(err, ENAMETOOLONG, "'%s'", path);
	if (*path == '/')
		(void)stpcpy(ret, path);
	else
		(void)stpcpy(stpcpy(stpcpy(ret, here), "/"), path);
	return 0;
}

static int publish(struct run *run, struct sbx_error *err)
{
	struct sandbox_status status = {
		.pid = run->children[CHILD_COMMAND].pid,
		.supervisor = getpid(),
		.init = run->children[CHILD_INIT].pid,
		.started = time(NULL),
	};
	const struct plan *plan = run->plan;
	int r = absolute_path(plan->policy->path, status.policy, err);

	if (r < 0)
		return r;

	memcpy(status.tenant, plan->policy->tenant, sizeof(status.tenant));
	memcpy(status.name, plan->name, sizeof(status.name));
	memcpy(status.walls, plan->walls, sizeof(status.walls));
	(void)snprintf(status.cgroup, sizeof(status.cgroup), "%s", run->leaf.path);
	(void)snprintf(status.runtime, sizeof(status.runtime), "%s",
		plan->runtime ? plan->runtime->name : "");
	return registry_write(&run->entry, &status, err);
}

static int say_go(struct run *run, struct sbx_error *err)
{
	ssize_t n = has_init(run) ? 2 : 1;

	/* A byte for each of them. */
	if (write(run->go[1], "gg", (size_t)n) == n)
		return 0;
	/* They have failed before that, and their reports say why. */
	return errno == EPIPE ? 0 : error_errno(err, errno, "start the children");
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
	{ "devices", NULL, guard_devices, NULL },
	{ "leaf", NULL, make_leaf, remove_leaf },
	{ "rules", has_lsm, write_rules, NULL },
	{ "label-leaf", has_lsm, label_leaf, unlabel_leaf },
	{ "unlock-tenant", NULL, unlock_tenant, relock_tenant },
	{ "channels", NULL, open_channels, NULL },
	{ "clone-init", has_init, start_init, end_init },
	{ "clone", NULL, start_command, end_command },
	{ "check-loaded", has_lsm, check_loaded, NULL },
	{ "label-init", has_init_and_lsm, label_init, NULL },
	{ "label-command", has_lsm, label_command, NULL },
	{ "publish", NULL, publish, NULL },
	{ "go", NULL, say_go, NULL },
};

const size_t n_parent_steps = ARRAY_SIZE(parent_steps);

/* Of a command that goes into a sandbox: that one has all the rest. */
const struct parent_step exec_steps[] = {
	{ "open-lsm", has_lsm, open_loaded_lsm, NULL },
	{ "find-sandbox", NULL, exec_find_leaf, NULL },
	{ "check-label", has_lsm, exec_check_label, NULL },
	{ "find-first", NULL, exec_find_first, NULL },
	{ "channels", NULL, open_channels, NULL },
	{ "clone", NULL, start_in_sandbox, end_command },
	{ "check-running", NULL, exec_check_running, NULL },
	{ "check-loaded", has_lsm, check_loaded, NULL },
	{ "label-command", has_lsm, label_command, NULL },
	{ "go", NULL, say_go, NULL },
};

const size_t n_exec_steps = ARRAY_SIZE(exec_steps);
