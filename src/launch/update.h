/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A changed policy, put on the tenant's sandboxes that run: limits and the LSM's rules. What can't
 * be changed from outside is told.
 */
#ifndef SBX_LAUNCH_UPDATE_H
#define SBX_LAUNCH_UPDATE_H

#include "launch/plan.h"

struct updated {
	char name[NAME_MAX_LEN + 1];
	/* Why nothing of it was changed: the policy that it has instead of its tenant's, */
	char policy[PATH_MAX];
	/* or the option that has changed that. "": it was. */
	char changed[REGISTRY_WORD_MAX];
	bool module_gone; /* it was granted the file that it read, and that is no more */
	unsigned int kept; /* what it has otherwise than the policy says: see launch/walls.h */
};

struct update {
	struct updated *v; /* owned */
	size_t n;
};

/*
 * Under the tenant's lock. The whole policy is read and resolved first; where something fails
 * later, all is put back. Of the options tenant, dirs, libexec and cache count; with `only_plan`
 * nothing is changed.
 */
int update_tenant(
	const struct run_options *options, struct update *ret_update, struct sbx_error *err);

void update_clear(struct update *update);
#define _cleanup_update_ _cleanup_(update_clear)

#endif
