/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/networks.h"

#include "bpf/verdict.h"
#include "test.h"

#include <arpa/inet.h>

#define MAX_RULES 40

struct rules {
	struct policy_net_rule rule[MAX_RULES];
	struct policy_ports ports[MAX_RULES];
	size_t n;
};

/* IPv4 is written as such, with a prefix of 32 bits at most. */
static struct in6_addr address_of(const char *text)
{
	struct in6_addr a = { 0 };

	if (strchr(text, ':')) {
		ASSERT_EQ(1, inet_pton(AF_INET6, text, &a));
	} else {
		a.s6_addr[10] = a.s6_addr[11] = 0xff;
		ASSERT_EQ(1, inet_pton(AF_INET, text, &a.s6_addr[12]));
	}
	return a;
}

static void add(struct rules *r, const char *network, unsigned int prefix, uint16_t port)
{
	r->ports[r->n] = (struct policy_ports){ port, port };
	r->rule[r->n] = (struct policy_net_rule){
		.protocol = POLICY_TCP,
		.address = address_of(network),
		.prefix = (uint8_t)(strchr(network, ':') ? prefix : 96 + prefix),
		.ports = &r->ports[r->n],
		.n_ports = 1,
	};
	r->n++;
}

static bool matches(const struct network_entry *e, const struct in6_addr *a)
{
	for (unsigned int bit = 0; bit < e->key.prefixlen - 32; bit++)
		if ((e->key.address[bit / 8] ^ a->s6_addr[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

/* What the kernel's longest-prefix map would answer. */
static bool allowed(const struct rules *r, const char *address, uint16_t port)
{
	struct in6_addr a = address_of(address);
	struct network_entry *entries, *best = NULL;
	struct sbx_error err;
	bool covered;
	size_t n;

	ASSERT_EQ(0, networks_compile(7, r->rule, r->n, &entries, &n, &err));
	for (size_t i = 0; i < n; i++) {
		EXPECT_EQ(7, entries[i].key.policy);
		if (matches(&entries[i], &a) &&
			(!best || entries[i].key.prefixlen > best->key.prefixlen))
			best = &entries[i];
	}
	covered = best && sbx_rule_covers(&best->rule, IPPROTO_TCP, port) == SBX_WHY_NONE;
	free(entries);
	return covered;
}

TEST(no_rules_allow_nothing)
{
	struct rules r = { 0 };

	EXPECT_FALSE(allowed(&r, "10.1.2.3", 443));
	EXPECT_FALSE(allowed(&r, "2001:db8::1", 443));
	EXPECT_FALSE(allowed(&r, "127.0.0.1", 443));
}

TEST(a_longer_prefix_keeps_what_a_shorter_allows)
{
	struct rules r = { 0 };

	add(&r, "10.0.0.0", 8, 443);
	add(&r, "10.1.0.0", 16, 80);
	EXPECT_TRUE(allowed(&r, "10.2.0.1", 443));
	EXPECT_FALSE(allowed(&r, "10.2.0.1", 80));
	EXPECT_TRUE(allowed(&r, "10.1.0.1", 80));
	EXPECT_TRUE(allowed(&r, "10.1.0.1", 443));
	EXPECT_FALSE(allowed(&r, "11.1.0.1", 443));
}

TEST(loopback_counts_only_where_it_is_named)
{
	struct rules r = { 0 };

	add(&r, "0.0.0.0", 0, 443);
	add(&r, "::", 0, 443);
	EXPECT_TRUE(allowed(&r, "192.0.2.1", 443));
	EXPECT_FALSE(allowed(&r, "127.0.0.1", 443));
	EXPECT_FALSE(allowed(&r, "127.255.255.254", 443));
	EXPECT_FALSE(allowed(&r, "::1", 443));
	add(&r, "127.0.0.1", 32, 443);
	EXPECT_TRUE(allowed(&r, "127.0.0.1", 443));
	EXPECT_FALSE(allowed(&r, "127.0.0.2", 443));
	EXPECT_FALSE(allowed(&r, "127.0.0.1", 80));
	add(&r, "::1", 128, 80);
	EXPECT_TRUE(allowed(&r, "::1", 80));
	EXPECT_FALSE(allowed(&r, "::1", 443));
}

TEST(everything_in_ipv6_is_not_ipv4)
{
	struct rules r = { 0 };

	add(&r, "::", 0, 443);
	EXPECT_TRUE(allowed(&r, "2001:db8::1", 443));
	EXPECT_FALSE(allowed(&r, "192.0.2.1", 443));
}

TEST(too_many_ports_are_an_error)
{
	struct network_entry *entries = NULL;
	struct rules r = { 0 };
	struct sbx_error err = { 0 };
	size_t n = 0;

	for (uint16_t port = 1; port <= SBX_MAX_PORTS; port++)
		add(&r, "10.0.0.0", 8, port);
	EXPECT_TRUE(allowed(&r, "10.0.0.1", SBX_MAX_PORTS));
	add(&r, "10.0.0.0", 8, 1000);
	EXPECT_EQ(-E2BIG, networks_compile(1, r.rule, r.n, &entries, &n, &err));
	EXPECT_TRUE(!entries);
	EXPECT_TRUE(strstr(err.text, "::ffff:10.0.0.0/104"));
}
