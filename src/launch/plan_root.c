/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sandbox sees and what the LSM lets it open, from the same descriptors.
 */
#include "launch/plan.h"

#include <sys/stat.h>

/* A bind to be: what the grants of one path come to. */
struct wanted {
	const char *path;
	int fd;
	bool writable, executable;
};

static int compare_wanted(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->path, ((const struct wanted *)b)->path);
}

static void add_wanted(struct wanted *all, size_t *n, const struct wanted *one)
{
	for (size_t i = 0; i < *n; i++)
		if (streq(all[i].path, one->path)) {
			all[i].writable |= one->writable;
			all[i].executable |= one->executable;
			return;
		}
	all[(*n)++] = *one;
}

static int collect_wanted(
	const struct plan *plan, struct wanted *all, size_t *ret_n, struct sbx_error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_places; i++) {
		const struct policy_grant *grant = &plan->policy->filesystem.grants[i];
		struct wanted one = {
			.path = plan->places[i].path,
			.fd = plan->places[i].fd,
			.writable = grant->rights == POLICY_WRITE || grant->rights == POLICY_OWN,
			.executable = grant->rights == POLICY_EXEC,
		};

		if (streq(one.path, "/"))
			return error_set(err, EINVAL,
				"%s:%u: a private root can't hold the grant of '/'",
				place_file(&grant->at), grant->at.line);
		add_wanted(all, &n, &one);
	}
	if (plan->runtime) {
		struct wanted module = { .path = plan->module_path, .fd = plan->command.place.fd };

		struct wanted runtime = {
			.path = plan->exec_path,
			.fd = plan->runtime_place.fd,
			.executable = true,
		};

		add_wanted(all, &n, &module);
		add_wanted(all, &n, &runtime);
	}
	/* In this order an outer tree is mounted before what lies in it. */
	if (n)
		qsort(all, n, sizeof(*all), compare_wanted);
	*ret_n = n;
	return 0;
}

static int make_bind(struct plan *plan, const struct wanted *wanted, struct sbx_error *err)
{
	struct root_bind *bind = &plan->binds[plan->root.n_binds];
	struct stat st;
	int r;

	if (fstat(wanted->fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", wanted->path);
	*bind = (struct root_bind){
		.path = wanted->path, .tree = -1, .is_dir = S_ISDIR(st.st_mode)
	};
	r = mounts_clone_tree(wanted->fd, wanted->writable, wanted->executable, &bind->tree, err);
	if (r < 0)
		return error_prefix(err, r, "'%s'", wanted->path);
	plan->root.n_binds++;
	return 0;
}

static int plan_binds(struct plan *plan, struct sbx_error *err)
{
	_cleanup_free_ struct wanted *all = calloc(plan->n_places + 2, sizeof(*all));
	size_t n = 0;
	int r;

	plan->binds = calloc(plan->n_places + 2, sizeof(*plan->binds));
	if (!all || !plan->binds)
		return error_errno(err, ENOMEM, "plan the mounts");
	plan->root.binds = plan->binds;
	r = collect_wanted(plan, all, &n, err);
	for (size_t i = 0; i < n && r == 0; i++)
		r = make_bind(plan, &all[i], err);
	return r;
}

/* A grant nearer to the module than the tenant's own would take away what that one gives. */
static bool module_is_granted(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_places; i++)
		if (path_lies_in(plan->command.place.path, plan->places[i].path))
			return true;
	return false;
}

/* The links that the administrator's paths led through are there inside too: /bin -> usr/bin. */
static int plan_links(struct plan *plan, struct sbx_error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_places; i++)
		n += plan->places[i].links.n;
	plan->links = calloc(n + 1, sizeof(*plan->links));
	if (!plan->links)
		return error_errno(err, ENOMEM, "plan the links");
	for (size_t i = 0; i < plan->n_places; i++)
		for (size_t j = 0; j < plan->places[i].links.n; j++)
			plan->links[plan->root.n_links++] = (struct root_link){
				.path = plan->places[i].links.v[j],
				.target = plan->places[i].targets.v[j],
			};
	plan->root.links = plan->links;
	return 0;
}

static int plan_grants(struct plan *plan, struct sbx_error *err)
{
	plan->grants = calloc(plan->n_places + 3, sizeof(*plan->grants));
	if (!plan->grants)
		return error_errno(err, ENOMEM, "plan the rules");
	for (size_t i = 0; i < plan->n_places; i++)
		plan->grants[plan->n_grants++] = (struct lsm_grant){
			.fd = plan->places[i].fd,
			.rights = plan->policy->filesystem.grants[i].rights,
		};
	if (plan_has_init(plan))
		plan->grants[plan->n_grants++] =
			(struct lsm_grant){ plan->init_place.fd, POLICY_EXEC };
	/* A module needs no grant: its runtime is executed, and reads that one file. */
	if (plan->runtime) {
		plan->grants[plan->n_grants++] =
			(struct lsm_grant){ plan->runtime_place.fd, POLICY_EXEC };
		if (!module_is_granted(plan))
			plan->grants[plan->n_grants++] =
				(struct lsm_grant){ plan->command.place.fd, POLICY_READ };
	}
	return 0;
}

int plan_root(struct plan *plan, struct sbx_error *err)
{
	int r = plan_binds(plan, err);

	if (r == 0)
		r = plan_links(plan, err);
	if (r == 0)
		r = plan_grants(plan, err);
	plan->root.tmp_size = plan->policy->filesystem.tmp;
	plan->root.has_proc = plan_has_proc(plan);
	plan->root.has_mqueue = plan->policy->namespaces.ipc;
	return r;
}
