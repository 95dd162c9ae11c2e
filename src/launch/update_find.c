/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom an update is about, and what each of them is to have. Nothing of theirs is changed here.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "launch/update_work.h"
#include "launch/walls.h"

#include <fcntl.h>

/* A sandbox has its cgroup milliseconds before its entry is complete. */
#define START_TIMEOUT 5000000 /* usec */

struct elsewhere {
	char slice[PATH_MAX];
	struct sbx_error *err;
};

static int check_place(const struct sandbox_status *s, void *arg)
{
	const struct elsewhere *e = arg;
	const char *leaf = str_after(s->cgroup, e->slice);

	if (leaf && *leaf == '/')
		return 0;
	return error_set(e->err, ESTALE,
		"sandbox '%s/%s' runs in cgroup '%s', which is not below the base that is "
		"configured now",
		s->tenant, s->name, s->cgroup);
}

/* They are looked for where the next run would make them: none may be somewhere else. */
static int check_places(const struct update_work *w, struct sbx_error *err)
{
	struct elsewhere e = { .err = err };
	int r;

	(void)snprintf(e.slice, sizeof(e.slice), "%s/%s" LEAF_SLICE_END, w->plan->host.base,
		w->options->tenant);
	r = registry_each(w->options->tenant, check_place, &e, NULL);
	return r < 0 && err && !*err->text ? error_errno(err, -r, "list the sandboxes") : r;
}

int update_find_slice(struct update_work *w, struct sbx_error *err)
{
	char name[LEAF_NAME_MAX];
	int r = cgroup_open_base(w->plan->host.base, &w->base, &w->base_level, err);

	leaf_name(name, w->plan->policy->tenant, LEAF_SLICE_END);
	if (r == 0)
		r = cgroup_open(&w->base, name, &w->slice, err);
	/* It has never run, or not since the machine started: what isn't there has nothing old. */
	w->nobody = r == -ENOENT;
	return r < 0 && !w->nobody ? r : check_places(w, err);
}

static int note_own_policy(const struct update_work *w, struct update_item *item)
{
	char path[PATH_MAX];
	int r = fs_absolute(w->plan->policy->path, path, NULL);

	if (r == 0 && !streq(item->status.policy, path))
		(void)stpcpy(item->told.policy, item->status.policy);
	(void)stpcpy(item->told.changed, item->status.changed);
	return r;
}

static int find_item(const struct update_work *w, const char *name, struct update_item *item,
	struct sbx_error *err)
{
	int r;

	(void)snprintf(item->told.name, sizeof(item->told.name), "%s", name);
	leaf_name(item->scope, name, LEAF_END);
	r = cgroup_open(&w->slice, item->scope, &item->leaf, err);
	if (r == 0)
		r = registry_await(
			w->options->tenant, name, clock_usec() + START_TIMEOUT, &item->status, err);
	return r < 0 ? r : note_own_policy(w, item);
}

/* By the cgroups and not by the registry, which has a sandbox last. */
int update_find_sandboxes(struct update_work *w, struct sbx_error *err)
{
	_cleanup_strv_ struct strv names = { 0 };
	int r = leaf_add_names(w->slice.fd, ".", LEAF_END, &names);

	w->items = calloc(names.n + 1, sizeof(*w->items));
	if (r < 0 || !w->items)
		return error_errno(err, r < 0 ? -r : ENOMEM, "list the sandboxes");
	strv_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		struct update_item *item = &w->items[w->n];

		*item = (struct update_item){ .leaf = CGROUP_INIT };
		r = find_item(w, names.v[i], item, err);
		if (r == 0)
			w->n++;
		else
			cgroup_close(&item->leaf);
		if (r < 0 && r != -ENOENT)
			return r;
		/* It has ended meanwhile, or is what a crash left. */
		if (r < 0 && err)
			*err = (struct sbx_error){ 0 };
	}
	return 0;
}

bool update_is_gone(const struct update_work *w, const struct update_item *item)
{
	struct cgroup now = CGROUP_INIT;
	int r = cgroup_open(&w->slice, item->scope, &now, NULL);
	bool gone = r == -ENOENT || (r == 0 && now.id != item->leaf.id);

	cgroup_close(&now);
	return gone;
}

static int write_rules(const struct update_work *w, struct update_item *item,
	const struct plan *plan, struct sbx_error *err)
{
	const struct lsm_rules rules = plan_rules(plan);
	struct sbx_leaf leaf;
	int r;

	/* Without a label it is denied everything, and stays so. */
	if (lsm_leaf_get(&w->lsm, item->leaf.id, &leaf) < 0)
		return 0;
	if (leaf.tenant != plan->tenant_id)
		return error_set(err, EINVAL, "the label of sandbox '%s/%s' is another tenant's",
			w->options->tenant, item->told.name);
	r = rules_ensure(&w->lsm, &rules, false, &item->after, err);
	item->before = leaf.policy;
	item->labelled = r == 0;
	return r;
}

static int resolve(const struct update_work *w, struct update_item *item, struct sbx_error *err)
{
	_cleanup_plan_ struct plan *plan = NULL;
	struct run_options options = *w->options;
	char walls[REGISTRY_WALLS_MAX];
	int r;

	if (update_keeps_all(item)) {
		item->told.kept = walls_compare("", "");
		return 0;
	}
	options.name = item->told.name;
	r = plan_make_running(&options, &item->status, &plan, err);
	if (r == 0)
		r = walls_describe(plan, walls, err);
	if (r < 0)
		return r;
	item->told.kept = walls_compare(walls, item->status.walls);
	item->told.module_gone = plan->runtime && plan->command.place.fd < 0;
	return plan->host.lsm && !options.only_plan ? write_rules(w, item, plan, err) : 0;
}

int update_resolve(struct update_work *w, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < w->n && r == 0; i++)
		r = resolve(w, &w->items[i], err);
	return r;
}
