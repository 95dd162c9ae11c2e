/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants' files in their folder, profiles, and the host's own file. */
#include "policy/policy.h"
#include "policy/text.h"

#include "owner.h"
#include "policy/syscalls.h"
#include "tmpdir.h"

#include <dirent.h>

#define SHIPPED FIXTURES_DIR "/policy/shipped"

static struct sbx_error err;
static struct policy_dirs dirs = { .shipped = SHIPPED };

/* A configuration folder with a folder for tenants. */
static void make_config(void)
{
	dirs.config = tmpdir_make();
	(void)tmpdir_folder("tenants");
}

static bool says(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	printf("# saw '%s'\n", text);
	return false;
}

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

/* ---- what a command line sets ---- */

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

TEST(profiles)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };

	as_owner_of(SHIPPED);
	ASSERT_EQ(0, policy_load_profile(&dirs, "@default", &calls, &err));
	EXPECT_TRUE(calls_find(&calls, "execve"));
	EXPECT_FALSE(calls_find(&calls, "socketcall")); /* not on 64-bit machines */
	EXPECT_EQ(4, calls.n);
	calls_clear(&calls);
	ASSERT_EQ(0, policy_load_profile(&dirs, "@wazero", &calls, &err));
	EXPECT_TRUE(calls_find(&calls, "futex"));
}

TEST(profiles_that_are_none)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };
	const struct policy_dirs nowhere = { "/nonexistent", "/nonexistent" };

	as_owner_of(SHIPPED);
	EXPECT_EQ(-ENOENT, policy_load_profile(&dirs, "@nothing", &calls, &err));
	EXPECT_STREQ("there is no profile '@nothing'", err.text);
	EXPECT_STREQ("known: @broken @default @empty @nested @no-exec @wazero", err.cure);
	EXPECT_EQ(-ENOENT, policy_load_profile(&nowhere, "@default", &calls, &err));
	EXPECT_STREQ("there are none at all in '/nonexistent'", err.cure);
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "default", &calls, &err));
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "@../seccomp/default", &calls, &err));
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "@broken", &calls, &err));
	EXPECT_TRUE(says(err.text, "broken.ini:4: allow: 'reed' is no system call"));
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "@empty", &calls, &err));
	EXPECT_TRUE(says(err.text, "empty.ini: allows no system call"));
	EXPECT_EQ(0, calls.n);
}

/* What no shipped profile may ever hold, see policies/seccomp/default.ini. */
static const char *const dangerous[] = { "mount", "umount2", "pivot_root", "chroot", "fsopen",
	"fsmount", "open_tree", "move_mount", "mount_setattr", "unshare", "setns", "clone3",
	"ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp",
	"open_by_handle_at", "name_to_handle_at", "io_uring_setup", "io_uring_enter",
	"io_uring_register", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key",
	"request_key", "personality", "modify_ldt", "iopl", "ioperm", "init_module", "finit_module",
	"delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct",
	"quotactl", "syslog", "execveat" };

static void check_shipped(const char *folder)
{
	const struct policy_dirs shipped = { "/nonexistent", POLICIES_DIR };
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned int n = 0;

	ASSERT_TRUE(dir);
	as_owner_of(folder);
	while ((entry = readdir(dir)) != NULL) {
		_cleanup_calls_ struct policy_calls calls = { 0 };
		char name[300];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "@%.*s", (int)strcspn(entry->d_name, "."),
			entry->d_name);
		err = (struct sbx_error){ 0 };
		EXPECT_EQ(0, policy_load_profile(&shipped, name, &calls, &err));
		EXPECT_STREQ("", err.text);
		EXPECT_TRUE(calls_find(&calls, "execve"));
		EXPECT_TRUE(calls_find(&calls, "exit_group"));
		for (size_t i = 0; i < ARRAY_SIZE(dangerous); i++)
			/* A program that was written for seventeen calls knows what it does. */
			if (calls_find(&calls, dangerous[i]) &&
				!(streq(name, "@strict") && streq(dangerous[i], "clone3")))
				EXPECT_STREQ("", dangerous[i]);
		for (size_t i = 0; i < calls.n; i++)
			for (size_t j = 0; j < i; j++)
				if (streq(calls.v[i].name, calls.v[j].name))
					EXPECT_STREQ("twice", calls.v[i].name);
		n++;
	}
	EXPECT_GT(n, 0);
}

TEST(shipped_groups)
{
	const struct policy_dirs shipped = { "/nonexistent", POLICIES_DIR };
	_cleanup_calls_ struct policy_calls names = { 0 };
	static const char *const groups[] = { "@basic-io", "@file-system", "@io-event", "@memory",
		"@network-io", "@process", "@signal", "@timer" };

	as_owner_of(POLICIES_DIR "/groups");
	ASSERT_EQ(0, policy_load_profile(&shipped, "@default", &names, &err));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		_cleanup_calls_ struct policy_calls calls = { 0 };

		ASSERT_EQ(0, policy_load_profile(&shipped, groups[i], &calls, &err));
		EXPECT_GT(calls.n, 0);
		/* None reaches further than ordinary programs do. */
		for (size_t j = 0; j < calls.n; j++)
			if (!calls_find(&names, calls.v[j].name))
				EXPECT_STREQ(groups[i], calls.v[j].name);
	}
}

TEST(shipped_profiles)
{
	/* A name that libseccomp doesn't know would prove nothing by its absence. */
	for (size_t i = 0; i < ARRAY_SIZE(dangerous); i++)
		EXPECT_NE(SYSCALLS_UNKNOWN, syscalls_find(dangerous[i]));
	check_shipped(POLICIES_DIR "/seccomp");
	check_shipped(POLICIES_DIR "/runtimes");
}

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
