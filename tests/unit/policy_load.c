/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants' files in their folder, with what they include and what is dropped in beside them. */
#include "policy_load.h"

#include "owner.h"
#include "policy/syscalls.h"
#include "policy/text.h"

static int try_load(const char *tenant)
{
	_cleanup_policy_ struct policy *policy = NULL;

	err = (struct sbx_error){ 0 };
	return policy_load_tenant(&dirs, tenant, &policy, NULL, &err);
}

TEST(tenant)
{
	_cleanup_policy_ struct policy *policy = NULL;

	make_config();
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n[filesystem]\nown = /srv/%t\n");
	ASSERT_EQ(0, policy_load_tenant(&dirs, "acme", &policy, NULL, &err));
	EXPECT_STREQ("acme", policy->tenant);
	EXPECT_STREQ(tmpdir_file("tenants/acme.ini"), policy->path);
	ASSERT_EQ(1, policy->filesystem.n_grants);
	EXPECT_STREQ("/srv/acme", policy->filesystem.grants[0].path);
}

TEST(unknown_tenant)
{
	make_config();
	EXPECT_EQ(-ENOENT, try_load("acme"));
	EXPECT_TRUE(says(err.text, "tenant 'acme' has no policy: there is no '"));
	EXPECT_TRUE(says(err.cure, "default.ini' there and edit it"));
}

/* Before there is a folder for tenants at all. */
TEST(unknown_tenant_without_folder)
{
	dirs.config = "/nonexistent";
	EXPECT_EQ(-ENOENT, try_load("acme"));
	EXPECT_TRUE(says(err.text, "tenant 'acme' has no policy"));
}

TEST(tenant_names_stay_in_the_folder)
{
	make_config();
	(void)tmpdir_write("acme.ini", "version = 1\n");
	EXPECT_EQ(-EINVAL, try_load("../acme"));
	EXPECT_EQ(-EINVAL, try_load(""));
	EXPECT_EQ(-EINVAL, try_load("/etc/passwd"));
	EXPECT_EQ(-EINVAL, try_load("Acme"));
	EXPECT_TRUE(says(err.text, "'Acme' is not a tenant's name"));
}

TEST(file_names)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = NULL;
	const char *path;

	(void)tmpdir_make();
	path = tmpdir_write("Some File.txt", "version = 1\n");
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, path, NULL, &policy, &report, &err));
	EXPECT_TRUE(says(err.text, "is not named as a tenant's file"));
	EXPECT_TRUE(says(err.cure, "name it TENANT.ini (a to z, 0 to 9 and '-'); run takes -t"));
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, path, NULL, &policy, &report, NULL));
	ASSERT_EQ(2, report.n);
	EXPECT_TRUE(says(report.problems[0].text, err.text));
	EXPECT_TRUE(says(report.problems[0].text, err.cure));
	EXPECT_STREQ("not a tenant's name", report.problems[1].text);
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, path, "No", &policy, NULL, &err));
	EXPECT_TRUE(says(err.text, "'No' is not a tenant's name"));
	ASSERT_EQ(0, policy_load_file(&dirs, path, "yes", &policy, NULL, &err));
	EXPECT_STREQ("yes", policy->tenant);
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, tmpdir_write(".ini", "version = 1\n"), NULL,
				   &policy, NULL, &err));
}

TEST(folders_that_are_files)
{
	_cleanup_strv_ struct strv names = { 0 };

	make_config();
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n");
	EXPECT_EQ(0, try_load("acme"));
	(void)tmpdir_write("tenants/acme.ini.d", "");
	EXPECT_EQ(-ENOTDIR, try_load("acme"));
	EXPECT_TRUE(says(err.text, "read folder '"));
	dirs.config = tmpdir_folder("other");
	(void)tmpdir_write("other/tenants", "");
	EXPECT_EQ(-ENOTDIR, policy_list_tenants(&dirs, &names, &err));
	EXPECT_TRUE(says(err.text, "open folder '"));
}

