/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns what from now on. All is looked at before anything is changed, and each label goes from
 * its old owner to its new one in a single write: sandboxes run meanwhile.
 */
#include "base/fs.h"
#include "lsm/files.h"
#include "lsm/names.h"
#include "lsm/rules.h"

/*
 * An inode that is to be a tenant's, or a name in the folder that is that inode. A file is claimed
 * both ways: by its name, so that what takes its place is owned too, and what other names it has
 * are no ways in.
 */
struct claim {
	const struct lsm_file *file; /* or folder */
	const struct lsm_name *name; /* NULL: the inode itself */
	const struct lsm_own *own;
	uint32_t flags; /* as in struct lsm_owner */
};

struct ownership {
	struct lsm_name *names; /* one for each own */
	size_t n_names;
	int *trees; /* those that are there, borrowed, and whose they are */
	const struct lsm_own **of_tree;
	size_t n_trees;
	struct claim *claims; /* in the order of compare_claims */
	size_t n;
	const uint32_t *tenants;
	size_t n_tenants;
};

static void ownership_clear(struct ownership *o)
{
	for (size_t i = 0; i < o->n_names; i++)
		name_close(&o->names[i]);
	free(o->names);
	free(o->trees);
	free((void *)o->of_tree);
	free(o->claims);
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	uint64_t i = x->file->info.inode, j = y->file->info.inode;

	if (i != j)
		return i < j ? -1 : 1;
	if (!x->name || !y->name)
		return !!x->name - !!y->name;
	return strncmp(x->name->name, y->name->name, sizeof(x->name->name));
}

static bool is_listed(const struct ownership *o, uint32_t tenant)
{
	for (size_t i = 0; i < o->n_tenants; i++)
		if (o->tenants[i] == tenant)
			return true;
	return false;
}

/* What isn't there yet is owned by its name alone. */
static int list_trees(
	struct ownership *o, const struct lsm_own *owns, size_t n_owns, struct sbx_error *err)
{
	o->trees = calloc(n_owns + 1, sizeof(*o->trees));
	o->of_tree = (const struct lsm_own **)calloc(n_owns + 1, sizeof(*o->of_tree));
	if (!o->trees || !o->of_tree)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < n_owns; i++)
		if (owns[i].fd >= 0) {
			o->trees[o->n_trees] = owns[i].fd;
			o->of_tree[o->n_trees++] = &owns[i];
		}
	return 0;
}

static int open_names(struct ownership *o, const struct lsm *lsm, const struct lsm_own *owns,
	size_t n_owns, struct sbx_error *err)
{
	int r = 0;

	o->names = calloc(n_owns + 1, sizeof(*o->names));
	if (!o->names)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (; o->n_names < n_owns && r == 0; o->n_names++) {
		const struct lsm_own *own = &owns[o->n_names];

		r = name_open(own->fd, own->folder, own->path, &o->names[o->n_names], err);
	}
	return r < 0 ? r : names_read(lsm, o->names, o->n_names, err);
}

/* What is owned itself is shared as a whole, and no part. */
static void join(struct claim *into, const struct claim *claim)
{
	const uint32_t part = into->flags & claim->flags & SBX_LABEL_PART;

	into->flags = ((into->flags | claim->flags) & ~(uint32_t)SBX_LABEL_PART) | part;
}

/* What a tenant both owns and shares is one claim. */
static void join_claims(struct ownership *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		struct claim *last = n ? &o->claims[n - 1] : NULL;
		const struct claim *c = &o->claims[i];

		if (last && compare_claims(last, c) == 0 && last->own->tenant == c->own->tenant)
			join(last, c);
		else
			o->claims[n++] = *c;
	}
	o->n = n;
}

static void add_claim(struct ownership *o, const struct lsm_file *file, const struct lsm_name *name,
	const struct lsm_own *own)
{
	o->claims[o->n++] = (struct claim){ file, name, own,
		own->shared ? SBX_LABEL_SHARED | SBX_LABEL_PART : 0 };
}

