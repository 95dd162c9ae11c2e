/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "lsm/files.h"
#include "lsm/rules.h"

struct ownership {
	const struct lsm_own *owns;
	const struct lsm_files *files;
	const uint32_t *tenants;
	size_t n_tenants;
};

static bool is_listed(const struct ownership *o, uint32_t tenant)
{
	for (size_t i = 0; i < o->n_tenants; i++)
		if (o->tenants[i] == tenant)
			return true;
	return false;
}

static bool still_owns(const struct ownership *o, const struct sbx_label *label)
{
	for (size_t i = 0; i < o->files->n; i++) {
		const struct sbx_file_info *info = &o->files->file[i].info;

		if (o->owns[o->files->origin[i]].tenant == label->owner &&
			info->ino == label->ino && info->dev == label->dev &&
			info->generation == label->generation)
			return true;
	}
	return false;
}

/* The label itself stays: grants may stand on it, and rules.c takes it when none does. */
static bool disown(struct sbx_label *label, void *arg)
{
	const struct ownership *o = arg;

	if (label->owner && is_listed(o, label->owner) && !still_owns(o, label))
		label->owner = 0;
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

int owners_load(const struct lsm *lsm, const struct lsm_own *owns, size_t n_owns,
	const uint32_t *tenants, size_t n_tenants, struct sbx_error *err)
{
	_cleanup_free_ int *trees = calloc(n_owns + 1, sizeof(*trees));
	_cleanup_lsm_files_ struct lsm_files files = { 0 };
	struct ownership o = {
		.owns = owns, .files = &files, .tenants = tenants, .n_tenants = n_tenants
	};
	uint32_t first = 0, label;
	int r;

	if (!trees)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < n_owns; i++)
		trees[i] = owns[i].fd;
	r = lsm_files_collect(lsm, trees, n_owns, &files, err);
	if (r == 0)
		r = reserve_labels(lsm, files.n, &first, err);
	/* What is nobody's any more goes first: it may be another's from now on. */
	if (r == 0)
		r = labels_sweep(lsm, disown, &o, err);
	for (size_t i = 0; i < files.n && r == 0; i++) {
		const struct lsm_own *own = &owns[files.origin[i]];

		r = label_ensure(
			lsm, &files.file[i], own->tenant, first + (uint32_t)i, &label, err);
		if (r < 0)
			r = error_prefix(err, r, "own '%s'", own->path);
	}
	return r;
}
