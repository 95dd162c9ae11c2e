/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/userns.h"

#include "kernel/userns.h"
#include "launch/children.h"

/*
 * What can be written is left out: a capability that the policy gives would make files of the
 * host's root there, and these may be setuid to others than the sandbox.
 */
static int map_trees(const struct run *run, struct sbx_error *err)
{
	const struct root_spec *root = &run->plan->root;
	int r = 0;

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
