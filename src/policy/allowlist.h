/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one list of system calls that comes of a profile and of a policy's allow and deny.
 */
#ifndef SBX_POLICY_ALLOWLIST_H
#define SBX_POLICY_ALLOWLIST_H

#include "policy/policy.h"

struct allowlist {
	struct policy_calls allow; /* sorted, each call once */
	struct policy_calls deny; /* cases of calls in `allow`; they win */
};

void allowlist_clear(struct allowlist *list);
#define _cleanup_allowlist_ _cleanup_(allowlist_clear)

/*
 * What is allowed by PROFILE or by `allow`, not denied by `deny`, and within what no policy can
 * change: clone and unshare make no namespaces, the limit of core dumps stays, and nothing is typed
 * into a terminal. -EINVAL where the cases are too many, or an entry of `allow` is idle.
 */
int allowlist_make(const struct policy *policy, const struct policy_calls *profile,
	struct allowlist *ret_list, struct sbx_error *err);

/*
 * The same as one list of what is allowed, for those who can't deny before they allow: what is
 * denied leaves many cases. -EINVAL for more than MAX of a call.
 */
int allowlist_flatten(const struct allowlist *list, size_t max, struct policy_calls *ret_calls,
	struct sbx_error *err);

/*
 * Calls SAY for each entry of `allow` whose test restricts nothing, as the profile or another entry
 * allows the whole call: it would say more than it does. 0 or -ENOMEM.
 */
int allowlist_each_idle(const struct policy *policy, const struct policy_calls *profile,
	void (*say)(const struct policy_call *call, void *arg), void *arg);

/* Whether a test stands in `allow` or `deny`. */
bool allowlist_has_tests(const struct policy *policy);

/* What no policy can change, for those few calls; for all others the case of any arguments. */
int allowlist_limit(const char *name, struct call_cases *ret_cases);

/* The same in words, to go behind "it is allowed"; "" for all others. */
const char *allowlist_limit_text(const char *name);

#endif
