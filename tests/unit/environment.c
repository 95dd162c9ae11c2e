/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/environment.h"

#include "test.h"

TEST(the_later_wins)
{
	struct strv env = { 0 };

	ASSERT_EQ(0, environment_set(&env, "A=1"));
	ASSERT_EQ(0, environment_set(&env, "AB=2"));
	ASSERT_EQ(0, environment_set(&env, "A=3"));
	ASSERT_EQ(2, env.n);
	EXPECT_STREQ("A=3", env.v[0]);
	EXPECT_STREQ("AB=2", env.v[1]);
	EXPECT_TRUE(!env.v[2]);
	EXPECT_STREQ("3", environment_get(&env, "A"));
	EXPECT_TRUE(!environment_get(&env, "B"));
	strv_clear(&env);
}

TEST(an_option_without_a_value_takes_the_one_here)
{
	struct strv env = { 0 };
	struct sbx_error err = { 0 };

	ASSERT_EQ(0, setenv("SBX_TEST_HERE", "yes", 1));
	ASSERT_EQ(0, unsetenv("SBX_TEST_NOT"));
	EXPECT_EQ(0, environment_set_option(&env, "SBX_TEST_HERE", &err));
	EXPECT_EQ(0, environment_set_option(&env, "SBX_TEST_NOT", &err));
	EXPECT_EQ(0, environment_set_option(&env, "GIVEN=a=b", &err));
	EXPECT_EQ(0, environment_set_option(&env, "EMPTY=", &err));
	ASSERT_EQ(3, env.n);
	EXPECT_STREQ("SBX_TEST_HERE=yes", env.v[0]);
	EXPECT_STREQ("GIVEN=a=b", env.v[1]);
	EXPECT_STREQ("EMPTY=", env.v[2]);
	EXPECT_EQ(-EINVAL, environment_set_option(&env, "=x", &err));
	EXPECT_EQ(-EINVAL, environment_set_option(&env, "", &err));
	strv_clear(&env);
}
