/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "launch/gc.h"
#include "lsm/forget.h"
#include "lsm/home.h"

struct unused {
	const struct gc *gc;
	const char *name;
	uint32_t tenant;
};

static bool is_of_tenant(const struct sbx_policy_key *key, uint32_t policy, void *arg)
{
	const struct unused *u = arg;

	if (key->tenant != u->tenant)
		return false;
	gc_say(u->gc, "policy %u of tenant %s, which no sandbox uses", policy, u->name);
	return !u->gc->options->dry_run;
}

/*
 * A run that has found a policy holds its tenant's lock until a sandbox uses it; so does our caller
 * now. The rules themselves are for gc_rules.
 */
void gc_policies(struct gc *gc, const char *tenant)
{
	struct unused u = { gc, tenant, ids_of(gc->ids, gc->n_ids, tenant) };
	_cleanup_close_ int lock = -1;
	struct sbx_error err = { 0 };
	int r;

	if (!gc->has_lsm || !u.tenant)
		return;
	r = fs_lock(LSM_LOCK, &lock, &err);
	if (r == 0)
		r = forget_policies(&gc->lsm, is_of_tenant, &u, NULL, &err);
	if (r < 0)
		gc_failed(gc, r, &err);
}

/* Ids of cgroups are never given out again: a label without its cgroup is nobody's for good. */
static void collect_label(uint64_t cgroup_id, void *arg)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	struct sbx_error err = { 0 };
	struct gc *gc = arg;
	int r = 0;

	if (cgroup_open_id(cgroup_id, &leaf, NULL) != -ENOENT)
		return;
	if (!gc->options->dry_run)
		r = lsm_leaf_delete(&gc->lsm, cgroup_id, &err);
	if (r < 0)
		gc_failed(gc, r, &err);
	else
		gc_say(gc, "label of a cgroup that is gone, id %llu",
			(unsigned long long)cgroup_id);
}

/* Where cgroups can't be looked at, none may be taken for gone. */
static void collect_labels(struct gc *gc)
{
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT;
	struct sbx_error err = { 0 };
	int r = cgroup_open_root(&root, &err);

	if (r < 0)
		gc_failed(gc, r, &err);
	else
		forget_each_leaf(&gc->lsm, collect_label, gc);
}

static void collect_rules(struct gc *gc, bool say)
{
	struct forgotten gone = { 0 };
	struct sbx_error err = { 0 };
	int r = gc->options->dry_run ? forget_count(&gc->lsm, &gone, &err)
				     : forget_rules(&gc->lsm, &gone, &err);

	if (r < 0)
		gc_failed(gc, r, &err);
	else if (say && (gone.n_rules || gone.n_labels))
		gc_say(gc, "rules of no policy: %zu, and %zu labels of files", gone.n_rules,
			gone.n_labels);
}

/* Of a load that was killed. */
static void collect_canary(struct gc *gc)
{
	_cleanup_cgroup_ struct cgroup canary = CGROUP_INIT;
	struct sbx_error err = { 0 };
	int r = 0;

	if (gc->base.fd < 0 || cgroup_open(&gc->base, LSM_CANARY, &canary, NULL) < 0)
		return;
	if (!gc->options->dry_run)
		r = cgroup_remove(&gc->base, LSM_CANARY, &canary, &err);
	if (r < 0)
		gc_failed(gc, r, &err);
	else
		gc_say(gc, "cgroup %s", canary.path);
}

static void collect_pin(struct gc *gc)
{
	struct sbx_error err = { 0 };

	if (!home_is_half_published())
		return;
	if (!gc->options->dry_run && unlink(LSM_HOME_PIN) < 0)
		gc_failed(gc, error_errno(&err, errno, "unlink '%s'", LSM_HOME_PIN), &err);
	else
		gc_say(gc, "file %s, which pins nothing", LSM_HOME_PIN);
}

/* Nobody loads meanwhile, nor writes rules. -ENOENT: nobody ever did. */
static int lock_lsm(struct gc *gc, int *ret_lock)
{
	struct sbx_error err = { 0 };
	int r = access(LSM_DIR, F_OK) < 0 ? -ENOENT : fs_lock(LSM_LOCK, ret_lock, &err);

	if (r < 0 && r != -ENOENT)
		gc_failed(gc, r, &err);
	return r;
}

void gc_lsm(struct gc *gc)
{
	_cleanup_close_ int lock = -1;

	if (lock_lsm(gc, &lock) < 0)
		return;
	collect_canary(gc);
	collect_pin(gc);
	if (!gc->has_lsm)
		return;
	collect_labels(gc);
	collect_rules(gc, true);
}

/* These were said to go when their policies were. */
void gc_rules(struct gc *gc)
{
	_cleanup_close_ int lock = -1;

	if (gc->has_lsm && !gc->options->dry_run && lock_lsm(gc, &lock) == 0)
		collect_rules(gc, false);
}
