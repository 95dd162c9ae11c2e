/* SPDX-License-Identifier: Apache-2.0 */
/* The library as far as it needs no root and no launcher. */
#include "test.h"
#include "tmpdir.h"

#include "lib/lib.h"

static const char *write_policy(const char *text)
{
	tmpdir_make();
	(void)tmpdir_folder("tenants");
	return tmpdir_write("tenants/acme.ini", text);
}

TEST(a_policy_is_opened_by_its_tenant_and_by_its_path)
{
	const char *path = write_policy("version = 1\n[cgroup]\npids.max = 7\n");
	struct sandboxctl_policy *policy = NULL;
	struct sandboxctl_error error;

	ASSERT_EQ(0, sandboxctl_policy_open("acme", tmpdir_path, &policy, &error));
	EXPECT_STREQ("acme", sandboxctl_policy_tenant(policy));
	EXPECT_STREQ(path, sandboxctl_policy_path(policy));
	sandboxctl_policy_free(policy);
	ASSERT_EQ(0, sandboxctl_policy_open_file(path, "other", tmpdir_path, &policy, NULL));
	EXPECT_STREQ("other", sandboxctl_policy_tenant(policy));
	sandboxctl_policy_free(policy);
	ASSERT_EQ(0, sandboxctl_policy_open_file(path, NULL, NULL, &policy, &error));
	EXPECT_STREQ("acme", sandboxctl_policy_tenant(policy));
	sandboxctl_policy_free(policy);
	sandboxctl_policy_free(NULL);
}

TEST(what_is_wrong_with_a_policy_is_said)
{
	const char *path = write_policy("version = 1\n[cgroup]\npids.max = x\nmemory.max = y\n");
	struct sandboxctl_policy *policy = NULL;
	struct sandboxctl_error error;

	EXPECT_EQ(-EINVAL, sandboxctl_policy_open("acme", tmpdir_path, &policy, &error));
	EXPECT_TRUE(strstr(error.text, "acme.ini:3"));
	EXPECT_EQ(-EINVAL, sandboxctl_policy_open("acme", tmpdir_path, &policy, NULL));
	EXPECT_EQ(-ENOENT, sandboxctl_policy_open("nobody", tmpdir_path, &policy, &error));
	EXPECT_TRUE(*error.text && *error.cure);
	EXPECT_EQ(-ENOENT, sandboxctl_policy_open_file(
				   "/nowhere/acme.ini", NULL, tmpdir_path, &policy, &error));
	EXPECT_EQ(-EINVAL, sandboxctl_policy_open_file(path, "", tmpdir_path, &policy, &error));
	EXPECT_TRUE(policy == NULL);
}

/* None of these may become a word of the launcher's, or a path of another folder's. */
TEST(what_is_no_name_and_no_path)
{
	static const char *const names[] = { "", "-t", "--help", "../acme", "a/b", "A", "a b",
		"a\nb", ".", "a.ini",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	struct sandboxctl_policy *policy = NULL;
	struct sandboxctl_run *run = NULL;
	struct sandboxctl_error error;

	(void)write_policy("version = 1\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(-EINVAL, sandboxctl_policy_open(names[i], tmpdir_path, &policy, &error));
		EXPECT_EQ(-EINVAL, sandboxctl_run_open(names[i], "a", &run, &error));
		EXPECT_EQ(-EINVAL, sandboxctl_run_open("a", names[i], &run, &error));
	}
	EXPECT_EQ(-EINVAL, sandboxctl_policy_open(NULL, tmpdir_path, &policy, &error));
	EXPECT_EQ(-EINVAL, sandboxctl_run_open(NULL, NULL, &run, &error));
	EXPECT_EQ(-EINVAL, sandboxctl_policy_open("acme", "relative", &policy, &error));
	EXPECT_EQ(-EINVAL, sandboxctl_policy_open_file("acme.ini", NULL, NULL, &policy, &error));
	EXPECT_EQ(-EINVAL, sandboxctl_policy_open_file(NULL, "acme", NULL, &policy, &error));
	EXPECT_TRUE(policy == NULL && run == NULL);
}

static int start(
	const struct sandboxctl_policy *policy, const struct sandboxctl_run_options *options)
{
	char *command[] = { "/bin/true", NULL };
	struct sandboxctl_run *run = NULL;
	struct sandboxctl_error error;
	int r = sandboxctl_run_start(policy, options, command, &run, &error);

	EXPECT_TRUE(run == NULL);
	return r;
}

TEST(options_that_cannot_be)
{
	struct {
		struct sandboxctl_run_options o;
		int later;
	} grown = { SANDBOXCTL_RUN_OPTIONS_INIT, 0 };
	struct sandboxctl_run_options o = SANDBOXCTL_RUN_OPTIONS_INIT;
	const char *const no_value[] = { "K", NULL }, *const no_key[] = { "=v", NULL };
	char *none[] = { NULL };
	struct sandboxctl_policy *policy = NULL;
	struct sandboxctl_run *run = NULL;

	(void)write_policy("version = 1\n");
	ASSERT_EQ(0, sandboxctl_policy_open("acme", tmpdir_path, &policy, NULL));
	EXPECT_EQ(-EINVAL, sandboxctl_run_start(policy, NULL, NULL, &run, NULL));
	EXPECT_EQ(-EINVAL, sandboxctl_run_start(policy, NULL, none, &run, NULL));
	o.size = 0;
	EXPECT_EQ(-EINVAL, start(policy, &o));
	grown.o.size = sizeof(grown);
	grown.later = 1;
	EXPECT_EQ(-E2BIG, start(policy, &grown.o));
	o = (struct sandboxctl_run_options)SANDBOXCTL_RUN_OPTIONS_INIT;
	o.timeout_ms = UINT64_MAX;
	EXPECT_EQ(-EINVAL, start(policy, &o));
	/* What follows is asked of root alone. */
	if (geteuid() != 0) {
		EXPECT_EQ(-EPERM, start(policy, NULL));
		sandboxctl_policy_free(policy);
		return;
	}
	o = (struct sandboxctl_run_options)SANDBOXCTL_RUN_OPTIONS_INIT;
	o.name = "--help";
	EXPECT_EQ(-EINVAL, start(policy, &o));
	o.name = NULL;
	o.env = no_value;
	EXPECT_EQ(-EINVAL, start(policy, &o));
	o.env = no_key;
	EXPECT_EQ(-EINVAL, start(policy, &o));
	o.env = NULL;
	o.launcher = "sandboxctl";
	EXPECT_EQ(-EINVAL, start(policy, &o));
	o.launcher = "/nowhere/sandboxctl";
	EXPECT_EQ(-ENOENT, start(policy, &o));
	o.stdin_fd = 999;
	EXPECT_EQ(-EBADF, start(policy, &o));
	sandboxctl_policy_free(policy);
}
