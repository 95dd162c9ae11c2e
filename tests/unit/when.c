/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"

#include "test.h"

#include <stdint.h>

#define SECOND 1000000LL
#define HOUR   (3600 * SECOND)
/* 2026-11-26 08:00:00 UTC */
#define NOW (1795680000 * SECOND)

static int64_t parse(const char *s)
{
	int64_t t = -1;
	int r = when_parse(s, NOW, &t);

	return r < 0 ? r : t;
}

static void live_in(const char *zone)
{
	ASSERT_EQ(0, setenv("TZ", zone, 1));
	tzset();
}

TEST(spans_before_now)
{
	EXPECT_EQ(NOW, parse("now"));
	EXPECT_EQ(NOW - 300 * SECOND, parse("-5m"));
	EXPECT_EQ(NOW - 300 * SECOND, parse("- 5min"));
	EXPECT_EQ(NOW - 300 * SECOND, parse("5m ago"));
	EXPECT_EQ(NOW - HOUR - 30 * 60 * SECOND, parse("-1h30m"));
	EXPECT_EQ(NOW - HOUR - 30 * 60 * SECOND, parse("1h 30m ago"));
	EXPECT_EQ(NOW - SECOND / 2, parse("-500ms"));
	EXPECT_EQ(NOW - 24 * 21 * HOUR, parse("-3w"));
	EXPECT_EQ(NOW - 48 * HOUR, parse("-2d"));
}

TEST(moments)
{
	live_in("UTC");
	EXPECT_EQ(1700000000 * SECOND, parse("@1700000000"));
	EXPECT_EQ(NOW, parse("08:00"));
	EXPECT_EQ(NOW + 7 * SECOND, parse("08:00:07"));
	EXPECT_EQ(NOW - 8 * HOUR, parse("today"));
	EXPECT_EQ(NOW - 32 * HOUR, parse("yesterday"));
	EXPECT_EQ(NOW - 8 * HOUR, parse("2026-11-26"));
	EXPECT_EQ(NOW, parse("2026-11-26 08:00"));
	EXPECT_EQ(NOW + 1 * SECOND, parse("2026-11-26T08:00:01"));
	EXPECT_EQ(NOW, parse("2026-11-26T08:00Z"));
}

TEST(moments_elsewhere)
{
	live_in("XXX-3");
	EXPECT_EQ(NOW, parse("11:00"));
	EXPECT_EQ(NOW - 11 * HOUR, parse("today"));
	EXPECT_EQ(NOW - 3 * HOUR, parse("2026-11-26 08:00"));
	EXPECT_EQ(NOW, parse("2026-11-26T08:00:00Z"));
}

TEST(no_moments)
{
	static const char *const bad[] = { "", "-", "-5", "-5x", "-m", "ago", " ago", "5m", "@",
		"@x", "@-1", "10", "10:", "10:00:", "10:00 x", "25:00", "10:61", "2026",
		"2026-13-01", "2026-11-26 ", "2026-11-26 x", "2026-11-26X10:00", "tomorrow",
		"nowhere", "-5m5", "2026-11-26T08:00ZZ" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (parse(bad[i]) != -EINVAL) {
			(void)fprintf(stderr, "'%s': %lld\n", bad[i], (long long)parse(bad[i]));
			EXPECT_TRUE(false);
		}
	EXPECT_EQ(-ERANGE, parse("@18446744073709551615"));
	EXPECT_EQ(-ERANGE, parse("@99999999999999999999"));
	EXPECT_EQ(-ERANGE, parse("-99999999999999999999s"));
	EXPECT_EQ(-ERANGE, parse("-99999999d"));
	EXPECT_EQ(-ERANGE, parse("-36524d 36524d"));
}

TEST(written_down)
{
	char text[64];

	live_in("XXX-3");
	when_format(NOW + 42, text, sizeof(text));
	EXPECT_STREQ("2026-11-26 11:00:00.000042", text);
	when_format_utc(NOW + 42, text, sizeof(text));
	EXPECT_STREQ("2026-11-26T08:00:00.000042Z", text);
}
