/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks and ports as `[network]` rules write them. No side effects.
 */
#ifndef SBX_POLICY_NET_H
#define SBX_POLICY_NET_H

#include "policy/policy.h"

/* A rule may name so many port ranges: what one entry of the kernel side holds. */
enum { NET_PORTS_MAX = 16 };

/* Room for "[IPv6]/128". */
enum { NET_TEXT_SIZE = INET6_ADDRSTRLEN + 8 };

/* A network, IPv4 as ::ffff:a.b.c.d; a single address has the prefix 128. */
struct net {
	struct in6_addr address;
	uint8_t prefix;
};

/*
 * IPv4 lies in ::ffff:0:0/96, and "::/0" doesn't mean it; a loopback address counts only where a
 * rule names it. So these ranges are walls: what a rule outside says doesn't hold inside.
 */
#define NET_N_WALLS 3
extern const struct net net_walls[NET_N_WALLS];

/* Whether a rule on RULE says something of all of NETWORK. */
bool net_holds(const struct net *rule, const struct net *network);

/* Whether a rule speaks of that port of its network. */
bool net_has_port(const struct policy_net_rule *rule, enum policy_protocol protocol, uint16_t port);

/*
 * "10.0.0.0/8", "10.1.2.3", "[2001:db8::]/32", "[::1]" into a 16-byte network, IPv4 as
 * ::ffff:a.b.c.d. 0; -EINVAL when S is no network, -ERANGE for a prefix that is too long.
 */
int net_parse(const char *s, struct in6_addr *ret_address, uint8_t *ret_prefix);

/* Clears the bits below PREFIX; true when one of them was set. */
bool net_mask(struct in6_addr *address, uint8_t prefix);

/* Writes the network as net_parse() reads it. */
void net_format(const struct in6_addr *address, uint8_t prefix, char text[static NET_TEXT_SIZE]);

/*
 * "443,8000-8099" into at most NET_PORTS_MAX ranges. 0; -EINVAL when S is no list of ports, -ERANGE
 * for a port out of 1 to 65535 or a range that runs backwards, -E2BIG for too many ranges.
 */
int net_parse_ports(
	const char *s, struct policy_ports ret_ports[static NET_PORTS_MAX], size_t *ret_n);

#endif
