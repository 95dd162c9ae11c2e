/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"

#include "tmpdir.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

static void expect_content(const char *name, const char *wanted)
{
	char text[64];

	EXPECT_GE(fs_read(AT_FDCWD, tmpdir_file(name), text, sizeof(text)), 0);
	EXPECT_STREQ(wanted, text);
}

static int replace(const char *name, const char *text, enum fs_keep keep)
{
	return fs_replace(AT_FDCWD, tmpdir_file(name), text, strlen(text), keep, NULL);
}

TEST(a_file_is_replaced_as_a_whole)
{
	struct stat st;
	char old[16];
	int fd;

	(void)tmpdir_make();
	ASSERT_EQ(0, replace("file", "the old one", FS_VOLATILE));
	fd = open(tmpdir_file("file"), O_RDONLY | O_CLOEXEC);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, replace("file", "new", FS_DURABLE));
	expect_content("file", "new");
	/* Who had it open reads on in the old one. */
	ASSERT_EQ(11, read(fd, old, sizeof(old)));
	EXPECT_EQ(0, memcmp(old, "the old one", 11));
	ASSERT_EQ(0, stat(tmpdir_file("file"), &st));
	EXPECT_EQ(0600, st.st_mode & 07777);
	EXPECT_LT(stat(tmpdir_file("file~"), &st), 0);
}

TEST(what_a_killed_writer_left_is_taken)
{
	struct stat st;

	(void)tmpdir_make();
	(void)tmpdir_write("file~", "half of something longer");
	ASSERT_EQ(0, replace("file", "whole", FS_VOLATILE));
	expect_content("file", "whole");
	EXPECT_LT(stat(tmpdir_file("file~"), &st), 0);
}

TEST(writers_wait_for_each_other)
{
	enum { WRITERS = 4, TIMES = 50 };
	char text[64];

	(void)tmpdir_make();
	for (int i = 0; i < WRITERS; i++) {
		char all[33];

		memset(all, 'a' + i, 32);
		all[32] = '\0';
		if (fork() == 0) {
			for (int j = 0; j < TIMES; j++)
				if (replace("file", all, FS_VOLATILE) < 0)
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		ASSERT_GE(wait(&status), 0);
		EXPECT_EQ(0, status);
	}
	ASSERT_EQ(32, fs_read(AT_FDCWD, tmpdir_file("file"), text, sizeof(text)));
	for (int i = 1; i < 32; i++)
		EXPECT_EQ(text[0], text[i]);
}

TEST(what_cannot_be_written_leaves_nothing)
{
	struct sbx_error err = { 0 };

	(void)tmpdir_make();
	(void)tmpdir_folder("folder");
	EXPECT_LT(fs_replace(AT_FDCWD, tmpdir_file("folder"), "x", 1, FS_VOLATILE, &err), 0);
	EXPECT_LT(access(tmpdir_file("folder~"), F_OK), 0);
	EXPECT_EQ(-ENOENT,
		fs_replace(AT_FDCWD, tmpdir_file("missing/file"), "x", 1, FS_VOLATILE, &err));
	/* A link in the temporary's place is not followed. */
	ASSERT_EQ(0, symlink(tmpdir_file("elsewhere"), tmpdir_file("file~")));
	EXPECT_EQ(-ELOOP, fs_replace(AT_FDCWD, tmpdir_file("file"), "x", 1, FS_VOLATILE, &err));
	EXPECT_LT(access(tmpdir_file("elsewhere"), F_OK), 0);
}

TEST(the_path_of_a_descriptor)
{
	const char *folder = tmpdir_make();
	int fd = open(folder, O_PATH | O_CLOEXEC);
	char path[PATH_MAX], little[4];

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, fs_path_of(fd, path, sizeof(path), NULL));
	EXPECT_STREQ(folder, path);
	EXPECT_EQ(-ENAMETOOLONG, fs_path_of(fd, little, sizeof(little), NULL));
	EXPECT_EQ(-ENOENT, fs_path_of(12345, path, sizeof(path), NULL));
}

TEST(a_mode_speaks_to_owner_group_or_others)
{
	struct stat st = { .st_uid = 7, .st_gid = 8, .st_mode = S_IFREG | 0461 };

	EXPECT_TRUE(fs_mode_allows(&st, 7, 7, S_IROTH));
	EXPECT_FALSE(fs_mode_allows(&st, 7, 7, S_IROTH | S_IXOTH));
	/* Its owner gets no more from being in the group. */
	EXPECT_FALSE(fs_mode_allows(&st, 7, 8, S_IWOTH));
	EXPECT_TRUE(fs_mode_allows(&st, 9, 8, S_IROTH | S_IWOTH));
	EXPECT_FALSE(fs_mode_allows(&st, 9, 8, S_IXOTH));
	EXPECT_TRUE(fs_mode_allows(&st, 9, 9, S_IXOTH));
	EXPECT_FALSE(fs_mode_allows(&st, 9, 9, S_IROTH));
	EXPECT_TRUE(fs_mode_allows(&st, 9, 9, 0));
}

TEST(a_folder_that_others_can_enter)
{
	bool root = geteuid() == 0;
	struct sbx_error err = { 0 };
	char cure[PATH_MAX + 16];
	const char *path;

	(void)tmpdir_make();
	path = tmpdir_file("a/b");
	EXPECT_EQ(root ? 0 : -EPERM, fs_make_private_dir(path, &err));
	ASSERT_EQ(0, chmod(path, 0755));
	EXPECT_EQ(-EPERM, fs_make_private_dir(path, &err));
	(void)snprintf(cure, sizeof(cure), "chmod 700 '%s'", path);
	EXPECT_STREQ(root ? cure : "move it away: sandboxctl makes it anew", err.cure);
	ASSERT_EQ(0, chmod(path, 0770));
	EXPECT_EQ(-EPERM, fs_make_private_dir(path, &err));
	EXPECT_STREQ("move it away: sandboxctl makes it anew", err.cure);
	EXPECT_EQ(-EPERM, fs_make_private_dir(tmpdir_write("file", ""), &err));
	EXPECT_STREQ("move it away: sandboxctl makes it anew", err.cure);
}

TEST(a_lock_is_of_the_file_that_is_there)
{
	int lock, other, status;
	struct stat held, there;
	pid_t pid;

	(void)tmpdir_make();
	EXPECT_EQ(-ENOENT, fs_try_lock(tmpdir_file("lock"), &other));
	ASSERT_EQ(0, fs_lock(tmpdir_file("lock"), &lock, NULL));
	EXPECT_EQ(-EBUSY, fs_try_lock(tmpdir_file("lock"), &other));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (pid == 0) {
		(void)close(lock);
		if (fs_lock(tmpdir_file("lock"), &lock, NULL) < 0 || fstat(lock, &held) < 0 ||
			stat(tmpdir_file("lock"), &there) < 0)
			_exit(1);
		_exit(held.st_ino == there.st_ino ? 0 : 2);
	}
	/* Whether it waits already or not: it never ends with the lock of a file that is gone. */
	ASSERT_EQ(0, unlink(tmpdir_file("lock")));
	(void)close(lock);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}