static int collect_claims(struct ownership *o, const struct lsm_own *owns,
	const struct lsm_files *files, struct sbx_error *err)
{
	o->claims = calloc(files->n + o->n_names + 1, sizeof(*o->claims));
	if (!o->claims)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < files->n; i++)
		add_claim(o, &files->file[i], NULL, o->of_tree[files->origin[i]]);
	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].folder.fd >= 0)
			add_claim(o, &o->names[i].folder, &o->names[i], &owns[i]);
	if (o->n)
		qsort(o->claims, o->n, sizeof(*o->claims), compare_claims);
	join_claims(o);
	return 0;
}

static int owner_of(const struct lsm *lsm, const struct claim *c, struct lsm_owner *ret_owner,
	struct sbx_error *err)
{
	return c->name ? name_owner(lsm, c->name, ret_owner, err)
		       : label_owner(lsm, c->file, ret_owner, err);
}

/* One inode can be met by two paths, as with a bind mount, and a removed tenant keeps its own. */
static int check_claims(const struct lsm *lsm, const struct ownership *o, struct sbx_error *err)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct claim *c = &o->claims[i], *next = c + 1;
		struct lsm_owner owner = { 0 };
		uint32_t tenant = c->own->tenant;
		int r = owner_of(lsm, c, &owner, err);

		if (r < 0)
			return r;
		if (i + 1 < o->n && compare_claims(c, next) == 0 && next->own->tenant != tenant)
			return error_set(err, EEXIST, "own '%s' is own '%s' of tenant id %u too",
				c->own->path, next->own->path, next->own->tenant);
		if (owner.tenant && owner.tenant != tenant && !is_listed(o, owner.tenant))
			return error_cure(err,
				error_set(err, EEXIST, "own '%s': tenant id %u owns it already",
					c->own->path, owner.tenant),
				"a tenant that was removed keeps its own until 'sandboxctl tenant "
				"forget'; 'sandboxctl tenant list' tells whose id that is");
	}
	return 0;
}

/* NULL: nobody claims it any more. */
static const struct claim *find_claim(const struct ownership *o, uint64_t inode,
	const struct lsm_name *name, const struct sbx_label *label)
{
	const struct lsm_file file = { .info.inode = inode };
	const struct claim key = { .file = &file, .name = name }, *found = NULL;

	if (o->n)
		found = bsearch(&key, o->claims, o->n, sizeof(key), compare_claims);
	return found && label_is_of(label, &found->file->info) ? found : NULL;
}

static struct lsm_owner claimant(const struct claim *claim)
{
	return (struct lsm_owner){ claim->own->tenant, claim->flags };
}

/* What was only shared is closed by the label above it, or open to its owner as that is. */
static void end_ownership(struct sbx_label *label)
{
	const bool part = label->flags & SBX_LABEL_PART;

	label_set_owner(label, (struct lsm_owner){ .tenant = part ? 0 : SBX_OWNER_FORMER });
}

/* The label stays: grants may stand on it, and rules.c takes it when none does. */
static void hand_over(const struct ownership *o, const struct claim *claim, struct sbx_label *label)
{
	if (claim)
		label_set_owner(label, claimant(claim));
	else if (is_listed(o, label->owner))
		end_ownership(label);
	else
		/* A removed tenant keeps its own, and lets nobody in any more. */
		label->flags &= ~(uint32_t)SBX_LABEL_SHARED;
}

static bool hand_over_inode(uint64_t inode, struct sbx_label *label, void *arg)
{
	const struct ownership *o = arg;

	hand_over(o, find_claim(o, inode, NULL, label), label);
	return true;
}

