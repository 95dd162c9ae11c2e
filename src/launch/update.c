/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of an update is the table. Killed anywhere it leaves sandboxes each of which has one of
 * the two policies as a whole, enforced; the next update mends that.
 */
#include "launch/update_work.h"

#include "base/failpoint.h"
#include "launch/loaded.h"
#include "lsm/home.h"

#include <unistd.h>

static int lock_tenant(struct update_work *w, struct sbx_error *err)
{
	int r = registry_lock_tenant(w->options->tenant, &w->lock, err);

	/* Before anything is read: a run that has read less than this has to give up. */
	return r < 0 || w->options->only_plan ? r : registry_note_update(w->lock, err);
}

static int read_policy(struct update_work *w, struct sbx_error *err)
{
	w->of_policy = *w->options;
	w->of_policy.only_plan = true;
	return plan_make_policy(&w->of_policy, &w->plan, err);
}

/* Before there is a lock: a tenant that isn't gets none. */
static int check_policy(const struct run_options *options, struct sbx_error *err)
{
	_cleanup_policy_ struct policy *policy = NULL;

	return policy_load_tenant(&options->dirs, options->tenant, &policy, NULL, err);
}

static bool has_anybody(const struct update_work *w)
{
	return !w->nobody;
}

static bool has_lsm(const struct update_work *w)
{
	return has_anybody(w) && w->plan->host.lsm;
}

static int open_lsm(struct update_work *w, struct sbx_error *err)
{
	struct sbx_loaded loaded = { 0 };
	int r = lsm_open(&w->lsm, err);

	/* ENOENT is that there is nobody to update. */
	if (r == -ENOENT)
		return -ESTALE;
	if (r == 0)
		r = lsm_check_base(&w->lsm, w->base.id, w->base_level, err);
	if (r == 0)
		r = lsm_open_changer(&w->lsm, &w->changer, err);
	if (r == 0)
		r = lsm_read_loaded(&w->lsm, &loaded, err);
	w->n_loads = loaded.n_loads;
	return r;
}

/* Behind all reading: what was read is what is loaded, and was so when the reading began. */
static int check_read(struct update_work *w, struct sbx_error *err)
{
	struct sbx_loaded loaded = { 0 };
	int r = loaded_check(&w->lsm, w->options->dirs.config, err);

	if (r == 0)
		r = lsm_read_loaded(&w->lsm, &loaded, err);
	if (r < 0 || loaded.n_loads == w->n_loads)
		return r;
	r = error_set(err, EAGAIN, "the tenants were loaded anew meanwhile");
	return error_cure(err, r, "try again");
}

static bool changes(const struct update_work *w)
{
	return has_anybody(w) && !w->options->only_plan;
}

static bool changes_lsm(const struct update_work *w)
{
	return changes(w) && has_lsm(w);
}

/* Half of it would be neither policy, and a cgroup may be frozen just then. */
static int hold_signals(struct update_work *w, struct sbx_error *err)
{
	sigset_t all;

	if (sigfillset(&all) < 0 || sigprocmask(SIG_BLOCK, &all, &w->signals) < 0)
		return error_errno(err, errno, "block signals");
	w->changing = true;
	return 0;
}

static int change_slice(struct update_work *w, struct sbx_error *err)
{
	const struct policy *policy = w->plan->policy;
	const struct policy_cgroup *const settings[] = { &policy->cgroup, &policy->cgroup_sandbox,
		NULL };
	_cleanup_cgroup_ struct cgroup base = CGROUP_INIT;
	unsigned int level;
	int r = cgroup_make_base(w->plan->host.base, settings, &base, &level, err);

	if (r == 0)
		r = cgroup_enable_for(&w->slice, &settings[1], err);
	return r < 0 ? r : cgroup_change(&w->slice, &policy->cgroup, &w->journal, err);
}

static int limit(const struct update_work *w, struct update_item *item, struct sbx_error *err)
{
	int r;

	if (update_keeps_all(item))
		return 0;
	r = cgroup_change(&item->leaf, &w->plan->policy->cgroup_sandbox, &item->journal, err);
	/* Nobody's limits are wrong there. */
	return r < 0 && update_is_gone(w, item) ? 0 : r;
}

static int limit_all(struct update_work *w, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < w->n && r == 0; i++) {
		r = limit(w, &w->items[i], err);
		failpoint_kill("update-limits-half");
	}
	return r;
}

static int relabel(const struct update_work *w, struct update_item *item, struct sbx_error *err)
{
	int r;

	if (!item->labelled || item->before == item->after)
		return 0;
	r = lsm_leaf_change(
		w->changer, item->leaf.id, w->plan->tenant_id, item->before, item->after, err);
	item->changed = r == 0;
	return r == -ENOENT ? 0 : r;
}

