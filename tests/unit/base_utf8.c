/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "test.h"

#define FFFD "\xef\xbf\xbd"

static void expect_repaired(const char *wanted, const char *s)
{
	char *repaired = utf8_repair(s);

	ASSERT_TRUE(repaired);
	EXPECT_STREQ(wanted, repaired);
	free(repaired);
}

TEST(characters)
{
	uint32_t c = 0;

	EXPECT_EQ(1, utf8_decode("a", 1, &c));
	EXPECT_EQ('a', c);
	EXPECT_EQ(4, utf8_decode("\xf4\x8f\xbf\xbf", 4, &c));
	EXPECT_EQ(0x10ffff, c);
	EXPECT_EQ(0, utf8_decode("\xe2\x82\xac", 2, &c)); /* cut short */
	EXPECT_EQ(0x10ffff, c);
}

TEST(what_is_right_stays)
{
	expect_repaired("", "");
	expect_repaired("/srv/\xc3\xa4/\xe2\x82\xac\xf0\x9f\x90\xa7",
		"/srv/\xc3\xa4/\xe2\x82\xac\xf0\x9f\x90\xa7");
	expect_repaired("a\nb\x1b", "a\nb\x1b");
}

TEST(each_odd_byte_is_replaced)
{
	expect_repaired("a" FFFD "b", "a\xff"
				      "b");
	expect_repaired(FFFD FFFD FFFD, "\xff\x80\xc3");
	expect_repaired(FFFD FFFD, "\xc0\xaf"); /* overlong */
	expect_repaired(FFFD FFFD FFFD, "\xed\xa0\x80"); /* a surrogate */
	expect_repaired("cut " FFFD FFFD, "cut \xe2\x82");
	expect_repaired(FFFD "\xc3\xa4", "\xe2\xc3\xa4");
}
