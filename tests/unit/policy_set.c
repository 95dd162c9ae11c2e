/* SPDX-License-Identifier: Apache-2.0 */
/* What a command line sets: `run --set`. */
#include "policy_load.h"

static int load_with(struct policy **ret_policy, char *const *settings)
{
	struct strv list = { .v = (char **)settings };
	const struct policy_wanted wanted = { .tenant = "acme", .settings = &list };

	while (settings[list.n])
		list.n++;
	err = (struct sbx_error){ 0 };
	return policy_load(&dirs, &wanted, ret_policy, NULL, &err);
}

TEST(settings_come_last)
{
	char *const settings[] = { "process.cwd=/set", "process.cwd = /later ",
		"filesystem.read=/srv/set \"/srv/two words\"", "cgroup.sandbox.memory.max=64M",
		"cgroup.memory.max=", "cgroup.hugetlb.2MB.max=4M",
		"process.env=", "process.env=B=x=y", NULL };
	char text[PLACE_TEXT_MAX];
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_folder("tenants/acme.ini.d");
	(void)tmpdir_write("tenants/acme.ini",
		"version = 1\n[process]\ncwd = /0\nenv = A=1\n[filesystem]\nread = /srv/0\n");
	(void)tmpdir_write("tenants/acme.ini.d/10.ini", "version = 1\n[process]\ncwd = /1\n");
	ASSERT_EQ(0, load_with(&policy, settings));
	EXPECT_STREQ("/later", policy->process.cwd);
	ASSERT_EQ(3, policy->filesystem.n_grants);
	EXPECT_STREQ("/srv/two words", policy->filesystem.grants[2].path);
	EXPECT_STREQ("--set filesystem.read=/srv/set \"/srv/two words\"",
		place_text(&policy->filesystem.grants[1].at, text));
	EXPECT_STREQ("67108864", policy_cgroup_find(&policy->cgroup_sandbox, "memory.max")->value);
	EXPECT_TRUE(policy_cgroup_find(&policy->cgroup, "memory.max") == NULL);
	EXPECT_STREQ("4194304", policy_cgroup_find(&policy->cgroup, "hugetlb.2MB.max")->value);
	ASSERT_EQ(1, policy->process.env.n);
	EXPECT_STREQ("B=x=y", policy->process.env.v[0]);
	EXPECT_STREQ("cgroup.hugetlb.2MB.max=4M", policy_find_setting(policy, "cgroup"));
	EXPECT_TRUE(policy_find_setting(policy, "network") == NULL);
	(void)policy_free(policy);
}

/* A cleared list leaves no value, and still is something that was set. */
TEST(settings_of_a_section_are_found)
{
	char *const cleared[] = { "cgroup.io.max=", NULL };
	char *const other[] = { "cgroup.sandbox.io.max=", NULL };
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n");
	ASSERT_EQ(0, load_with(&policy, cleared));
	EXPECT_STREQ("cgroup.io.max=", policy_find_setting(policy, "cgroup"));
	(void)policy_free(policy);
	ASSERT_EQ(0, load_with(&policy, other));
	EXPECT_TRUE(policy_find_setting(policy, "cgroup") == NULL);
	EXPECT_STREQ("cgroup.sandbox.io.max=", policy_find_setting(policy, "cgroup.sandbox"));
	(void)policy_free(policy);
}

TEST(settings_outlive_settling)
{
	char *const settings[] = { "process.env=NAME=%n", NULL };
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n");
	ASSERT_EQ(0, load_with(&policy, settings));
	EXPECT_TRUE(policy->unsettled);
	ASSERT_EQ(0, policy_settle(&dirs, &policy, 7, "web", &err));
	ASSERT_EQ(1, policy->process.env.n);
	EXPECT_STREQ("NAME=web", policy->process.env.v[0]);
	ASSERT_EQ(1, policy->settings.n);
	EXPECT_STREQ(settings[0], policy->settings.v[0]);
	(void)policy_free(policy);
}

TEST(settings_that_are_refused)
{
	static const struct {
		char *setting, *message;
	} cases[] = {
		{ "cgroup.memory.max=1Q",
			"--set cgroup.memory.max=1Q: memory.max: '1Q' is not a size" },
		{ "process.env=A=1 nonsense", "env: 'nonsense' is not NAME=VALUE" },
		{ "process.cwd=/srv ; x", "cwd: '; x': a comment stands on a line of its own" },
		{ "process.cwd=/a\nowner = /b", "the setting has a control character" },
		{ "process.cwd", "--set process.cwd: not SECTION.KEY=VALUE, as in cgroup.sandbox" },
		{ "process=1", "not SECTION.KEY=VALUE" },
		{ "process.=1", "not SECTION.KEY=VALUE" },
		{ ".cwd=/", "not SECTION.KEY=VALUE" },
		{ "cgroup.sandbox.=1", "not SECTION.KEY=VALUE" },
		{ "cgroup.a/../b.max=1", "not SECTION.KEY=VALUE" },
		{ "version=1", "not SECTION.KEY=VALUE" },
		{ "memory.max=1G",
			"'memory.max' stands in [cgroup]: write --set cgroup.memory.max=" },
		{ "proces.cwd=/", "[proces]: unknown section; did you mean [process]?" },
		{ "process.cwdd=/", "[process] cwdd: unknown key; did you mean 'cwd'?" },
		{ "process.user=0", "user: '0' is root's, and so are the host's files" },
		{ "process.group=00", "group: '00' is root's, and so are the host's files" },
		{ "process.user=+5", "'+5' is neither a name nor a number from 1 to 4294967294" },
		{ "process.user=-1", "'-1' is neither a name nor a number" },
		{ "process.user=4294967296", "'4294967296' is neither a name nor a number" },
		{ "process.user=.web", "'.web' is neither a name nor a number" },
		{ "process.user=web$a", "'web$a' is neither a name nor a number" },
		{ "process.user=\"\"", "'' is neither a name nor a number" },
		{ "process.user=a:b", "'a:b' is neither a name nor a number" },
		{ "process.user=%i", "'%i': of the specifiers only %t can stand here" },
		{ "tenant.id=9", "id: it is the tenant's, for good: set it in the tenant's own" },
		{ "tenant.include=@wazero", "include: all files are read before what is set here" },
		{ "filesystem.own=/srv/b", "own: it is known to the kernel before any sandbox" },
		{ "filesystem.own=", "own: it is known to the kernel before any sandbox" },
		{ "audit.rate=5/s", "rate: it is the tenant's, and not a sandbox's" },
		{ "cgroup.memory.high=1G", "[cgroup] memory.high: 1073741824 is above memory.max" },
		{ "filesystem.mount=/a:/srv/b", "'/srv/b' shows another tree already, by " },
	};
	static char longest[5000] = "process.cwd=/";
	char *const too_long[] = { longest, NULL };
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n[filesystem]\nread = /srv/b\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *const settings[] = { cases[i].setting, NULL };

		EXPECT_EQ(-EINVAL, load_with(&policy, settings));
		EXPECT_TRUE(says(err.text, cases[i].message));
	}
	memset(longest + strlen(longest), 'a', sizeof(longest) - strlen(longest) - 1);
	EXPECT_EQ(-EINVAL, load_with(&policy, too_long));
	EXPECT_TRUE(says(err.text, "--set process.cwd=/aaa"));
}