static int relabel_all(struct update_work *w, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < w->n && r == 0; i++) {
		r = relabel(w, &w->items[i], err);
		failpoint_kill("update-labels-half");
	}
	return r;
}

/* An unload meanwhile would find nobody to stop it: the rules went into nothing. */
static int check_loaded(struct update_work *w, struct sbx_error *err)
{
	return home_check_published(w->lsm.home, err);
}

static const struct {
	const char *name;
	bool (*applies)(const struct update_work *w);
	int (*do_)(struct update_work *w, struct sbx_error *err);
} steps[] = {
	{ "update-lock", NULL, lock_tenant },
	{ "update-policy", NULL, read_policy },
	{ "update-find-slice", NULL, update_find_slice },
	{ "update-open-lsm", has_lsm, open_lsm },
	{ "update-find", has_anybody, update_find_sandboxes },
	{ "update-rules", has_anybody, update_resolve },
	{ "update-check", has_lsm, check_read },
	{ "update-signals", changes, hold_signals },
	{ "update-slice", changes, change_slice },
	{ "update-limits", changes, limit_all },
	{ "update-labels", changes_lsm, relabel_all },
	{ "update-check-loaded", changes_lsm, check_loaded },
};

static int do_step(struct update_work *w, size_t i, struct sbx_error *err)
{
	int r;

	if (steps[i].applies && !steps[i].applies(w))
		return 0;
	failpoint_kill(steps[i].name);
	r = steps[i].do_(w, err);
	if (r < 0)
		return r;
	r = failpoint_error(steps[i].name, ":after");
	return r < 0 ? error_errno(err, -r, "asked to fail") : 0;
}

/* ---- its end ---- */

static void note_undoing(struct sbx_error *err, int r, const struct sbx_error *why)
{
	if (r < 0 && err)
		error_append(err, why);
}

static void put_back(struct update_work *w, struct sbx_error *err)
{
	struct sbx_error why = { 0 };

	for (size_t i = w->n; i-- > 0;) {
		struct update_item *item = &w->items[i];
		int r = 0;

		if (item->changed)
			r = lsm_leaf_change(w->changer, item->leaf.id, w->plan->tenant_id,
				item->after, item->before, &why);
		item->changed &= r < 0;
		note_undoing(err, r == -ENOENT ? 0 : r, &why);
		r = cgroup_undo(&item->leaf, &item->journal, &why);
		note_undoing(err, r < 0 && update_is_gone(w, item) ? 0 : r, &why);
	}
	note_undoing(err, cgroup_undo(&w->slice, &w->journal, &why), &why);
}

/* Former policies, and those of an update that failed; what stays now goes the next time. */
static void forget(const struct update_work *w)
{
	uint32_t current = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].labelled)
			current = w->items[i].changed ? w->items[i].after : w->items[i].before;
	if (current)
		(void)rules_forget(&w->lsm, w->plan->tenant_id, current, NULL);
}

static int tell(const struct update_work *w, struct update *ret_update, struct sbx_error *err)
{
	struct update update = { calloc(w->n + 1, sizeof(*update.v)), 0 };

	if (!update.v)
		return error_errno(err, ENOMEM, "list the sandboxes");
	for (size_t i = 0; i < w->n; i++)
		if (!update_is_gone(w, &w->items[i]))
			update.v[update.n++] = w->items[i].told;
	*ret_update = update;
	return 0;
}

static void close_work(struct update_work *w)
{
	if (w->changing)
		(void)sigprocmask(SIG_SETMASK, &w->signals, NULL);
	for (size_t i = 0; i < w->n; i++) {
		cgroup_journal_clear(&w->items[i].journal);
		cgroup_close(&w->items[i].leaf);
	}
	free(w->items);
	cgroup_journal_clear(&w->journal);
	cgroup_close(&w->slice);
	cgroup_close(&w->base);
	close_fdp(&w->changer);
	lsm_close(&w->lsm);
	(void)plan_free(w->plan);
	close_fdp(&w->lock);
}

int update_tenant(
	const struct run_options *options, struct update *ret_update, struct sbx_error *err)
{
	_cleanup_(close_work) struct update_work w = {
		.options = options,
		.lock = -1,
		.lsm = LSM_INIT,
		.changer = -1,
		.base = CGROUP_INIT,
		.slice = CGROUP_INIT,
	};
	int r = 0;

	if (!name_is_valid(options->tenant))
		return error_set(err, EINVAL, "'%s' is not a tenant's name", options->tenant);
	r = check_policy(options, err);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = do_step(&w, i, err);
	if (r < 0 && w.changing)
		put_back(&w, err);
	forget(&w);
	return r < 0 ? r : tell(&w, ret_update, err);
}

void update_clear(struct update *update)
{
	free(update->v);
	*update = (struct update){ 0 };
}
