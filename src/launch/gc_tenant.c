/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/netns.h"
#include "launch/gc.h"
#include "state/ended.h"

#include <fcntl.h>

struct tenant {
	struct gc *gc;
	const char *name;
	bool lives; /* one of its sandboxes has a supervisor */
};

static void remove_sandbox(struct tenant *t, const char *name, const char *path)
{
	struct sbx_error err = { 0 };
	int r;

	if (t->gc->options->dry_run) {
		gc_say(t->gc, "sandbox %s/%s", t->name, name);
		return;
	}
	r = leaf_remove_orphan(t->gc->has_lsm ? &t->gc->lsm : NULL, t->name, name, path, &err);
	if (r == -EBUSY)
		t->lives = true;
	else if (r < 0)
		gc_failed(t->gc, r, &err);
	else
		gc_say(t->gc, "sandbox %s/%s", t->name, name);
}

static void default_path(const struct tenant *t, const char *name, char path[static PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/%s" LEAF_SLICE_END "/%s" LEAF_END, t->gc->base_path,
		t->name, name);
}

/* Its status may be missing, and then its cgroup is where the next run would make it. */
static int collect_entry(const char *tenant, const char *name, void *arg)
{
	struct sandbox_status status;
	struct tenant *t = arg;
	char path[PATH_MAX];

	if (registry_is_held(tenant, name)) {
		t->lives = true;
		return 0;
	}
	default_path(t, name, path);
	if (registry_get(tenant, name, &status) == 0)
		(void)snprintf(path, sizeof(path), "%s", status.cgroup);
	remove_sandbox(t, name, path);
	return 0;
}

static bool has_entry(const struct tenant *t, const char *name)
{
	char path[PATH_MAX];

	registry_path(t->name, name, path);
	return access(path, F_OK) == 0;
}

/* Cgroups that have no entry, or none any more. */
static void collect_leaves(struct tenant *t, const struct cgroup *slice)
{
	_cleanup_strv_ struct strv names = { 0 };
	char path[PATH_MAX];

	(void)leaf_add_names(slice->fd, ".", LEAF_END, &names);
	for (size_t i = 0; i < names.n; i++) {
		/* One that has an entry was looked at, or was begun since. */
		if (has_entry(t, names.v[i]))
			continue;
		default_path(t, names.v[i], path);
		remove_sandbox(t, names.v[i], path);
	}
}

/* By an update that was killed. Another one would hold the tenant's lock, which is ours. */
static void thaw(struct tenant *t, const struct cgroup *cgroup)
{
	struct sbx_error err = { 0 };
	int r = 0;

	if (!cgroup_is_left_frozen(cgroup))
		return;
	if (!t->gc->options->dry_run)
		r = cgroup_thaw_left(cgroup, &err);
	if (r < 0)
		gc_failed(t->gc, r, &err);
	else
		gc_say(t->gc, "freeze of cgroup %s", cgroup->path);
}

static void thaw_leaves(struct tenant *t, const struct cgroup *slice)
{
	_cleanup_strv_ struct strv names = { 0 };
	char name[LEAF_NAME_MAX];

	(void)leaf_add_names(slice->fd, ".", LEAF_END, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;

		leaf_name(name, names.v[i], LEAF_END);
		if (cgroup_open(slice, name, &leaf, NULL) == 0)
			thaw(t, &leaf);
	}
}

static void collect_sandboxes(struct tenant *t)
{
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	char name[LEAF_NAME_MAX];
	struct sbx_error err = { 0 };
	int r = registry_each_folder(t->name, collect_entry, t, &err);

	if (r < 0)
		gc_failed(t->gc, r, &err);
	if (gc_open_slice(t->gc, t->name, name, &slice) < 0)
		return;
	collect_leaves(t, &slice);
	thaw(t, &slice);
	thaw_leaves(t, &slice);
}

/* What is left in it, if anything is, was not put there by us. */
static void remove_slice(struct tenant *t)
{
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	char name[LEAF_NAME_MAX];

	if (gc_open_slice(t->gc, t->name, name, &slice) < 0)
		return;
	if (t->gc->options->dry_run || unlinkat(t->gc->base.fd, name, AT_REMOVEDIR) == 0)
		gc_say(t->gc, "cgroup %s", slice.path);
}

static void remove_netns(struct tenant *t)
{
	struct sbx_error err = { 0 };
	int r = 0;

	if (!t->gc->options->dry_run)
		r = netns_forget(t->name, &err);
	if (r < 0)
		gc_failed(t->gc, r, &err);
	else
		gc_say(t->gc, "network namespace of tenant %s", t->name);
}

static void forget_ended(struct tenant *t)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), ENDED_DIR "/%s", t->name);
	if (access(path, F_OK) < 0)
		return;
	if (!t->gc->options->dry_run)
		ended_forget_tenant(t->name);
	gc_say(t->gc, "what is remembered of tenant %s", t->name);
}

bool gc_tenant(struct gc *gc, const char *tenant)
{
	struct tenant t = { .gc = gc, .name = tenant };
	bool stays;

	collect_sandboxes(&t);
	/* One whose policy is given by --policy has what it needs for as long as it runs. */
	stays = t.lives || gc_has_policy(gc, tenant);
	if (netns_is_half_made(tenant) || (!stays && netns_is_there(tenant)))
		remove_netns(&t);
	if (!stays) {
		remove_slice(&t);
		forget_ended(&t);
	}
	gc_policies(gc, tenant);
	return t.lives;
}
