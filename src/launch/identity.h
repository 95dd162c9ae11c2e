/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a tenant's processes are: uid and gid of its own, or those of the host that its policy names.
 */
#ifndef SBX_LAUNCH_IDENTITY_H
#define SBX_LAUNCH_IDENTITY_H

#include "policy/policy.h"

#include <sys/types.h>

struct identity {
	uid_t uid;
	gid_t gid;
};

/*
 * `etc` is "/etc" but for tests. `tenant_id` 0: the tenant has none yet, and what would be its own
 * is `first_id`, which is nobody's. -ENOENT: the host doesn't know who is named; -EPERM: no sandbox
 * may be that one; of both `err` begins with the key. These, or another -errno of reading the
 * files, leave in *ret_at the line of the policy that names him.
 */
int identity_choose(const struct policy *policy, const struct host_config *host, uint32_t tenant_id,
	const char *etc, struct identity *ret, const struct policy_place **ret_at,
	struct sbx_error *err);

#endif
