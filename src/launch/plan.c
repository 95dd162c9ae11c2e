/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/plan_parts.h"

#include "kernel/cgroup.h"
#include "launch/identity.h"
#include "sandboxctl/exit.h"
#include "state/ids.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static int load_host(struct plan *plan, struct sbx_error *err)
{
	int r = host_config_load(&plan->options->dirs, &plan->host, err);

	return r < 0 ? r : cgroup_find_base(&plan->host, err);
}

/* The registry has no room for more, and who joins the sandbox has to know them all. */
static int check_settings(struct plan *plan, struct sbx_error *err)
{
	const struct strv *settings = plan->options->settings;
	size_t size = 0;
	int r;

	for (size_t i = 0; settings && i < settings->n; i++)
		size += strlen(settings->v[i]) + 1;
	if (size < REGISTRY_SETTINGS_MAX)
		return 0;
	r = error_set(err, E2BIG, "--set: more than %d bytes in all", REGISTRY_SETTINGS_MAX - 1);
	return error_cure(err, r, "write them into a file, for --policy");
}

static int load_policy(struct plan *plan, struct sbx_error *err)
{
	const struct run_options *o = plan->options;
	struct policy_wanted wanted = { o->tenant, o->policy_file, o->settings };
	const char *tenant = o->tenant;
	int r;

	plan->updates = UINT64_MAX;
	if (plan->sandbox)
		return plan_load_running(plan, err);
	if (!tenant && !wanted.file)
		tenant = wanted.tenant = plan->host.tenant;
	if (!tenant && !wanted.file) {
		r = error_set(err, EINVAL, "no tenant was given and the host has no default one");
		return error_cure(err, r,
			"use -t TENANT, or set [host] tenant in %s/sandboxctl.ini", o->dirs.config);
	}
	if (!wanted.file && !name_is_valid(tenant))
		return error_set(err, EINVAL,
			"tenant '%s': a name is [a-z0-9][a-z0-9-]*, 63 characters at most", tenant);
	if (!wanted.file)
		plan->updates = registry_updates(tenant);
	return policy_load(&o->dirs, &wanted, &plan->policy, NULL, err);
}

/* Of the sandbox that it goes into, where there is one already. */
static int find_sandbox(struct plan *plan, struct sbx_error *err)
{
	return plan->options->exec ? plan_find_sandbox(plan, err) : 0;
}

/* Without --name the supervisor's pid tells one run of a tenant from the others. */
static int set_name(struct plan *plan, struct sbx_error *err)
{
	const char *name = plan->options->name;

	if (name && !name_is_valid(name))
		return error_set(err, EINVAL,
			"--name '%s': a name is [a-z0-9][a-z0-9-]*, 63 characters at most", name);
	if (name)
		(void)snprintf(plan->name, sizeof(plan->name), "%s", name);
	else
		(void)snprintf(plan->name, sizeof(plan->name), "run-%d", (int)getpid());
	return 0;
}

static int set_ids(struct plan *plan, struct sbx_error *err)
{
	const struct host_config *host = &plan->host;
	uint32_t max = host->last_id - host->first_id, wanted = plan->policy->id;
	int r = (plan->options->only_plan || plan->sandbox ? ids_find : ids_get)(
		plan->policy->tenant, wanted, max, &plan->tenant_id, err);

	if (r == -ENOENT)
		plan->tenant_id = wanted;
	else if (r < 0)
		return error_prefix(err, r, "'%s'", plan->policy->path);
	/* Tenants' ids begin at 1. */
	plan->root_id = host->first_id;
	return 0;
}

/* By each plan anew: a name may stand for another number by now, and then who joins is told so. */
static int choose_identity(struct plan *plan, struct sbx_error *err)
{
	const struct policy_place *at;
	char where[PLACE_TEXT_MAX];
	struct identity id;
	int r = identity_choose(plan->policy, &plan->host, plan->tenant_id, "/etc", &id, &at, err);

	if (r < 0)
		return error_prefix(err, r, "%s", place_text(at, where));
	plan->uid = id.uid;
	plan->gid = id.gid;
	return 0;
}

/*
 * The command gets these as they are. From a folder of the host's it could go on to all others,
 * past the private root.
 */
static int check_standard_descriptors(struct plan *plan, struct sbx_error *err)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };

	(void)plan;
	for (int fd = 0; fd < (int)ARRAY_SIZE(names); fd++) {
		int flags = fcntl(fd, F_GETFL);
		struct stat st;

		if (flags < 0 || fstat(fd, &st) < 0)
			return error_errno(err, errno, "look at %s", names[fd]);
		if (S_ISDIR(st.st_mode) || (flags & O_PATH))
			return error_set(err, EINVAL,
				"%s is a folder, or a path that isn't open: a sandbox gets neither",
				names[fd]);
	}
	return 0;
}

static int settle_policy(struct plan *plan, struct sbx_error *err)
{
	int r = policy_settle(
		&plan->options->dirs, &plan->policy, plan->tenant_id, plan->name, err);

	if (r < 0 || !plan->policy->unsettled)
		return r;
	r = error_set(err, ENOENT, "'%s' speaks of %%i, and the tenant has no id yet",
		plan->policy->path);
	return error_cure(err, r, "run it once, or give it one with [tenant] id");
}

/* Those of the command line that a sandbox was started with. */
static int add_mounts_again(struct plan *plan, struct sbx_error *err)
{
	_cleanup_free_ char *all = strdup(plan->sandbox->mounts);
	char *rest = all, *mount;
	int r = all ? 0 : error_errno(err, ENOMEM, "add its mounts");

	while (r == 0 && (mount = strsep(&rest, "\n")))
		if (*mount)
			r = policy_add_mount(plan->policy, mount, err);
	return r < 0 ? error_prefix(err, r, "--mount") : 0;
}

