/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/values.h"

#include "base/str.h"
#include "policy/policy.h"
#include "test.h"

#define K (1ULL << 10)
#define M (1ULL << 20)
#define G (1ULL << 30)
#define T (1ULL << 40)

struct number_case {
	const char *text;
	int r;
	uint64_t value;
};

static void check_numbers(
	int (*parse)(const char *, uint64_t *), const struct number_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = 77;
		int r = parse(cases[i].text, &value);

		if (r != cases[i].r || value != (r ? 77 : cases[i].value)) {
			printf("# '%s': %d, %llu\n", cases[i].text, r, (unsigned long long)value);
			test_failed(false);
		}
	}
}

TEST(sizes)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "512", 0, 512 },
		{ "64K", 0, 64 * K },
		{ "256M", 0, 256 * M },
		{ "2G", 0, 2 * G },
		{ "1T", 0, T },
		{ "infinity", 0, UINT64_MAX },
		{ "max", 0, UINT64_MAX },
		{ "16777215T", 0, 16777215 * T },
		{ "16777216T", -ERANGE, 0 },
		{ "18446744073709551614", 0, UINT64_MAX - 1 },
		{ "18446744073709551615", -ERANGE, 0 }, /* would mean infinity */
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "M", -EINVAL, 0 },
		{ "5Q", -EINVAL, 0 },
		{ "5m", -EINVAL, 0 },
		{ "5MB", -EINVAL, 0 },
		{ "5 M", -EINVAL, 0 },
		{ "1.5G", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "Infinity", -EINVAL, 0 },
		{ "50%", -EINVAL, 0 },
	};

	check_numbers(value_size, cases, ARRAY_SIZE(cases));
}

TEST(durations)
{
	static const struct number_case cases[] = {
		{ "500ms", 0, 500000 },
		{ "5s", 0, 5000000 },
		{ "5", 0, 5000000 },
		{ "10m", 0, 600000000 },
		{ "2h", 0, 7200000000 },
		{ "0", 0, 0 },
		{ "infinity", 0, USEC_INFINITY },
		{ "18446744073709", 0, 18446744073709000000ULL },
		{ "18446744073710", -ERANGE, 0 },
		{ "9999999999999h", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "5min", -EINVAL, 0 },
		{ "1h 30m", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "-5s", -EINVAL, 0 },
		{ "max", -EINVAL, 0 },
	};

	check_numbers(value_duration, cases, ARRAY_SIZE(cases));
}

TEST(ranges)
{
	uint64_t first, last;

	ASSERT_EQ(0, value_range("3-5", 9, &first, &last));
	EXPECT_EQ(3, first);
	EXPECT_EQ(5, last);
	ASSERT_EQ(0, value_range("9", 9, &first, &last));
	EXPECT_EQ(9, first);
	EXPECT_EQ(9, last);
	EXPECT_EQ(-ERANGE, value_range("5-3", 9, &first, &last));
	EXPECT_EQ(-ERANGE, value_range("10", 9, &first, &last));
	EXPECT_EQ(-ERANGE, value_range("3-10", 9, &first, &last));
	EXPECT_EQ(-EINVAL, value_range("", 9, &first, &last));
	EXPECT_EQ(-EINVAL, value_range("3-", 9, &first, &last));
	EXPECT_EQ(-EINVAL, value_range("-3", 9, &first, &last));
	EXPECT_EQ(-EINVAL, value_range("3-4-5", 9, &first, &last));
	EXPECT_EQ(-EINVAL, value_range("3 - 5", 9, &first, &last));
}

struct text_case {
	const char *text;
	int r;
	const char *value;
};

static void check_texts(
	int (*parse)(const char *, char **), const struct text_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *value = NULL;
		int r = parse(cases[i].text, &value);

		if (r != cases[i].r || (r == 0 && !streq(value, cases[i].value))) {
			printf("# '%s': %d, '%s'\n", cases[i].text, r, value ? value : "");
			test_failed(false);
		}
	}
}

TEST(cpu_max)
{
	static const struct text_case cases[] = {
		{ "100%", 0, "100000 100000" },
		{ "50%", 0, "50000 100000" },
		{ "250%", 0, "250000 100000" },
		{ "1%", 0, "1000 100000" },
		{ "max", 0, "max" },
		{ "infinity", 0, "max" },
		{ "20000 50000", 0, "20000 50000" },
		{ "20000 \t 50000", 0, "20000 50000" },
		{ "1000 1000", 0, "1000 1000" },
		{ "17592186044415 1000000", 0, "17592186044415 1000000" },
		{ "17592186044416 1000000", -ERANGE, NULL },
		{ "0%", -ERANGE, NULL },
		{ "999 1000", -ERANGE, NULL },
		{ "1000 999", -ERANGE, NULL },
		{ "1000 1000001", -ERANGE, NULL },
		{ "18446744073709551615%", -ERANGE, NULL },
		{ "50", -EINVAL, NULL },
		{ "50%%", -EINVAL, NULL },
		{ "50 %", -EINVAL, NULL },
		{ "%", -EINVAL, NULL },
		{ "12.5%", -EINVAL, NULL },
		{ "20000 50000 1", -EINVAL, NULL },
		{ "20000 ", -EINVAL, NULL },
		{ "max 50000", 0, "max" },
		{ "max 5", -EINVAL, NULL },
		{ "max x", -EINVAL, NULL },
		{ "maximal 50000", -EINVAL, NULL },
	};

	check_texts(value_cpu_max, cases, ARRAY_SIZE(cases));
}

TEST(cpu_lists)
{
	static const struct text_case cases[] = {
		{ "0", 0, "0" },
		{ "0-3", 0, "0-3" },
		{ "0-3,8", 0, "0-3,8" },
		{ "8,2,1,0", 0, "0-2,8" },
		{ "1-2,2-3,5", 0, "1-3,5" },
		{ "8191", 0, "8191" },
		{ "0-8191", 0, "0-8191" },
		{ "8192", -ERANGE, NULL },
		{ "3-1", -ERANGE, NULL },
		{ "", -EINVAL, NULL },
		{ "1,", -EINVAL, NULL },
		{ ",1", -EINVAL, NULL },
		{ "1, 2", -EINVAL, NULL },
		{ "0-7:1/2", -EINVAL, NULL },
		{ "all", -EINVAL, NULL },
	};

	check_texts(value_cpu_list, cases, ARRAY_SIZE(cases));
}

TEST(errno_names)
{
	int errnum = 0;

	ASSERT_EQ(0, value_errno("EPERM", &errnum));
	EXPECT_EQ(EPERM, errnum);
	ASSERT_EQ(0, value_errno("ENOSYS", &errnum));
	EXPECT_EQ(ENOSYS, errnum);
	EXPECT_EQ(-EINVAL, value_errno("0", &errnum));
	EXPECT_EQ(-EINVAL, value_errno("1", &errnum));
	EXPECT_EQ(-EINVAL, value_errno("eperm", &errnum));
	EXPECT_EQ(-EINVAL, value_errno("", &errnum));
	EXPECT_EQ(-EINVAL, value_errno("ENOSUCH", &errnum));
}