TEST(drop_ins_in_the_order_of_their_names)
{
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_write("tenants/acme.ini",
		"version = 1\n[process]\ncwd = /0\nenv = A=0\n[filesystem]\nread = /srv/0\n");
	(void)tmpdir_folder("tenants/acme.ini.d");
	(void)tmpdir_write("tenants/acme.ini.d/20-b.ini",
		"version = 1\n[process]\ncwd = /2\n[filesystem]\nread = /srv/2\n");
	(void)tmpdir_write("tenants/acme.ini.d/10-a.ini",
		"version = 1\n[process]\ncwd = /1\nenv =\n[filesystem]\nread = /srv/1\n");
	(void)tmpdir_write("tenants/acme.ini.d/30-c.ini~", "nonsense");
	(void)tmpdir_write("tenants/acme.ini.d/.40-d.ini", "nonsense");
	ASSERT_EQ(0, policy_load_tenant(&dirs, "acme", &policy, NULL, &err));
	EXPECT_STREQ("/2", policy->process.cwd);
	EXPECT_EQ(0, policy->process.env.n);
	ASSERT_EQ(3, policy->filesystem.n_grants);
	for (size_t i = 0; i < 3; i++) {
		const struct policy_grant *grant = &policy->filesystem.grants[i];

		EXPECT_EQ((char)('0' + i), grant->path[strlen("/srv/")]);
		EXPECT_TRUE(grant->at.source == policy->sources.v[i]);
	}
	EXPECT_TRUE(says(place_file(&policy->filesystem.grants[1].at), "acme.ini.d/10-a.ini"));
	/* What was overridden or cleared is nobody's word any more. */
	EXPECT_EQ(4, policy->n_assignments);
	(void)policy_free(policy);
}

TEST(drop_ins_with_problems)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n[cgroup]\npids.max = none\n");
	(void)tmpdir_folder("tenants/acme.ini.d");
	(void)tmpdir_write("tenants/acme.ini.d/b.ini", "[cgroup]\npids.max = some\n");
	(void)tmpdir_write("tenants/acme.ini.d/a.ini", "version = 1\n[cgroup]\nmemory.high = 1G\n");
	EXPECT_EQ(-EINVAL, policy_load_tenant(&dirs, "acme", &policy, &report, &err));
	ASSERT_EQ(4, report.n);
	EXPECT_TRUE(says(report.problems[0].file, "acme.ini"));
	EXPECT_TRUE(says(report.problems[1].file, "a.ini"));
	EXPECT_TRUE(says(report.problems[1].text, "memory.high: 1073741824 is above"));
	EXPECT_TRUE(says(report.problems[2].text, "'version = 1' is missing"));
	EXPECT_TRUE(says(report.problems[3].text, "'some' is not a number"));
	/* One that can't be read fails all of it. */
	policy_report_clear(&report);
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n");
	(void)tmpdir_write("tenants/acme.ini.d/a.ini", "version = 1\n");
	ASSERT_EQ(0, chmod(tmpdir_write("tenants/acme.ini.d/b.ini", "version = 1\n"), 0666));
	EXPECT_EQ(-EINVAL, policy_load_tenant(&dirs, "acme", &policy, &report, &err));
	EXPECT_TRUE(says(err.text, "b.ini: can be written by everybody"));
}

TEST(includes_are_read_first_and_once)
{
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_folder("common");
	(void)tmpdir_write("common/base.ini", "version = 1\n[process]\ncwd = /base\n"
					      "[filesystem]\nread = /srv/base\n");
	(void)tmpdir_write("common/left.ini",
		"version = 1\n[tenant]\ninclude = base.ini\n[filesystem]\nread = /srv/left\n");
	(void)tmpdir_write("common/right.ini",
		"version = 1\n[tenant]\ninclude = base.ini\n[filesystem]\nread = /srv/right\n");
	(void)tmpdir_write("tenants/acme.ini",
		"version = 1\n[tenant]\ninclude = "
		"../common/left.ini ../common/right.ini\nid = 7\n"
		"[process]\ncwd = /own\n[filesystem]\nread = /srv/own\n");
	ASSERT_EQ(0, policy_load_tenant(&dirs, "acme", &policy, NULL, &err));
	EXPECT_STREQ("/own", policy->process.cwd);
	EXPECT_EQ(7, policy->id);
	ASSERT_EQ(4, policy->filesystem.n_grants);
	EXPECT_STREQ("/srv/base", policy->filesystem.grants[0].path);
	EXPECT_STREQ("/srv/left", policy->filesystem.grants[1].path);
	EXPECT_STREQ("/srv/right", policy->filesystem.grants[2].path);
	EXPECT_STREQ("/srv/own", policy->filesystem.grants[3].path);
	(void)policy_free(policy);
}