/* Of the command line, behind the policy's own. */
static int add_mounts(struct plan *plan, struct sbx_error *err)
{
	const struct strv *mounts = plan->options->mounts;
	int r = 0;

	if (plan->sandbox)
		return plan->options->exec ? 0 : add_mounts_again(plan, err);
	for (size_t i = 0; mounts && i < mounts->n && r == 0; i++)
		r = policy_add_mount(plan->policy, mounts->v[i], err);
	return r < 0 ? error_prefix(err, r, "--mount") : 0;
}

static int set_timeout(struct plan *plan, struct sbx_error *err)
{
	(void)err;
	/* The policy's is its sandbox's, and counts from the beginning of that. */
	plan->timeout = plan->sandbox ? USEC_INFINITY : plan->policy->runtime.timeout;
	if (plan->options->timeout)
		plan->timeout = plan->options->timeout;
	return 0;
}

static int (*const before_command[])(struct plan *plan, struct sbx_error *err) = {
	load_host,
	find_sandbox,
	check_settings,
	load_policy,
	set_name,
	set_ids,
	settle_policy,
	choose_identity,
	add_mounts,
	set_timeout,
};

static int begin(struct plan *plan, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(before_command) && r == 0; i++)
		r = before_command[i](plan, err);
	return r;
}

/* Its root is there. Before the command is looked at: an error of that is one by the same policy.
 */
static int make_for_sandbox(struct plan *plan, int *ret_exit, struct sbx_error *err)
{
	int r = plan_syscalls(plan, err);

	if (r == 0)
		r = plan_check_walls(plan, err);
	return r < 0 ? r : plan_command(plan, ret_exit, err);
}

static int make(struct plan *plan, int *ret_exit, struct sbx_error *err)
{
	int r = begin(plan, err);

	if (r == 0)
		r = check_standard_descriptors(plan, err);
	if (r == 0 && plan->sandbox)
		return make_for_sandbox(plan, ret_exit, err);
	if (r == 0)
		r = plan_command(plan, ret_exit, err);
	if (r == 0)
		r = plan_init(plan, err);
	if (r == 0)
		r = plan_root(plan, err);
	return r < 0 ? r : plan_syscalls(plan, err);
}

static struct plan *new_plan(const struct run_options *options)
{
	struct plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->options = options;
	plan->command = COMMAND_INIT;
	plan->runtime_place = RESOLVED_INIT;
	plan->exec_fd = -1;
	plan->init_place = RESOLVED_INIT;
	plan->init_fd = -1;
	plan->root.tree = -1;
	return plan;
}

int plan_make(const struct run_options *options, struct plan **ret_plan, int *ret_exit,
	struct sbx_error *err)
{
	_cleanup_plan_ struct plan *plan = new_plan(options);
	int r;

	*ret_exit = SANDBOXCTL_EXIT_SETUP;
	if (!plan)
		return error_errno(err, ENOMEM, "plan the run");
	r = make(plan, ret_exit, err);
	if (r == 0)
		*ret_plan = take_ptr(plan);
	return r;
}

int plan_make_policy(
	const struct run_options *options, struct plan **ret_plan, struct sbx_error *err)
{
	_cleanup_plan_ struct plan *plan = new_plan(options);
	int r = plan ? begin(plan, err) : error_errno(err, ENOMEM, "read the policy");

	if (r == 0)
		*ret_plan = take_ptr(plan);
	return r;
}

static int make_anew(struct plan *plan, struct sbx_error *err)
{
	int r = begin(plan, err);

	if (r == 0)
		r = plan_running_command(plan, err);
	if (r == 0)
		r = plan_init(plan, err);
	if (r == 0)
		r = plan_running_root(plan, err);
	return r < 0 ? r : plan_syscalls(plan, err);
}

int plan_make_running(const struct run_options *options, const struct sandbox_status *sandbox,
	struct plan **ret_plan, struct sbx_error *err)
{
	_cleanup_plan_ struct plan *plan = new_plan(options);
	int r;

	if (plan)
		plan->sandbox = malloc(sizeof(*sandbox));
	if (!plan || !plan->sandbox)
		return error_errno(err, ENOMEM, "plan the update");
	*plan->sandbox = *sandbox;
	r = make_anew(plan, err);
	if (r == 0)
		*ret_plan = take_ptr(plan);
	return r;
}

struct plan *plan_free(struct plan *plan)
{
	if (!plan)
		return NULL;
	for (size_t i = 0; i < plan->n_places; i++)
		resolved_clear(&plan->places[i]);
	for (size_t i = 0; i < plan->root.n_binds; i++)
		close_fdp(&plan->binds[i].tree);
	close_fdp(&plan->root.tree);
	free(plan->places);
	free(plan->grants);
	free(plan->binds);
	free(plan->links);
	seccomp_program_clear(&plan->filter);
	allowlist_clear(&plan->syscalls);
	strv_clear(&plan->folders);
	strv_clear(&plan->argv);
	strv_clear(&plan->env);
	strv_clear(&plan->socket_names);
	close_fdp(&plan->init_fd);
	resolved_clear(&plan->init_place);
	resolved_clear(&plan->runtime_place);
	command_clear(&plan->command);
	(void)policy_free(plan->policy);
	host_config_clear(&plan->host);
	free(plan->sandbox);
	free(plan);
	return NULL;
}
