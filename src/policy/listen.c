/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wazero takes no descriptor: it is told an address, opens the socket itself, as the tenant, and
 * the module gets it as a descriptor of its own. To Go all addresses of one family are all of both.
 */
#include "policy/listen.h"

#include "policy/net.h"

#include <arpa/inet.h>

/* net.ipv4.ip_unprivileged_port_start, as it is unless the host says otherwise. */
enum { FIRST_FREE_PORT = 1024 };

bool listen_is_all(const struct policy_net_rule *rule)
{
	return rule->prefix != 128;
}

static bool is_v4(const struct policy_net_rule *rule)
{
	return IN6_IS_ADDR_V4MAPPED(&rule->address);
}

size_t policy_count_sockets(const struct policy *policy)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->network.n_listen; i++)
		n += policy->network.listen[i].n_ports;
	return n;
}

/* Whether all addresses of the other family are listened on, too. */
static bool has_other_half(
	const struct policy *policy, const struct policy_net_rule *rule, uint16_t port)
{
	for (size_t i = 0; i < policy->network.n_listen; i++) {
		const struct policy_net_rule *other = &policy->network.listen[i];

		if (listen_is_all(other) && is_v4(other) != is_v4(rule) &&
			net_has_port(other, POLICY_TCP, port))
			return true;
	}
	return false;
}

static int check_port(const struct policy *policy, const struct policy_net_rule *rule,
	uint16_t port, struct sbx_error *err)
{
	if (port < FIRST_FREE_PORT) {
		(void)error_set(err, ENOTSUP,
			"listen: wazero opens its sockets itself, as the tenant, who can't have "
			"port %u",
			port);
		return error_cure(err, -ENOTSUP, "take one from %d on", FIRST_FREE_PORT);
	}
	if (!listen_is_all(rule) || has_other_half(policy, rule, port))
		return 0;
	(void)error_set(err, ENOTSUP,
		"listen: wazero listens on all addresses of IPv4 and IPv6, or on one");
	return error_cure(err, -ENOTSUP, "name an address, or add 'tcp %s %u'",
		is_v4(rule) ? "[::]/0" : "0.0.0.0/0", port);
}

int listen_check(const struct policy *policy, enum policy_runtime_type type,
	const struct policy_place **ret_at, struct sbx_error *err)
{
	if (type != POLICY_RUNTIME_WAZERO)
		return 0;
	for (size_t i = 0; i < policy->network.n_listen; i++) {
		const struct policy_net_rule *rule = &policy->network.listen[i];

		for (size_t j = 0; j < rule->n_ports; j++) {
			int r = check_port(policy, rule, rule->ports[j].first, err);

			*ret_at = &rule->at;
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int listen_addresses(const struct policy *policy, struct strv *addresses)
{
	int r = 0;

	for (size_t i = 0; i < policy->network.n_listen; i++) {
		const struct policy_net_rule *rule = &policy->network.listen[i];
		char text[NET_TEXT_SIZE] = "";

		/* Of the two halves one speaks for both. */
		if (listen_is_all(rule) && !is_v4(rule))
			continue;
		if (!listen_is_all(rule)) {
			net_format(&rule->address, rule->prefix, text);
			text[strcspn(text, "/")] = '\0';
		}
		for (size_t j = 0; j < rule->n_ports && r == 0; j++)
			r = strv_addf(addresses, "%s:%u", text, rule->ports[j].first);
	}
	return r;
}
