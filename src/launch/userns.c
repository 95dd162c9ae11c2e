/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/userns.h"

#include "kernel/userns.h"
#include "launch/children.h"

/*
 * For who has capabilities there is none: they could become that user, whose files would be those
 * of the host's root, or override the modes of these. As nobody's they are out of their reach.
 */
static bool knows_root(const struct plan *plan)
{
	return !plan->policy->process.capabilities;
}

/*
 * Something may be made below PATH: a folder in there is mounted writable. A tree whose ids are
 * mapped can't have that.
 */
static bool is_written_in(const struct root_spec *root, const char *path)
{
	for (size_t i = 0; i < root->n_binds; i++)
		if (root->binds[i].tree < 0 && root->binds[i].writable &&
			path_lies_in(root->binds[i].path, path))
			return true;
	return false;
}

/* What can be written is left out: what is made there is the tenant's. */
static int map_trees(const struct run *run, struct sbx_error *err)
{
	const struct root_spec *root = &run->plan->root;
	int r = 0;

	if (root->tree >= 0 && !root->writable && !is_written_in(root, "/"))
		r = mounts_map_ids(root->tree, run->userns, err);
	for (size_t i = 0; i < root->n_binds && r == 0; i++)
		if (root->binds[i].tree >= 0 && !root->binds[i].writable &&
			!is_written_in(root, root->binds[i].path))
			r = mounts_map_ids(root->binds[i].tree, run->userns, err);
	return r;
}

int userns_open(struct run *run, struct sbx_error *err)
{
	const struct plan *plan = run->plan;
	const struct userns_ids ids = {
		.uid = plan->uid,
		.gid = plan->gid,
		.root = knows_root(plan) ? plan->root_id : 0,
	};
	int r = userns_make(&ids, &run->userns, err);

	if (r < 0)
		return r;
	r = children_move_up(run, &run->userns);
	if (r < 0)
		return error_errno(err, -r, "open the user namespace");
	return ids.root ? map_trees(run, err) : 0;
}
