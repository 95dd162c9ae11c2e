/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `connect` rules as entries of a longest-prefix map.
 *
 * Such a map answers with the longest prefix only, so each entry holds the ports of all rules that
 * hold there; the walls of policy/net.h have entries of their own.
 */
#ifndef SBX_LSM_NETWORKS_H
#define SBX_LSM_NETWORKS_H

#include "bpf/abi.h"
#include "policy/policy.h"

struct network_entry {
	struct sbx_net_key key;
	struct sbx_net_rule rule;
};

/*
 * The entries of a policy, for the caller to free. -E2BIG when more than SBX_MAX_PORTS port ranges
 * come together for one network.
 */
int networks_compile(uint32_t policy, const struct policy_net_rule *rules, size_t n_rules,
	struct network_entry **ret_entries, size_t *ret_n, struct sbx_error *err);

#endif
