/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `own` of all tenants, from their policies into the kernel.
 */
#ifndef SBX_LIBEXEC_OWN_H
#define SBX_LIBEXEC_OWN_H

#include "lsm/lsm.h"
#include "policy/policy.h"

/*
 * Reads every tenant's policy, and all of it or nothing counts: a policy with an error, an `own`
 * whose folder isn't there or that lies inside another tenant's fails, and the trees loaded before
 * stay as they are. WARN gets a line for each `own` of which there is no more than the name.
 */
int own_load_all(const struct lsm *lsm, const struct policy_dirs *dirs,
	const struct host_config *host, void (*warn)(const char *text), struct sbx_error *err);

#endif