/* The policy and its drop-in know it by paths that differ. */
TEST(files_are_known_by_what_they_are)
{
	struct policy *policy = NULL;

	make_config();
	(void)tmpdir_folder("tenants/acme.ini.d");
	(void)tmpdir_write("base.ini", "version = 1\n[cgroup]\nio.max = /dev/sda rbps=1M\n");
	ASSERT_EQ(0, symlink("base.ini", tmpdir_file("link.ini")));
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n[tenant]\ninclude = ../base.ini\n");
	(void)tmpdir_write("tenants/acme.ini.d/10-a.ini",
		"version = 1\n[tenant]\ninclude = ../../base.ini ../../link.ini\n");
	ASSERT_EQ(0, policy_load_tenant(&dirs, "acme", &policy, NULL, &err));
	EXPECT_EQ(1, policy->cgroup.n_lines);
	EXPECT_EQ(3, policy->sources.n);
	(void)policy_free(policy);
}

TEST(includes_that_go_wrong)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "include = acme.ini\n", "acme.ini:3: include: 'acme.ini' includes itself" },
		{ "include = missing.ini\n", "missing.ini: open: No such file" },
		{ "include = circle.ini\n", "'./circle.ini' includes itself" },
		{ "include = @nothing\n", "there is no shipped policy '@nothing'" },
		{ "include = @../x\n", "'@../x' is no name of a shipped policy" },
		{ "include =\n", "include: has no value" },
		{ "id = 7\ninclude = other.ini\n", ":4: include: comes before all other keys" },
		{ "include = wrong.ini\n", "wrong.ini:3: tasks.max: is no file of a controller" },
		{ "include = newer.ini\n", "newer.ini:1: version: '2' is not supported" },
	};

	make_config();
	(void)tmpdir_write("tenants/other.ini", "version = 1\n");
	(void)tmpdir_write("tenants/circle.ini", "version = 1\n[tenant]\ninclude = ./circle.ini\n");
	(void)tmpdir_write("tenants/wrong.ini", "version = 1\n[cgroup]\ntasks.max = 1\n");
	(void)tmpdir_write("tenants/newer.ini", "version = 2\nno matter what\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_policy_report_ struct policy_report report = { 0 };
		struct policy *policy = NULL;
		char text[200];
		bool said = false;

		(void)snprintf(text, sizeof(text), "version = 1\n[tenant]\n%s", cases[i].text);
		(void)tmpdir_write("tenants/acme.ini", text);
		EXPECT_EQ(-EINVAL, policy_load_tenant(&dirs, "acme", &policy, &report, &err));
		for (size_t j = 0; j < report.n; j++) {
			const struct policy_problem *p = &report.problems[j];
			char all[700];

			(void)snprintf(all, sizeof(all), "%s:%u: %s", p->file, p->line, p->text);
			said |= strstr(all, cases[i].message) != NULL;
			(void)snprintf(all, sizeof(all), "%s: %s", p->file, p->text);
			said |= strstr(all, cases[i].message) != NULL;
		}
		if (!said)
			EXPECT_STREQ(cases[i].message, err.text);
	}
}

TEST(shipped_includes_serve_all_architectures)
{
	struct policy *policy = NULL;

	as_owner_of(SHIPPED);
	(void)tmpdir_make();
	ASSERT_EQ(
		0, policy_load_file(&dirs,
			   tmpdir_write("acme.ini", "version = 1\n[tenant]\ninclude = @default\n"),
			   NULL, &policy, NULL, &err));
	EXPECT_TRUE(calls_find_whole(&policy->seccomp.allow, "execve"));
	EXPECT_FALSE(calls_find(&policy->seccomp.allow, "socketcall"));
	(void)policy_free(policy);
	/* One of them by itself, from within their folder. */
	ASSERT_EQ(0, chdir(SHIPPED));
	EXPECT_EQ(0, policy_load_file(&dirs, "seccomp/default.ini", NULL, &policy, NULL, &err));
	(void)policy_free(policy);
}

