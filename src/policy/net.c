/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/net.h"

#include "policy/values.h"

#include <arpa/inet.h>

/* IPv4 addresses live in ::ffff:0:0/96. */
enum { V4_PREFIX = 96 };

const struct net net_walls[NET_N_WALLS] = {
	{ { .s6_addr = { [10] = 0xff, [11] = 0xff } }, V4_PREFIX },
	{ { .s6_addr = { [10] = 0xff, [11] = 0xff, [12] = 127 } }, V4_PREFIX + 8 },
	{ { .s6_addr = { [15] = 1 } }, 128 },
};

static bool covers(const struct net *outer, const struct net *inner)
{
	const uint8_t *a = outer->address.s6_addr, *b = inner->address.s6_addr;
	unsigned int bytes = outer->prefix / 8, bits = outer->prefix % 8;

	if (outer->prefix > inner->prefix || memcmp(a, b, bytes) != 0)
		return false;
	return bits == 0 || (a[bytes] ^ b[bytes]) >> (8 - bits) == 0;
}

bool net_holds(const struct net *rule, const struct net *network)
{
	if (!covers(rule, network))
		return false;
	for (size_t i = 0; i < NET_N_WALLS; i++)
		if (covers(&net_walls[i], network) && !covers(&net_walls[i], rule))
			return false;
	return true;
}

bool net_has_port(const struct policy_net_rule *rule, enum policy_protocol protocol, uint16_t port)
{
	for (size_t i = 0; i < rule->n_ports; i++)
		if (rule->protocol == protocol && rule->ports[i].first <= port &&
			port <= rule->ports[i].last)
			return true;
	return false;
}

static int parse_address(const char *s, struct in6_addr *ret_address, bool *ret_v4)
{
	char inner[INET6_ADDRSTRLEN];
	size_t n = strlen(s);
	struct in_addr v4;

	if (inet_pton(AF_INET, s, &v4) == 1) {
		*ret_address = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
		memcpy(&ret_address->s6_addr[12], &v4, sizeof(v4));
		*ret_v4 = true;
		return 0;
	}
	if (n < 2 || s[0] != '[' || s[n - 1] != ']' || n - 2 >= sizeof(inner))
		return -EINVAL;
	memcpy(inner, s + 1, n - 2);
	inner[n - 2] = '\0';
	*ret_v4 = false;
	return inet_pton(AF_INET6, inner, ret_address) == 1 ? 0 : -EINVAL;
}

int net_parse(const char *s, struct in6_addr *ret_address, uint8_t *ret_prefix)
{
	const char *slash = strchr(s, '/');
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	char address[INET6_ADDRSTRLEN + 2];
	struct in6_addr parsed;
	uint32_t prefix, longest;
	bool v4;
	int r;

	if (n >= sizeof(address))
		return -EINVAL;
	memcpy(address, s, n);
	address[n] = '\0';
	r = parse_address(address, &parsed, &v4);
	if (r < 0)
		return r;
	prefix = longest = v4 ? 32 : 128;
	if (slash) {
		r = str_to_u32(slash + 1, &prefix);
		if (r < 0)
			return r;
	}
	if (prefix > longest)
		return -ERANGE;
	*ret_address = parsed;
	*ret_prefix = (uint8_t)(v4 ? V4_PREFIX + prefix : prefix);
	return 0;
}

bool net_mask(struct in6_addr *address, uint8_t prefix)
{
	bool had = false;

	for (unsigned int i = 0; i < sizeof(address->s6_addr); i++) {
		unsigned int kept = prefix <= 8 * i ? 0 : prefix - 8 * i;
		uint8_t mask = kept >= 8 ? 0xff : (uint8_t)(0xff00U >> kept);

		had |= (address->s6_addr[i] & ~mask) != 0;
		address->s6_addr[i] &= mask;
	}
	return had;
}

void net_format(const struct in6_addr *address, uint8_t prefix, char text[static NET_TEXT_SIZE])
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(address) && prefix >= V4_PREFIX;
	char inner[INET6_ADDRSTRLEN] = "";

	if (v4)
		(void)inet_ntop(AF_INET, &address->s6_addr[12], inner, sizeof(inner));
	else
		(void)inet_ntop(AF_INET6, address, inner, sizeof(inner));
	(void)snprintf(text, NET_TEXT_SIZE, v4 ? "%s/%d" : "[%s]/%d", inner,
		v4 ? prefix - V4_PREFIX : prefix);
}

int net_parse_ports(
	const char *s, struct policy_ports ret_ports[static NET_PORTS_MAX], size_t *ret_n)
{
	_cleanup_free_ char *copy = strdup(s);
	char *rest = copy, *part;
	size_t n = 0;

	if (!copy)
		return -ENOMEM;
	while ((part = strsep(&rest, ",")) != NULL) {
		uint64_t first, last;
		int r = value_range(part, UINT16_MAX, &first, &last);

		if (r < 0)
			return r;
		if (first == 0)
			return -ERANGE;
		if (n == NET_PORTS_MAX)
			return -E2BIG;
		ret_ports[n++] = (struct policy_ports){ (uint16_t)first, (uint16_t)last };
	}
	*ret_n = n;
	return 0;
}
