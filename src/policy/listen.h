/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sockets of `listen`, as runtimes take them.
 */
#ifndef SBX_POLICY_LISTEN_H
#define SBX_POLICY_LISTEN_H

#include "policy/policy.h"

/* Whether the rule speaks of all addresses of its family. */
bool listen_is_all(const struct policy_net_rule *rule);

/*
 * Whether modules can be given the policy's sockets by a runtime of that type. -ENOTSUP with
 * *ret_at the rule that they can't: `err` says why, and the cure.
 */
int listen_check(const struct policy *policy, enum policy_runtime_type type,
	const struct policy_place **ret_at, struct sbx_error *err);

/*
 * Adds the addresses on which the runtime is to listen itself, "127.0.0.1:8080" or ":8080" for all,
 * of a policy that was checked so. 0 or -ENOMEM.
 */
int listen_addresses(const struct policy *policy, struct strv *addresses);

#endif
