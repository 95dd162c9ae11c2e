/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/userns.h"

#include "kernel/userns.h"
#include "launch/children.h"

/*
 * For who has no capabilities. To others root's files would be files of a user that they may
 * become, or whose modes they override; as nobody's they are out of their reach. For the same
 * reason what can be written is left out.
 */
static int map_trees(const struct run *run, struct sbx_error *err)
{
	const struct root_spec *root = &run->plan->root;
	int r = 0;

	if (run->plan->policy->process.capabilities)
		return 0;
	if (root->tree >= 0 && !root->writable)
		r = mounts_map_ids(root->tree, run->userns, err);
	for (size_t i = 0; i < root->n_binds && r == 0; i++)
		if (!root->binds[i].writable)
			r = mounts_map_ids(root->binds[i].tree, run->userns, err);
	return r;
}

int userns_open(struct run *run, struct sbx_error *err)
{
	const struct plan *plan = run->plan;
	const struct userns_ids ids = {
		.uid = plan->uid,
		.gid = plan->gid,
		.root = plan->root_id,
	};
	int r = userns_make(&ids, &run->userns, err);

	if (r < 0)
		return r;
	r = children_move_up(run, &run->userns);
	if (r < 0)
		return error_errno(err, -r, "open the user namespace");
	return map_trees(run, err);
}
