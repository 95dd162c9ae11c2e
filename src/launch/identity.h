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
 * `etc` is "/etc", and `tenant_id` 0 where the tenant has none yet: then what is of its own is one
 * of nobody's. -ENOENT where the host doesn't know who is named, or else who is named may not be:
 * then *ret_at is the line, and `err` begins with its key.
 */
int identity_choose(const struct policy *policy, const struct host_config *host, uint32_t tenant_id,
	const char *etc, struct identity *ret, const struct policy_place **ret_at,
	struct sbx_error *err);

#endif
