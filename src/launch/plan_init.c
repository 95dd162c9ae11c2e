/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first process of the pid namespace.
 */
#include "launch/plan_parts.h"

int plan_init(struct plan *plan, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r;

	if (!plan->policy->namespaces.pid)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/init", plan->options->libexec);
	r = resolve_path(path, &plan->init_place, err);
	/* Through a mount of its own, by which nobody can write: /proc/1/exe leads there. */
	if (r == 0)
		r = mounts_clone_tree(plan->init_place.fd, false, true, &plan->init_fd, err);
	return r < 0 ? error_prefix(err, r, "init of the pid namespace") : 0;
}
