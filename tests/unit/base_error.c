/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "test.h"

TEST(another_error_is_told_behind)
{
	struct sbx_error err, other;

	(void)error_set(&err, EIO, "one");
	(void)error_set(&other, EIO, "two");
	error_append(&err, &other);
	EXPECT_STREQ("one; also: two", err.text);
}

TEST(text_says_operation_and_reason)
{
	struct sbx_error err = { 0 };

	EXPECT_EQ(-ENOENT, error_errno(&err, ENOENT, "open '%s'", "x"));
	EXPECT_STREQ("open 'x': No such file or directory", err.text);
	EXPECT_STREQ("", err.cure);
	EXPECT_EQ(-EINVAL, error_set(&err, EINVAL, "no %d", 5));
	EXPECT_STREQ("no 5", err.text);
}

TEST(prefix_and_cure)
{
	struct sbx_error err = { 0 };
	int r = error_set(&err, EPERM, "inner");

	EXPECT_EQ(-EPERM, error_cure(&err, r, "do %s", "that"));
	EXPECT_EQ(-EPERM, error_prefix(&err, r, "outer %d", 1));
	EXPECT_STREQ("outer 1: inner", err.text);
	EXPECT_STREQ("do that", err.cure);
	/* A new error has no cure yet. */
	(void)error_set(&err, EPERM, "other");
	EXPECT_STREQ("", err.cure);
}

TEST(one_line_whatever_comes_in)
{
	struct sbx_error err = { 0 };

	(void)error_set(&err, EINVAL, "a\nb\033[31mc\x7f");
	EXPECT_STREQ("a?b?[31mc?", err.text);
	(void)error_cure(&err, 0, "x\ty\n");
	EXPECT_STREQ("x?y?", err.cure);
}

TEST(too_long_is_cut)
{
	char text[2000];
	struct sbx_error err = { 0 };

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	(void)error_errno(&err, ENOENT, "%s", text);
	EXPECT_EQ(sizeof(err.text) - 1, strlen(err.text));
	(void)error_prefix(&err, 0, "prefix");
	EXPECT_EQ(sizeof(err.text) - 1, strlen(err.text));
	EXPECT_EQ(0, strncmp(err.text, "prefix: aaa", 11));
	(void)error_cure(&err, 0, "%s", text);
	EXPECT_EQ(sizeof(err.cure) - 1, strlen(err.cure));
}

TEST(null_is_allowed)
{
	EXPECT_EQ(-ENOENT, error_errno(NULL, ENOENT, "x"));
	EXPECT_EQ(-EINVAL, error_set(NULL, EINVAL, "x"));
	EXPECT_EQ(-1, error_cure(NULL, -1, "x"));
	EXPECT_EQ(-1, error_prefix(NULL, -1, "x"));
}
