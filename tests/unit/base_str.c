/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "test.h"

TEST(after_a_prefix)
{
	EXPECT_STREQ("b", str_after("ab", "a"));
	EXPECT_STREQ("ab", str_after("ab", ""));
	EXPECT_STREQ("", str_after("ab", "ab"));
	EXPECT_TRUE(!str_after("ab", "b"));
	EXPECT_TRUE(!str_after("a", "ab"));
}

TEST(paths_in_trees)
{
	EXPECT_TRUE(path_lies_in("/srv/a", "/srv/a"));
	EXPECT_TRUE(path_lies_in("/srv/a/b", "/srv/a"));
	EXPECT_FALSE(path_lies_in("/srv/ab", "/srv/a"));
	EXPECT_FALSE(path_lies_in("/srv", "/srv/a"));
	EXPECT_TRUE(path_lies_in("/srv", "/"));
	EXPECT_TRUE(path_lies_in("/", "/"));
}

/* In this order; a plain strcmp(3) has "/srv/a-b" before "/srv/a/b". */
TEST(paths_in_the_order_of_trees)
{
	static const char *const paths[] = { "/", "/srv", "/srv/a", "/srv/a/b", "/srv/a/b/c",
		"/srv/a/\xff", "/srv/a\x01", "/srv/a-b", "/srv/ab", "/srv/\xff" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		for (size_t j = 0; j < ARRAY_SIZE(paths); j++) {
			int order = path_compare(paths[i], paths[j]);

			EXPECT_EQ((i > j) - (i < j), (order > 0) - (order < 0));
		}
}

TEST(a_path_and_a_part_of_one)
{
	EXPECT_EQ(0, path_compare_part("/srv", "/srv/a", 4));
	EXPECT_EQ(0, path_compare_part("/", "/srv/a", 1));
	EXPECT_TRUE(path_compare_part("/srv/a", "/srv/a", 4) > 0);
	EXPECT_TRUE(path_compare_part("/srv", "/srv/a", 5) < 0);
}

TEST(lists_of_strings)
{
	struct strv list = { 0 };

	strv_sort(&list);
	EXPECT_FALSE(strv_contains(&list, "a"));
	ASSERT_EQ(0, strv_add(&list, "b"));
	ASSERT_EQ(0, strv_add(&list, "a"));
	strv_sort(&list);
	EXPECT_STREQ("a", list.v[0]);
	EXPECT_STREQ("b", list.v[1]);
	EXPECT_TRUE(strv_contains(&list, "b"));
	EXPECT_FALSE(strv_contains(&list, "c"));
	strv_clear(&list);
}

TEST(names)
{
	char longest[NAME_MAX_LEN + 2];

	EXPECT_TRUE(name_is_valid("a"));
	EXPECT_TRUE(name_is_valid("0"));
	EXPECT_TRUE(name_is_valid("acme-2"));
	EXPECT_FALSE(name_is_valid(""));
	EXPECT_FALSE(name_is_valid("-a"));
	EXPECT_FALSE(name_is_valid("Acme"));
	EXPECT_FALSE(name_is_valid("a.b"));
	EXPECT_FALSE(name_is_valid("a/b"));
	EXPECT_FALSE(name_is_valid(".."));
	EXPECT_FALSE(name_is_valid("a\n"));
	memset(longest, 'a', sizeof(longest));
	longest[NAME_MAX_LEN + 1] = '\0';
	EXPECT_FALSE(name_is_valid(longest));
	longest[NAME_MAX_LEN] = '\0';
	EXPECT_TRUE(name_is_valid(longest));
}

TEST(numbers_are_the_whole_string)
{
	uint64_t u64 = 1;
	uint32_t u32 = 1;

	EXPECT_EQ(0, str_to_u64("0", &u64));
	EXPECT_EQ(0, u64);
	EXPECT_EQ(0, str_to_u64("18446744073709551615", &u64));
	EXPECT_TRUE(u64 == UINT64_MAX);
	EXPECT_EQ(-ERANGE, str_to_u64("18446744073709551616", &u64));
	EXPECT_EQ(-EINVAL, str_to_u64("", &u64));
	EXPECT_EQ(-EINVAL, str_to_u64(" 1", &u64));
	EXPECT_EQ(-EINVAL, str_to_u64("1 ", &u64));
	EXPECT_EQ(-EINVAL, str_to_u64("+1", &u64));
	EXPECT_EQ(-EINVAL, str_to_u64("-1", &u64));
	EXPECT_EQ(-EINVAL, str_to_u64("0x10", &u64));
	EXPECT_TRUE(u64 == UINT64_MAX); /* untouched by failures */

	EXPECT_EQ(0, str_to_u32("4294967295", &u32));
	EXPECT_TRUE(u32 == UINT32_MAX);
	EXPECT_EQ(-ERANGE, str_to_u32("4294967296", &u32));
}

static const char *at(const void *words, size_t i)
{
	return ((const char *const *)words)[i];
}

TEST(nearest_word)
{
	static const char *const words[] = { "memory.max", "memory.high", "pids.max" };

	EXPECT_STREQ("memory.max", str_nearest("memry.max", words, 3, at));
	EXPECT_STREQ("memory.high", str_nearest("memory.hihg", words, 3, at));
	EXPECT_STREQ("pids.max", str_nearest("pid.max", words, 3, at));
	EXPECT_TRUE(!str_nearest("zzz", words, 3, at));
	EXPECT_TRUE(!str_nearest("memory.max", words, 0, at));
}

TEST(lists_end_in_null)
{
	_cleanup_strv_ struct strv list = { 0 };

	ASSERT_EQ(0, strv_add(&list, "a"));
	ASSERT_EQ(0, strv_addf(&list, "%s%d", "b", 2));
	ASSERT_EQ(2, list.n);
	EXPECT_STREQ("a", list.v[0]);
	EXPECT_STREQ("b2", list.v[1]);
	EXPECT_TRUE(!list.v[2]);
	strv_clear(&list);
	EXPECT_EQ(0, list.n);
	EXPECT_TRUE(!list.v);
}
