/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/find_inode.h"

#include "tmpdir.h"

static int top;

static void open_top(void)
{
	top = open(tmpdir_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_GE(top, 0);
}

static struct inode_sought sought_at(const char *path)
{
	struct stat st;

	ASSERT_EQ(0, lstat(path, &st));
	return (struct inode_sought){ st.st_dev, st.st_ino };
}

static void expect_found(const char *expected, const char *path)
{
	const struct inode_sought sought = sought_at(path);
	unsigned int budget = 100;
	char found[PATH_MAX] = "?";

	EXPECT_EQ(0, find_inode(top, &sought, &budget, found));
	EXPECT_STREQ(expected, found);
}

TEST(what_lies_in_there)
{
	(void)tmpdir_make();
	(void)tmpdir_folder("a");
	(void)tmpdir_folder("a/b");
	(void)tmpdir_write("a/b/file", "x");
	(void)tmpdir_write("other", "x");
	open_top();
	expect_found("/a/b/file", tmpdir_file("a/b/file"));
	expect_found("/a/b", tmpdir_file("a/b"));
	expect_found("/other", tmpdir_file("other"));
	expect_found("", tmpdir_path);
}

TEST(a_file_is_its_own_top)
{
	(void)tmpdir_make();
	top = open(tmpdir_write("file", "x"), O_PATH | O_CLOEXEC);
	ASSERT_GE(top, 0);
	expect_found("", tmpdir_file("file"));
}

TEST(what_does_not)
{
	struct inode_sought sought;
	unsigned int budget = 100;
	char found[PATH_MAX];

	(void)tmpdir_make();
	(void)tmpdir_folder("a");
	/* Neither a link's target nor the same number of another device. */
	ASSERT_EQ(0, symlink("/", tmpdir_file("a/link")));
	open_top();
	sought = sought_at("/etc");
	EXPECT_EQ(-ENOENT, find_inode(top, &sought, &budget, found));
	sought = sought_at(tmpdir_file("a"));
	sought.dev++;
	EXPECT_EQ(-ENOENT, find_inode(top, &sought, &budget, found));
	EXPECT_EQ(100 - 2 * 2, (int)budget);
}

TEST(no_more_names_than_that)
{
	struct inode_sought sought;
	unsigned int budget = 10;
	char name[16], found[PATH_MAX];

	(void)tmpdir_make();
	for (int i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		(void)tmpdir_write(name, "");
	}
	open_top();
	sought = sought_at("/etc");
	EXPECT_EQ(-ENOENT, find_inode(top, &sought, &budget, found));
	EXPECT_EQ(0, (int)budget);
	EXPECT_EQ(-ENOENT, find_inode(top, &sought, &budget, found));
}

TEST(deep_folders)
{
	char path[PATH_MAX] = "0";
	struct inode_sought sought;
	unsigned int budget = 1000;
	char found[PATH_MAX];

	(void)tmpdir_make();
	for (int i = 0; i < 100; i++) {
		(void)tmpdir_folder(path);
		(void)strcat(path, "/0");
	}
	sought = sought_at(tmpdir_write(path, "x"));
	open_top();
	/* Deeper than the LSM looks. */
	EXPECT_EQ(-ENOENT, find_inode(top, &sought, &budget, found));
	EXPECT_GE((int)budget, 900);
}
