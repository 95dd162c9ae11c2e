/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns what from now on. All is looked at before anything is changed, and each label goes from
 * its old owner to its new one in a single write: sandboxes run meanwhile.
 */
#include "base/fs.h"
#include "lsm/files.h"
#include "lsm/rules.h"

/* An inode that is to be a tenant's. */
struct claim {
	const struct lsm_file *file;
	const struct lsm_own *own;
};

struct ownership {
	struct claim *claims; /* in the order of their inodes */
	size_t n;
	const uint32_t *tenants;
	size_t n_tenants;
};

static int compare_claims(const void *a, const void *b)
{
	uint64_t x = ((const struct claim *)a)->file->info.inode;
	uint64_t y = ((const struct claim *)b)->file->info.inode;

	return x < y ? -1 : x > y;
}

static bool is_listed(const struct ownership *o, uint32_t tenant)
{
	for (size_t i = 0; i < o->n_tenants; i++)
		if (o->tenants[i] == tenant)
			return true;
	return false;
}

static int collect_claims(struct ownership *o, const struct lsm_own *owns,
	const struct lsm_files *files, struct sbx_error *err)
{
	o->claims = calloc(files->n + 1, sizeof(*o->claims));
	if (!o->claims)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < files->n; i++)
		o->claims[i] = (struct claim){ &files->file[i], &owns[files->origin[i]] };
	o->n = files->n;
	if (o->n)
		qsort(o->claims, o->n, sizeof(*o->claims), compare_claims);
	return 0;
}

/* One inode can be met by two paths, as with a bind mount, and a removed tenant keeps its own. */
static int check_claims(const struct lsm *lsm, const struct ownership *o, struct sbx_error *err)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct claim *c = &o->claims[i], *next = c + 1;
		uint32_t tenant = c->own->tenant, owner = 0;
		int r = label_owner(lsm, c->file, &owner, err);

		if (r < 0)
			return r;
		if (i + 1 < o->n && compare_claims(c, next) == 0 && next->own->tenant != tenant)
			return error_set(err, EEXIST, "own '%s' is own '%s' of tenant id %u too",
				c->own->path, next->own->path, next->own->tenant);
		if (owner && owner != tenant && !is_listed(o, owner))
			return error_cure(err,
				error_set(err, EEXIST, "own '%s': tenant id %u owns it already",
					c->own->path, owner),
				"a tenant that was removed keeps its own until 'sandboxctl tenant "
				"forget'; 'sandboxctl tenant list' tells whose id that is");
	}
	return 0;
}

/* NULL: nobody claims it any more. */
static const struct claim *find_claim(
	const struct ownership *o, uint64_t inode, const struct sbx_label *label)
{
	const struct lsm_file file = { .info.inode = inode };
	const struct claim key = { .file = &file }, *found = NULL;

	if (o->n)
		found = bsearch(&key, o->claims, o->n, sizeof(key), compare_claims);
	return found && label_is_of(label, &found->file->info) ? found : NULL;
}

/* The label stays: grants may stand on it, and rules.c takes it when none does. */
static bool hand_over(uint64_t inode, struct sbx_label *label, void *arg)
{
	const struct ownership *o = arg;
	const struct claim *claim = find_claim(o, inode, label);

	if (claim)
		label->owner = claim->own->tenant;
	else if (label->owner && is_listed(o, label->owner))
		label->owner = SBX_OWNER_FORMER;
	return true;
}

static int reserve_labels(
	const struct lsm *lsm, size_t n, uint32_t *ret_first, struct sbx_error *err)
{
	struct sbx_loaded loaded;
	int r = lsm_read_loaded(lsm, &loaded, err);

	if (r < 0)
		return r;
	if (n > UINT32_MAX - loaded.last_label)
		return error_set(err, ENOSPC, "all label ids are used up");
	*ret_first = loaded.last_label + 1;
	loaded.last_label += (uint32_t)n;
	return lsm_write_loaded(lsm, &loaded, err);
}

/* Those that had no label yet; all others have their owner by now. */
static int label_all(
	const struct lsm *lsm, const struct ownership *o, uint32_t first, struct sbx_error *err)
{
	uint32_t label;
	int r = 0;

	for (size_t i = 0; i < o->n && r == 0; i++) {
		const struct claim *c = &o->claims[i];

		r = label_ensure(lsm, c->file, c->own->tenant, first + (uint32_t)i, &label, err);
		if (r < 0)
			r = error_prefix(err, r, "own '%s'", c->own->path);
	}
	return r;
}

int owners_load(const struct lsm *lsm, const struct lsm_own *owns, size_t n_owns,
	const uint32_t *tenants, size_t n_tenants, struct sbx_error *err)
{
	_cleanup_free_ int *trees = calloc(n_owns + 1, sizeof(*trees));
	_cleanup_lsm_files_ struct lsm_files files = { 0 };
	struct ownership o = { .tenants = tenants, .n_tenants = n_tenants };
	uint32_t first = 0;
	int r;

	if (!trees)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < n_owns; i++)
		trees[i] = owns[i].fd;
	r = lsm_files_collect(lsm, trees, n_owns, &files, err);
	if (r == 0)
		r = collect_claims(&o, owns, &files, err);
	if (r == 0)
		r = check_claims(lsm, &o, err);
	if (r == 0)
		r = reserve_labels(lsm, o.n, &first, err);
	if (r == 0)
		r = labels_sweep(lsm, hand_over, &o, err);
	if (r == 0)
		r = label_all(lsm, &o, first, err);
	free(o.claims);
	return r;
}

struct former {
	uint32_t tenant;
	size_t n;
};

static bool give_up(uint64_t inode, struct sbx_label *label, void *arg)
{
	struct former *former = arg;

	(void)inode;
	if (label->owner == former->tenant) {
		label->owner = SBX_OWNER_FORMER;
		former->n++;
	}
	return true;
}

int owners_forget(const struct lsm *lsm, uint32_t tenant, size_t *ret_n, struct sbx_error *err)
{
	struct former former = { .tenant = tenant };
	int r = labels_sweep(lsm, give_up, &former, err);

	if (r == 0)
		*ret_n = former.n;
	return r;
}

struct owner_visitor {
	void (*visit)(uint32_t tenant, void *arg);
	void *arg;
};

static bool visit_owner(uint64_t inode, struct sbx_label *label, void *arg)
{
	const struct owner_visitor *v = arg;

	(void)inode;
	if (label->owner && label->owner != SBX_OWNER_FORMER)
		v->visit(label->owner, v->arg);
	return true;
}

int owners_each(const struct lsm *lsm, void (*visit)(uint32_t tenant, void *arg), void *arg,
	struct sbx_error *err)
{
	return labels_sweep(lsm, visit_owner, &(struct owner_visitor){ visit, arg }, err);
}
