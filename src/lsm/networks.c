/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/networks.h"

#include "policy/net.h"

#include <arpa/inet.h>

static struct net of_rule(const struct policy_net_rule *rule)
{
	return (struct net){ rule->address, rule->prefix };
}

static int too_many(const struct policy_net_rule *rule, struct sbx_error *err)
{
	char address[INET6_ADDRSTRLEN];
	int r;

	(void)inet_ntop(AF_INET6, &rule->address, address, sizeof(address));
	r = error_set(err, E2BIG, "connect: more than %d port ranges come together in %s/%u",
		SBX_MAX_PORTS, address, rule->prefix);
	return error_cure(err, r, "join ports into ranges");
}

static int add_ports(
	struct sbx_net_rule *to, const struct policy_net_rule *rule, struct sbx_error *err)
{
	for (size_t i = 0; i < rule->n_ports; i++) {
		if (to->n == SBX_MAX_PORTS)
			return too_many(rule, err);
		to->ports[to->n++] = (struct sbx_ports){
			.first = rule->ports[i].first,
			.last = rule->ports[i].last,
			.protocol = rule->protocol == POLICY_TCP ? IPPROTO_TCP : IPPROTO_UDP,
		};
	}
	return 0;
}

static int fill(struct network_entry *entry, uint32_t policy, const struct net *network,
	const struct policy_net_rule *rules, size_t n_rules, struct sbx_error *err)
{
	int r = 0;

	*entry = (struct network_entry){
		.key = { .prefixlen = 32 + network->prefix, .policy = policy },
	};
	memcpy(entry->key.address, &network->address, sizeof(entry->key.address));
	for (size_t i = 0; i < n_rules && r == 0; i++) {
		struct net rule = of_rule(&rules[i]);

		if (net_holds(&rule, network))
			r = add_ports(&entry->rule, &rules[i], err);
	}
	return r;
}

int networks_compile(uint32_t policy, const struct policy_net_rule *rules, size_t n_rules,
	struct network_entry **ret_entries, size_t *ret_n, struct sbx_error *err)
{
	size_t n = NET_N_WALLS + n_rules;
	_cleanup_free_ struct network_entry *entries = calloc(n, sizeof(*entries));
	int r = 0;

	if (!entries)
		return error_errno(err, ENOMEM, "compile the connect rules");
	/* One entry a rule; two rules of one network make the same entry twice: harmless. */
	for (size_t i = 0; i < n && r == 0; i++) {
		struct net network =
			i < NET_N_WALLS ? net_walls[i] : of_rule(&rules[i - NET_N_WALLS]);

		r = fill(&entries[i], policy, &network, rules, n_rules, err);
	}
	if (r < 0)
		return r;
	*ret_entries = take_ptr(entries);
	*ret_n = n;
	return 0;
}