static bool hand_over_name(const struct sbx_name_key *key, struct sbx_label *label, void *arg)
{
	const struct ownership *o = arg;
	struct lsm_name name;

	memcpy(name.name, key->name, sizeof(name.name));
	hand_over(o, find_claim(o, key->folder, &name, label), label);
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

/* `fresh` and the next are for it. */
static int label_claim(
	const struct lsm *lsm, const struct claim *c, uint32_t fresh, struct sbx_error *err)
{
	uint32_t label;

	return c->name ? name_ensure(lsm, c->name, claimant(c), fresh, fresh + 1, &label, err)
		       : label_ensure(lsm, c->file, claimant(c), fresh, &label, err);
}

/*
 * Those that had no label yet; all others have their owner by now. What its tenant has removed
 * since it was opened is no reason to fail: of a file the name is owned still, and `run` sees where
 * a folder isn't there that was.
 */
static int label_all(
	const struct lsm *lsm, const struct ownership *o, uint32_t first, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < o->n && r == 0; i++) {
		r = label_claim(lsm, &o->claims[i], first + 2 * (uint32_t)i, err);
		if (r == -ENOLINK)
			r = 0;
		if (r < 0)
			r = error_prefix(err, r, "own '%s'", o->claims[i].own->path);
	}
	return r;
}

int owners_load(const struct lsm *lsm, const struct lsm_own *owns, size_t n_owns,
	const uint32_t *tenants, size_t n_tenants, struct sbx_error *err)
{
	_cleanup_lsm_files_ struct lsm_files files = { 0 };
	_cleanup_(ownership_clear) struct ownership o = { .tenants = tenants,
		.n_tenants = n_tenants };
	uint32_t first = 0;
	int r = list_trees(&o, owns, n_owns, err);

	if (r == 0)
		r = lsm_files_collect(lsm, o.trees, o.n_trees, &files, err);
	if (r == 0)
		r = open_names(&o, lsm, owns, n_owns, err);
	if (r == 0)
		r = collect_claims(&o, owns, &files, err);
	if (r == 0)
		r = check_claims(lsm, &o, err);
	if (r == 0)
		r = reserve_labels(lsm, 2 * o.n, &first, err);
	if (r == 0)
		r = labels_sweep(lsm, hand_over_inode, &o, err);
	if (r == 0)
		r = names_sweep(lsm, hand_over_name, &o, err);
	return r < 0 ? r : label_all(lsm, &o, first, err);
}

struct former {
	uint32_t tenant;
	size_t n;
};

static void give_up(struct former *former, struct sbx_label *label)
{
	if (label->owner == former->tenant) {
		end_ownership(label);
		former->n++;
	}
}

static bool give_up_inode(uint64_t inode, struct sbx_label *label, void *arg)
{
	(void)inode;
	give_up(arg, label);
	return true;
}

static bool give_up_name(const struct sbx_name_key *key, struct sbx_label *label, void *arg)
{
	(void)key;
	give_up(arg, label);
	return true;
}

int owners_forget(const struct lsm *lsm, uint32_t tenant, size_t *ret_n, struct sbx_error *err)
{
	struct former former = { .tenant = tenant };
	int r = labels_sweep(lsm, give_up_inode, &former, err);

	if (r == 0)
		r = names_sweep(lsm, give_up_name, &former, err);
	if (r == 0)
		*ret_n = former.n;
	return r;
}

struct owner_visitor {
	void (*visit)(uint32_t tenant, void *arg);
	void *arg;
};

static void visit_owner(const struct owner_visitor *v, const struct sbx_label *label)
{
	if (label->owner && label->owner != SBX_OWNER_FORMER)
		v->visit(label->owner, v->arg);
}

static bool visit_inode(uint64_t inode, struct sbx_label *label, void *arg)
{
	(void)inode;
	visit_owner(arg, label);
	return true;
}

static bool visit_name(const struct sbx_name_key *key, struct sbx_label *label, void *arg)
{
	(void)key;
	visit_owner(arg, label);
	return true;
}

int owners_each(const struct lsm *lsm, void (*visit)(uint32_t tenant, void *arg), void *arg,
	struct sbx_error *err)
{
	struct owner_visitor v = { visit, arg };
	int r = labels_sweep(lsm, visit_inode, &v, err);

	return r < 0 ? r : names_sweep(lsm, visit_name, &v, err);
}
