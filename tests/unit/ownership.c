/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ownership.h"

#include "test.h"

static const struct policy_own owns[] = {
	{ "/srv/a", "a", { 0 } },
	{ "/srv/b/in/here", "b", { 0 } },
};

static const char *above(const char *tenant, const char *path)
{
	const struct policy_own *own = own_above(owns, ARRAY_SIZE(owns), tenant, path);

	return own ? own->tenant : "nobody";
}

TEST(anothers_tree_and_what_lies_in_it)
{
	EXPECT_STREQ("a", above("b", "/srv/a"));
	EXPECT_STREQ("a", above("b", "/srv/a/x/y"));
	EXPECT_STREQ("b", above("a", "/srv/b/in/here/x"));
	EXPECT_STREQ("nobody", above("b", "/srv/ab"));
	EXPECT_STREQ("nobody", above("a", "/srv/b/in"));
	EXPECT_STREQ("nobody", above("a", "/srv"));
}

TEST(ones_own_is_no_hindrance)
{
	EXPECT_STREQ("nobody", above("a", "/srv/a/x"));
	EXPECT_STREQ("a", above(NULL, "/srv/a/x"));
}

TEST(the_words)
{
	struct sbx_error err;

	EXPECT_EQ(-EEXIST, own_refuse(&owns[0], POLICY_READ, "/srv/a/x", &err));
	EXPECT_STREQ("read '/srv/a/x' lies in '/srv/a', which tenant 'a' owns", err.text);
}
