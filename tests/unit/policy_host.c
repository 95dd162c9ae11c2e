/* SPDX-License-Identifier: Apache-2.0 */
/* The host's own file, sandboxctl.ini. */
#include "policy_load.h"

static int load_host(const char *text, struct host_config *config)
{
	(void)tmpdir_write("sandboxctl.ini", text);
	err = (struct sbx_error){ 0 };
	return host_config_load(&dirs, config, &err);
}

TEST(host_defaults)
{
	_cleanup_host_config_ struct host_config config = { 0 };

	dirs.config = "/nonexistent";
	ASSERT_EQ(0, host_config_load(&dirs, &config, &err));
	EXPECT_TRUE(!config.base); /* the host decides */
	EXPECT_TRUE(!config.tenant);
	EXPECT_EQ(POLICY_RUNTIME_WAZERO, config.runtime);
	EXPECT_EQ(2000000000, config.first_id);
	EXPECT_EQ(2000065535, config.last_id);
	EXPECT_TRUE(config.lsm);
}

TEST(host_values)
{
	_cleanup_host_config_ struct host_config config = { 0 };

	dirs.config = tmpdir_make();
	ASSERT_EQ(0, load_host("version = 1\n[host]\nbase = /system.slice//sandboxctl.service/\n"
			       "ids = 70000-80000\ntenant = acme\nruntime = wazero\nlsm = off\n",
			     &config));
	EXPECT_STREQ("/system.slice/sandboxctl.service", config.base);
	EXPECT_STREQ("acme", config.tenant);
	EXPECT_EQ(70000, config.first_id);
	EXPECT_EQ(80000, config.last_id);
	EXPECT_FALSE(config.lsm);
	host_config_clear(&config);
	EXPECT_TRUE(!config.base);
	ASSERT_EQ(0, load_host("version = 1\n[host]\nbase =\nids =\ntenant =\nruntime =\nlsm =\n",
			     &config));
	EXPECT_TRUE(!config.base);
	EXPECT_EQ(2000000000, config.first_id);
	EXPECT_EQ(POLICY_RUNTIME_WAZERO, config.runtime);
	EXPECT_TRUE(config.lsm);
}

TEST(host_errors)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "[host]\n", ":1: 'version = 1' is missing" },
		{ "version = 1\n[hots]\n", ":2: [hots]: unknown section; did you mean [host]?" },
		{ "version = 1\n[host]\nbsae = /x\n", ":3: [host] bsae: unknown key; did you mean "
						      "'base'?" },
		{ "version = 1\n[host]\nbase = /\n", ":3: base: '/': the root of all cgroups" },
		{ "version = 1\n[host]\nbase = x\n", ":3: base: 'x': the path is not absolute" },
		{ "version = 1\n[host]\nbase = /%t\n",
			":3: base: '/%t': %t, %i and %n have no meaning here" },
		{ "version = 1\n[host]\nids = 1000\n", ":3: ids: '1000': ids run from 65536 to "
						       "4294967294" },
		{ "version = 1\n[host]\nids = 65536-4294967295\n",
			":3: ids: '65536-4294967295': " },
		{ "version = 1\n[host]\nids = all\n", ":3: ids: 'all' is not a range of ids" },
		{ "version = 1\n[host]\nids = 80000-70000\n", ":3: ids: '80000-70000': ids run" },
		{ "version = 1\n[host]\ntenant = A\n", ":3: tenant: 'A' is not a tenant's name" },
		{ "version = 1\n[host]\nruntime = node\n",
			":3: runtime: 'node' is not supported by "
			"this build" },
		{ "version = 1\n[host]\nlsm = no\n", ":3: lsm: 'no' is neither on nor off" },
		{ "version = 1\n[host]\nnetwork.pool = 10.0.0.0/8\n",
			":3: [host] network.pool: not "
			"supported by this build" },
		{ "version = 1\n[host]\nlsm = off\nlsm = on\n", ":4: lsm: given twice: first in "
								"line 3" },
	};

	dirs.config = tmpdir_make();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct host_config config = { .base = (char *)1 };

		EXPECT_EQ(-EINVAL, load_host(cases[i].text, &config));
		EXPECT_TRUE(says(err.text, cases[i].message));
		EXPECT_TRUE(config.base == (char *)1); /* untouched */
	}
}

TEST(host_file_is_distrusted)
{
	struct host_config config;

	dirs.config = tmpdir_make();
	ASSERT_EQ(0, chmod(tmpdir_write("sandboxctl.ini", "version = 1\n"), 0666));
	EXPECT_EQ(-EINVAL, host_config_load(&dirs, &config, &err));
	EXPECT_TRUE(says(err.text, "sandboxctl.ini: can be written by everybody"));
}
