/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/fanotify.h"
#include "kernel/mounts.h"

#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define FILE_A "/run/a"
#define USER_A 2000000001
#define USER_B 2000000002

/* Two mounts of one file, in a mount namespace with a /run of our own. */
static void make_world(int ret_trees[2])
{
	int fd;

	if (geteuid() != 0)
		SKIP("needs root: mounts");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, root_isolate());
	ASSERT_EQ(0, mount("none", "/run", "tmpfs", 0, NULL));
	fd = open(FILE_A, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	ASSERT_GE(fd, 0);
	(void)close(fd);
	fd = open(FILE_A, O_PATH | O_CLOEXEC);
	ASSERT_GE(fd, 0);
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, mounts_clone_tree(fd, false, false, &ret_trees[i], NULL));
	(void)close(fd);
}

static void open_through(int tree, int flags)
{
	char path[32];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", tree);
	fd = open(path, flags | O_CLOEXEC);
	ASSERT_GE(fd, 0);
	(void)close(fd);
}

static bool was_opened(int watch)
{
	struct pollfd poll_in = { .fd = watch, .events = POLLIN };

	return poll(&poll_in, 1, 0) == 1;
}

TEST(one_mount_of_a_file_is_watched_and_no_other)
{
	int trees[2], watch = -1;
	struct sbx_error err;

	make_world(trees);
	ASSERT_EQ(0, fanotify_watch_mount(trees[0], USER_A, &watch, &err));
	ASSERT_EQ(FD_CLOEXEC, fcntl(watch, F_GETFD));
	open_through(trees[1], O_RDONLY);
	(void)close(open(FILE_A, O_RDONLY | O_CLOEXEC));
	/* Nor is a look at it an opening of it. */
	open_through(trees[0], O_PATH);
	ASSERT_TRUE(!was_opened(watch));
	open_through(trees[0], O_RDONLY);
	ASSERT_TRUE(was_opened(watch));
	(void)close(watch);
}

TEST(a_mount_that_is_attached_later)
{
	int trees[2], watch = -1, fd;

	make_world(trees);
	ASSERT_EQ(0, fanotify_watch_mount(trees[0], USER_A, &watch, NULL));
	fd = open("/run/there", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	ASSERT_GE(fd, 0);
	(void)close(fd);
	ASSERT_EQ(0, move_mount(trees[0], "", AT_FDCWD, "/run/there", MOVE_MOUNT_F_EMPTY_PATH));
	ASSERT_TRUE(!was_opened(watch));
	(void)close(open("/run/there", O_RDONLY | O_CLOEXEC));
	ASSERT_TRUE(was_opened(watch));
	(void)close(watch);
}

TEST(a_user_uses_up_its_own_watches_and_nobody_else_s)
{
	enum { MANY = 4096 };
	int trees[2], watches[MANY], one = -1, n = 0, signal = 0;
	struct sbx_error err = { 0 };

	make_world(trees);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGUSR1));
	while (n < MANY && fanotify_watch_mount(trees[0], USER_A, &watches[n], &err) == 0)
		n++;
	ASSERT_TRUE(n > 0 && n < MANY);
	ASSERT_STREQ("watch a mount as uid 2000000001: Too many open files", err.text);
	ASSERT_TRUE(strstr(err.cure, "fs.fanotify.max_user_groups"));
	ASSERT_EQ(0, fanotify_watch_mount(trees[0], USER_B, &one, &err));
	/* It is this process still. */
	ASSERT_EQ(0, geteuid());
	ASSERT_EQ(0, prctl(PR_GET_PDEATHSIG, &signal));
	ASSERT_EQ(SIGUSR1, signal);
	(void)close(one);
	while (n-- > 0)
		(void)close(watches[n]);
}

TEST(what_is_no_mount)
{
	int watch = -1;
	struct sbx_error err;

	if (geteuid() != 0)
		SKIP("needs root: fanotify");
	ASSERT_EQ(-ENOENT, fanotify_watch_mount(1000, USER_A, &watch, &err));
	ASSERT_EQ(-1, watch);
}
