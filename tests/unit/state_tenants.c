/* SPDX-License-Identifier: Apache-2.0 */
#include "state/tenants.h"

#include "tmpdir.h"

TEST(what_the_fingerprint_is_over)
{
	EXPECT_TRUE(tenants_has("/c/tenants", "/c/tenants/a.ini"));
	EXPECT_TRUE(tenants_has("/c/tenants", "/c/tenants/a.ini.d/10.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/common.inc"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/more/a.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/a.ini.d/10.inc"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/a.ini.d/more/10.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/a.ini.d/../../x.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants/../x.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/tenants2/a.ini"));
	EXPECT_FALSE(tenants_has("/c/tenants", "/c/a.ini"));
}

static uint64_t fingerprint(const char *config)
{
	uint64_t fingerprint = 0;

	EXPECT_EQ(0, tenants_fingerprint(config, 1, &fingerprint, NULL));
	return fingerprint;
}

TEST(a_folder_of_policies_changes_with_its_names)
{
	const char *config = tmpdir_make();
	uint64_t missing = tenants_config_hash(config, 1), before, without = fingerprint(config);

	(void)tmpdir_folder("tenants");
	before = tenants_config_hash(config, 1);
	EXPECT_NE(missing, before);
	EXPECT_EQ(without, fingerprint(config));
	EXPECT_EQ(before, tenants_config_hash(config, 1));
	EXPECT_NE(before, tenants_config_hash(config, 2));
	/* Filesystems' clocks tick: what follows may have the time of the folder's making. */
	while (tenants_config_hash(config, 1) == before) {
		(void)tmpdir_write("tenants/a.ini", "version = 1\n");
		ASSERT_EQ(0, unlink(tmpdir_file("tenants/a.ini")));
	}
	(void)tmpdir_write("tenants/a.ini", "version = 1\n");
	EXPECT_NE(without, fingerprint(config));
}

TEST(of_a_list_trees_and_folders_are_two_sums)
{
	const char *tree;
	struct tenants_sums none = { 1, 1 }, tree_alone, both;
	char text[PATH_MAX * 3];

	(void)tmpdir_make();
	ASSERT_EQ(0, tenants_watched_fingerprint(tmpdir_file("list"), 1, &none, NULL));
	EXPECT_EQ(0, none.named);
	EXPECT_EQ(0, none.folders);
	tree = tmpdir_folder("tree");
	(void)snprintf(text, sizeof(text), "t%s\n", tree);
	(void)tmpdir_write("list", text);
	ASSERT_EQ(0, tenants_watched_fingerprint(tmpdir_file("list"), 1, &tree_alone, NULL));
	EXPECT_NE(0, tree_alone.named);
	EXPECT_EQ(0, tree_alone.folders);
	(void)snprintf(text, sizeof(text), "t%s\nd%s\n", tree, tree);
	(void)tmpdir_write("list", text);
	ASSERT_EQ(0, tenants_watched_fingerprint(tmpdir_file("list"), 1, &both, NULL));
	EXPECT_EQ(tree_alone.named, both.named);
	EXPECT_NE(0, both.folders);
}

TEST(a_name_is_what_its_links_lead_to)
{
	struct tenants_sums before, after;
	char text[PATH_MAX + 8];
	const char *link;

	(void)tmpdir_make();
	link = tmpdir_file("link");
	ASSERT_EQ(0, symlink(tmpdir_folder("one"), link));
	(void)snprintf(text, sizeof(text), "n%s\n", link);
	(void)tmpdir_write("list", text);
	ASSERT_EQ(0, tenants_watched_fingerprint(tmpdir_file("list"), 1, &before, NULL));
	ASSERT_EQ(0, tenants_watched_fingerprint(tmpdir_file("list"), 1, &after, NULL));
	EXPECT_EQ(before.named, after.named);
	ASSERT_EQ(0, unlink(link));
	ASSERT_EQ(0, symlink(tmpdir_folder("other"), link));
	ASSERT_EQ(0, tenants_watched_fingerprint(tmpdir_file("list"), 1, &after, NULL));
	EXPECT_NE(before.named, after.named);
}
