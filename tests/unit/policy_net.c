/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/net.h"

#include "test.h"

/* Parses TEXT, masks it and prints it again. */
static const char *round_trip(const char *text, char out[static NET_TEXT_SIZE], bool *ret_masked)
{
	struct in6_addr address;
	uint8_t prefix;
	int r = net_parse(text, &address, &prefix);

	if (r < 0)
		return r == -ERANGE ? "range" : "invalid";
	*ret_masked = net_mask(&address, prefix);
	net_format(&address, prefix, out);
	return out;
}

TEST(networks)
{
	static const struct {
		const char *text, *network;
		bool masked;
	} cases[] = {
		{ "10.0.0.0/8", "10.0.0.0/8", false },
		{ "10.1.2.3", "10.1.2.3/32", false },
		{ "0.0.0.0/0", "0.0.0.0/0", false },
		{ "10.0.0.1/8", "10.0.0.0/8", true },
		{ "10.255.255.255/31", "10.255.255.254/31", true },
		{ "192.168.128.0/17", "192.168.128.0/17", false },
		{ "[2001:db8::]/32", "[2001:db8::]/32", false },
		{ "[2001:DB8:0::]/32", "[2001:db8::]/32", false },
		{ "[2001:db8::1]/32", "[2001:db8::]/32", true },
		{ "[::1]", "[::1]/128", false },
		{ "[::]/0", "[::]/0", false },
		{ "[8000::]/1", "[8000::]/1", false },
		{ "[c000::]/1", "[8000::]/1", true },
		{ "[::ffff:10.0.0.0]/104", "10.0.0.0/8", false },
		{ "10.0.0.0/33", "range", false },
		{ "[::]/129", "range", false },
		{ "10.0.0.0/4294967296", "range", false },
		{ "10.0.0.0/", "invalid", false },
		{ "10.0.0.0/-1", "invalid", false },
		{ "10.0.0.0/8/8", "invalid", false },
		{ "10.0.0.0/255.0.0.0", "invalid", false },
		{ "10.0.0", "invalid", false },
		{ "10.0.0.256", "invalid", false },
		{ "010.0.0.1", "invalid", false },
		{ "2001:db8::/32", "invalid", false },
		{ "[10.0.0.1]", "invalid", false },
		{ "[::1", "invalid", false },
		{ "[]", "invalid", false },
		{ "[", "invalid", false },
		{ "", "invalid", false },
		{ "/8", "invalid", false },
		{ "*", "invalid", false },
		{ "localhost", "invalid", false },
		{ "[fe80::1%eth0]", "invalid", false },
		{ "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]", "invalid", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char out[NET_TEXT_SIZE];
		bool masked = false;

		EXPECT_STREQ(cases[i].network, round_trip(cases[i].text, out, &masked));
		EXPECT_EQ(cases[i].masked, masked);
	}
}

TEST(ipv4_is_mapped)
{
	static const uint8_t expected[16] = { [10] = 0xff, 0xff, 10, 1, 2, 3 };
	struct in6_addr address;
	uint8_t prefix;

	ASSERT_EQ(0, net_parse("10.1.2.3/24", &address, &prefix));
	EXPECT_EQ(0, memcmp(expected, &address, sizeof(expected)));
	EXPECT_EQ(96 + 24, prefix);
}

TEST(every_prefix_masks)
{
	for (unsigned int prefix = 0; prefix <= 128; prefix++) {
		struct in6_addr address;
		unsigned int ones = 0;

		memset(&address, 0xff, sizeof(address));
		EXPECT_EQ(prefix < 128, net_mask(&address, (uint8_t)prefix));
		for (unsigned int bit = 0; bit < 128; bit++)
			ones += address.s6_addr[bit / 8] >> (7 - bit % 8) & 1;
		EXPECT_EQ(prefix, ones);
		EXPECT_FALSE(net_mask(&address, (uint8_t)prefix));
	}
}

TEST(ports)
{
	struct policy_ports ports[NET_PORTS_MAX];
	size_t n = 0;

	ASSERT_EQ(0, net_parse_ports("443,8000-8099", ports, &n));
	ASSERT_EQ(2, n);
	EXPECT_EQ(443, ports[0].first);
	EXPECT_EQ(443, ports[0].last);
	EXPECT_EQ(8000, ports[1].first);
	EXPECT_EQ(8099, ports[1].last);
	ASSERT_EQ(0, net_parse_ports("1-65535", ports, &n));
	ASSERT_EQ(1, n);
	EXPECT_EQ(65535, ports[0].last);

	EXPECT_EQ(-ERANGE, net_parse_ports("0", ports, &n));
	EXPECT_EQ(-ERANGE, net_parse_ports("0-10", ports, &n));
	EXPECT_EQ(-ERANGE, net_parse_ports("65536", ports, &n));
	EXPECT_EQ(-ERANGE, net_parse_ports("20-10", ports, &n));
	EXPECT_EQ(-EINVAL, net_parse_ports("", ports, &n));
	EXPECT_EQ(-EINVAL, net_parse_ports("1,", ports, &n));
	EXPECT_EQ(-EINVAL, net_parse_ports("1,,2", ports, &n));
	EXPECT_EQ(-EINVAL, net_parse_ports("http", ports, &n));
	EXPECT_EQ(-EINVAL, net_parse_ports("*", ports, &n));

	EXPECT_EQ(0, net_parse_ports("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", ports, &n));
	EXPECT_EQ(NET_PORTS_MAX, n);
	EXPECT_EQ(-E2BIG, net_parse_ports("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", ports, &n));
}
