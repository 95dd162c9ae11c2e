/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ownership.h"

#include "test.h"

/* As own_sort() leaves them. */
static const struct policy_own owns[] = {
	{ "/srv/a", "a", { 0 }, false },
	{ "/srv/b/in/here", "b", { 0 }, false },
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

static struct policy_own many[] = {
	{ "/srv/c-d", "c", { 0 }, false },
	{ "/srv/c/x/y", "d", { 0 }, false },
	{ "/srv/c", "b", { .line = 2 }, false },
	{ "/srv/c", "a", { 0 }, false },
	{ "/srv/c/x", "c", { 0 }, false },
	{ "/srv/c", "b", { .line = 1 }, false },
	{ "/srv/cc", "d", { 0 }, false },
};

static void expect_own(
	const char *path, const char *tenant, unsigned int line, const struct policy_own *own)
{
	ASSERT_TRUE(own);
	EXPECT_STREQ(path, own->path);
	EXPECT_STREQ(tenant, own->tenant);
	EXPECT_EQ(line, own->at.line);
}

TEST(the_outermost_above_and_at_one_path_the_first)
{
	const size_t n = ARRAY_SIZE(many);

	own_sort(many, n);
	expect_own("/srv/c", "a", 0, own_above(many, n, "c", "/srv/c/x/y/z"));
	expect_own("/srv/c", "b", 1, own_above(many, n, "a", "/srv/c/x/y/z"));
	expect_own("/srv/c-d", "c", 0, own_above(many, n, "a", "/srv/c-d/e"));
	EXPECT_TRUE(!own_above(many, n, "c", "/srv/c-d/e"));
	EXPECT_TRUE(!own_above(many, n, NULL, "/srv/c-"));
	EXPECT_TRUE(!own_above(many, n, NULL, "/"));
	EXPECT_TRUE(!own_above(NULL, 0, NULL, "/srv"));
}

TEST(the_first_below)
{
	const size_t n = ARRAY_SIZE(many);

	own_sort(many, n);
	expect_own("/srv/c", "a", 0, own_below(many, n, "b", "/srv"));
	expect_own("/srv/c", "b", 1, own_below(many, n, "a", "/srv/c"));
	expect_own("/srv/c/x/y", "d", 0, own_below(many, n, "c", "/srv/c/x"));
	EXPECT_TRUE(!own_below(many, n, "d", "/srv/c/x/y"));
	EXPECT_TRUE(!own_below(many, n, "c", "/srv/c-d"));
	EXPECT_TRUE(!own_below(many, n, "a", "/srv/c/x/y/z"));
	EXPECT_TRUE(!own_below(NULL, 0, "a", "/srv"));
}

TEST(the_root_is_above_all)
{
	const struct policy_own root = { "/", "a", { 0 }, false };

	expect_own("/", "a", 0, own_above(&root, 1, "b", "/srv/a"));
	expect_own("/", "a", 0, own_above(&root, 1, "b", "/"));
	expect_own("/", "a", 0, own_below(&root, 1, "b", "/"));
	EXPECT_TRUE(!own_below(&root, 1, "b", "/srv"));
}

TEST(the_words)
{
	struct sbx_error err;

	EXPECT_EQ(-EEXIST, own_refuse(&owns[0], POLICY_READ, "/srv/a/x", &err));
	EXPECT_STREQ("read '/srv/a/x' lies in '/srv/a', which tenant 'a' owns", err.text);
}

/* b shares a part of what it owns, and owns a part of that; c shares all. */
static struct policy_own shared[] = {
	{ "/srv/b", "b", { 0 }, false },
	{ "/srv/b/out", "b", { 0 }, true },
	{ "/srv/b/out/in", "b", { 0 }, false },
	{ "/srv/c", "c", { 0 }, false },
	{ "/srv/c", "c", { 0 }, true },
	{ "/srv/d", "d", { 0 }, true },
};

static const char *closing(const char *tenant, const char *path)
{
	const struct policy_own *own = own_closing(shared, ARRAY_SIZE(shared), tenant, path);

	return own ? own->tenant : "nobody";
}

TEST(what_is_shared_is_closed_by_nobody)
{
	const size_t n = ARRAY_SIZE(shared);

	own_sort(shared, n);
	EXPECT_STREQ("b", closing("a", "/srv/b"));
	EXPECT_STREQ("b", closing("a", "/srv/b/ou"));
	EXPECT_STREQ("b", closing("a", "/srv/b/outer"));
	EXPECT_STREQ("nobody", closing("a", "/srv/b/out"));
	EXPECT_STREQ("nobody", closing("a", "/srv/b/out/x/y"));
	EXPECT_STREQ("b", closing("a", "/srv/b/out/in"));
	EXPECT_STREQ("b", closing("a", "/srv/b/out/in/x"));
	EXPECT_STREQ("nobody", closing("a", "/srv/c"));
	EXPECT_STREQ("nobody", closing("a", "/srv/c/x"));
	EXPECT_STREQ("nobody", closing("b", "/srv/b/x"));
	/* Its own trees are owned all the same. */
	expect_own("/srv/b", "b", 0, own_above(shared, n, "a", "/srv/b/out/x"));
	expect_own("/srv/b", "b", 0, own_below(shared, n, "a", "/srv/b"));
	EXPECT_TRUE(!own_above(shared, n, "a", "/srv/d"));
}

TEST(a_share_lies_in_its_tenants_own)
{
	const size_t n = ARRAY_SIZE(shared);

	EXPECT_TRUE(own_holds(shared, n, "b", "/srv/b/out"));
	EXPECT_TRUE(own_holds(shared, n, "c", "/srv/c"));
	EXPECT_FALSE(own_holds(shared, n, "d", "/srv/d"));
	EXPECT_FALSE(own_holds(shared, n, "a", "/srv/b/out"));
}