TEST(id_and_sandbox_are_known_later)
{
	struct policy *policy = NULL, *before;

	dirs = (struct policy_dirs){ tmpdir_make(), "/nonexistent" };
	ASSERT_EQ(0, policy_load_file(&dirs,
			     tmpdir_write("acme.ini",
				     "version = 1\n[filesystem]\nown = /srv/%i\nread = /a/%n /b\n"
				     "[process]\nenv = NAME=%t-%i-%n\n"),
			     NULL, &policy, NULL, &err));
	EXPECT_TRUE(policy->unsettled);
	EXPECT_STREQ("/srv/%i", policy->filesystem.grants[0].path);
	EXPECT_EQ(TEXT_NO_ID, policy->filesystem.grants[0].unsettled);
	EXPECT_EQ(TEXT_NO_SANDBOX, policy->filesystem.grants[1].unsettled);
	EXPECT_EQ(0, policy->filesystem.grants[2].unsettled);
	ASSERT_EQ(0, policy_settle(&dirs, &policy, 7, NULL, &err));
	EXPECT_TRUE(policy->unsettled);
	EXPECT_STREQ("/srv/7", policy->filesystem.grants[0].path);
	EXPECT_FALSE(policy->filesystem.grants[0].unsettled);
	EXPECT_STREQ("/a/%n", policy->filesystem.grants[1].path);
	ASSERT_EQ(0, policy_settle(&dirs, &policy, 7, "web", &err));
	EXPECT_FALSE(policy->unsettled);
	EXPECT_STREQ("/a/web", policy->filesystem.grants[1].path);
	EXPECT_STREQ("NAME=acme-7-web", policy->process.env.v[0]);
	/* What has neither isn't read again. */
	before = policy;
	ASSERT_EQ(0, policy_settle(&dirs, &policy, 8, "db", &err));
	EXPECT_TRUE(policy == before);
	(void)policy_free(policy);
}

TEST(a_policy_that_changes_its_id_while_it_is_settled)
{
	struct policy *policy = NULL;

	dirs = (struct policy_dirs){ tmpdir_make(), "/nonexistent" };
	ASSERT_EQ(0, policy_load_file(&dirs,
			     tmpdir_write("acme.ini", "version = 1\n[tenant]\nid = 7\n"
						      "[process]\nenv = NAME=%n\n"),
			     NULL, &policy, NULL, &err));
	(void)tmpdir_write("acme.ini", "version = 1\n[tenant]\nid = 8\n[process]\nenv = NAME=%n\n");
	EXPECT_EQ(-EINVAL, policy_settle(&dirs, &policy, 7, "web", &err));
	EXPECT_TRUE(says(err.text, "changed while it was read"));
	EXPECT_TRUE(policy->unsettled);
	(void)policy_free(policy);
}

TEST(list_of_tenants)
{
	_cleanup_strv_ struct strv names = { 0 };

	make_config();
	ASSERT_EQ(0, policy_list_tenants(&dirs, &names, &err));
	EXPECT_EQ(0, names.n);
	(void)tmpdir_write("tenants/b.ini", "");
	(void)tmpdir_write("tenants/a-2.ini", "");
	(void)tmpdir_write("tenants/a.ini", "");
	(void)tmpdir_write("tenants/a.ini~", "");
	(void)tmpdir_write("tenants/.c.ini", "");
	(void)tmpdir_write("tenants/d.ini.dpkg-old", "");
	(void)tmpdir_folder("tenants/a.ini.d");
	strv_clear(&names);
	ASSERT_EQ(0, policy_list_tenants(&dirs, &names, &err));
	ASSERT_EQ(3, names.n);
	EXPECT_STREQ("a", names.v[0]);
	EXPECT_STREQ("a-2", names.v[1]);
	EXPECT_STREQ("b", names.v[2]);
}

/* Its `own` would be nobody's if it were passed over. */
TEST(list_with_a_name_that_is_none)
{
	_cleanup_strv_ struct strv names = { 0 };

	make_config();
	(void)tmpdir_write("tenants/Acme.ini", "");
	EXPECT_EQ(-EINVAL, policy_list_tenants(&dirs, &names, &err));
	EXPECT_TRUE(says(err.text, "Acme.ini' is not named as a tenant's file"));
	EXPECT_TRUE(says(err.cure, "or move it out of the folder"));
	EXPECT_EQ(0, names.n);
}

TEST(list_without_a_folder)
{
	_cleanup_strv_ struct strv names = { 0 };

	dirs.config = "/nonexistent";
	EXPECT_EQ(0, policy_list_tenants(&dirs, &names, &err));
	EXPECT_EQ(0, names.n);
}
