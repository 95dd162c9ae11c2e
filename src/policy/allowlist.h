/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one list of system calls that comes of a profile and of a policy's allow and deny.
 */
#ifndef SBX_POLICY_ALLOWLIST_H
#define SBX_POLICY_ALLOWLIST_H

#include "policy/policy.h"

/*
 * What is allowed by PROFILE or by `allow`, not denied by `deny`, and within what no policy can
 * change: clone makes no namespaces, and the limit of core dumps stays. Sorted, each call once.
 * -EINVAL where the cases of a call are too many, or an entry of `allow` is idle.
 */
int allowlist_make(const struct policy *policy, const struct policy_calls *profile,
	struct policy_calls *ret_calls, struct sbx_error *err);

/*
 * Whether the test of this entry of `allow` restricts nothing, as the profile or another entry
 * allows the whole call: it would say more than it does.
 */
bool allowlist_is_idle(const struct policy *policy, const struct policy_calls *profile,
	const struct policy_call *call);

/* What no policy can change, for those few calls; for all others the case of any arguments. */
int allowlist_limit(const char *name, struct call_cases *ret_cases);

#endif
