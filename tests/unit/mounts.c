/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/mounts.h"

#include "test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define TOP    "/run/world"
#define TREE   TOP "/tree" /* a tenant's, who may do there what it likes */
#define VICTIM TOP "/victim" /* and has no business here */

/* From the inside out. */
static const char *const deep[] = { TREE "/x/1/2/3/4", TREE "/x/1/2/3", TREE "/x/1/2", TREE "/x/1",
	TREE "/x" };
#define N_DEEP (sizeof(deep) / sizeof(deep[0]))

static void make_deep(void)
{
	for (size_t i = N_DEEP; i-- > 0;)
		ASSERT_EQ(0, mkdir(deep[i], 0755));
}

/* In a mount namespace with a /run of our own: nothing of this is seen outside. */
static void make_world(void)
{
	if (geteuid() != 0)
		SKIP("needs root: mounts");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, root_isolate());
	ASSERT_EQ(0, mount("none", "/run", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(ROOT_STAGE, 0700));
	ASSERT_EQ(0, mkdir(TOP, 0755));
	ASSERT_EQ(0, mkdir(VICTIM, 0755));
	ASSERT_EQ(0, mkdir(TREE, 0755));
	make_deep();
}

/* The two grants, outer first. */
static void clone_trees(const int fds[2], struct root_bind binds[2])
{
	static const char *const paths[] = { TREE, TREE "/x/1/2/3/4" };

	for (int i = 0; i < 2; i++) {
		binds[i] = (struct root_bind){ .path = paths[i], .tree = -1, .is_dir = true };
		ASSERT_EQ(0, mounts_clone_tree(fds[i], true, false, &binds[i].tree, NULL));
	}
}

/* As the launcher's child does it. Exits with 0, or with 1 where the root can't be made. */
static void make_root_in_a_child(const struct root_spec *spec)
{
	int root, object;

	if (unshare(CLONE_NEWNS) < 0 || root_isolate() < 0)
		_exit(2);
	_exit(root_make(spec, &root, &object) < 0 ? 1 : 0);
}

/* Where the inner mount point is: there, not there, and a link to elsewhere, in turn. */
_Noreturn static void swap_for_ever(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		(void)rename(TREE "/x", TREE "/away");
		(void)!symlink(VICTIM, TREE "/x");
		(void)unlink(TREE "/x");
		/* Mount points that were made meanwhile go again. */
		while (rename(TREE "/away", TREE "/x") < 0)
			for (size_t i = 0; i < N_DEEP; i++)
				(void)rmdir(deep[i]);
	}
}

static bool is_empty(const char *folder)
{
	/* tmpfs counts the folders in a folder. */
	struct stat st;

	return stat(folder, &st) == 0 && st.st_nlink == 2 && rmdir(folder) == 0;
}

TEST_TIMEOUT(mount_points_in_a_tree_that_its_tenant_changes, 120)
{
	enum { TIMES = 1500 };
	int fds[2], n[3] = { 0 };
	pid_t swapper;

	make_world();
	fds[0] = open(TREE, O_PATH | O_CLOEXEC);
	fds[1] = open(deep[0], O_PATH | O_CLOEXEC);
	ASSERT_TRUE(fds[0] >= 0 && fds[1] >= 0);
	swapper = fork();
	ASSERT_GE(swapper, 0);
	if (swapper == 0)
		swap_for_ever();
	for (int i = 0; i < TIMES; i++) {
		struct root_bind binds[2];
		struct root_spec spec = {
			.tree = -1, .binds = binds, .n_binds = 2, .tmp_size = 1 << 20
		};
		int status;
		pid_t pid;

		clone_trees(fds, binds);
		pid = fork();
		ASSERT_GE(pid, 0);
		if (pid == 0)
			make_root_in_a_child(&spec);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		n[WEXITSTATUS(status)]++;
		(void)close(binds[0].tree);
		(void)close(binds[1].tree);
	}
	ASSERT_EQ(0, kill(swapper, SIGKILL));
	printf("# %d roots were made, %d were not\n", n[0], n[1]);
	EXPECT_TRUE(n[0] > 0 && n[1] > 0);
	EXPECT_TRUE(is_empty(VICTIM));
}

/* Below a root that makes all read-only; -errno of making PATH in there. */
static int make_in(int root, const char *path)
{
	int fd = openat(root, path + 1, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : close(fd);
}

TEST(a_folder_is_opened_and_nothing_else)
{
	struct root_bind binds[2] = { { .path = TREE, .is_dir = true },
		{ .path = TREE "/x/1", .tree = -1, .is_dir = true, .writable = true } };
	struct root_spec spec = { .tree = -1, .binds = binds, .n_binds = 2, .tmp_size = 1 << 20 };
	int tree, root = -1, object;

	make_world();
	ASSERT_EQ(0, mount("none", TREE "/x/1/2/3", "tmpfs", 0, NULL));
	tree = open(TREE, O_PATH | O_CLOEXEC);
	ASSERT_EQ(0, mounts_clone_tree(tree, false, false, &binds[0].tree, NULL));
	binds[1].folder = open(TREE "/x/1", O_PATH | O_CLOEXEC);
	ASSERT_TRUE(binds[1].folder >= 0);
	ASSERT_EQ(0, root_make(&spec, &root, &object));
	EXPECT_EQ(0, make_in(root, TREE "/x/1/made"));
	EXPECT_EQ(0, make_in(root, TREE "/x/1/2/made"));
	EXPECT_EQ(0, access(TREE "/x/1/made", F_OK));
	EXPECT_EQ(-EROFS, make_in(root, TREE "/x/made"));
	EXPECT_EQ(-EROFS, make_in(root, TREE "/made"));
	EXPECT_EQ(-EROFS, make_in(root, TREE "/x/1/2/3/made"));
}

TEST(another_folder_is_not_opened)
{
	struct root_bind binds[2] = { { .path = TREE, .is_dir = true },
		{ .path = TREE "/x", .tree = -1, .is_dir = true, .writable = true } };
	struct root_spec spec = { .tree = -1, .binds = binds, .n_binds = 2, .tmp_size = 1 << 20 };
	int tree, root = -1, object = -1;

	make_world();
	tree = open(TREE, O_PATH | O_CLOEXEC);
	ASSERT_EQ(0, mounts_clone_tree(tree, false, false, &binds[0].tree, NULL));
	binds[1].folder = open(TREE "/x", O_PATH | O_CLOEXEC);
	ASSERT_TRUE(binds[1].folder >= 0);
	ASSERT_EQ(0, rename(TREE "/x", TREE "/away"));
	ASSERT_EQ(0, mkdir(TREE "/x", 0755));
	EXPECT_EQ(-ESTALE, root_make(&spec, &root, &object));
	EXPECT_EQ(1, object);
	ASSERT_EQ(0, rmdir(TREE "/x"));
	ASSERT_EQ(0, symlink("away", TREE "/x"));
	EXPECT_EQ(-ELOOP, root_make(&spec, &root, &object));
}

static void make_null(const char *type)
{
	ASSERT_EQ(0, close(creat(TREE "/dev/null", 0666)));
	if (type)
		ASSERT_EQ(0, mount(type, TREE "/dev/null", NULL, MS_BIND, NULL));
}

/* What lies over files of /proc is never a file of somebody else's: CVE-2025-31133. */
TEST(null_is_null)
{
	int root;

	make_world();
	ASSERT_EQ(0, mkdir(TREE "/proc", 0755));
	ASSERT_EQ(0, mkdir(TREE "/other", 0755));
	ASSERT_EQ(0, mount("/dev", TREE "/other", NULL, MS_BIND | MS_REC, NULL));
	root = open(TREE, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_GE(root, 0);
	EXPECT_EQ(-ENOENT, root_mount_proc(root, true));
	ASSERT_EQ(0, symlink("other", TREE "/dev"));
	EXPECT_EQ(-ELOOP, root_mount_proc(root, true));
	ASSERT_EQ(0, unlink(TREE "/dev"));
	ASSERT_EQ(0, mkdir(TREE "/dev", 0755));
	ASSERT_EQ(0, symlink("../other/null", TREE "/dev/null"));
	EXPECT_EQ(-ELOOP, root_mount_proc(root, true));
	ASSERT_EQ(0, unlink(TREE "/dev/null"));
	make_null(NULL);
	EXPECT_EQ(-EXDEV, root_mount_proc(root, true));
	make_null("/dev/zero");
	EXPECT_EQ(-EXDEV, root_mount_proc(root, true));
	make_null("/dev/null");
	EXPECT_EQ(0, root_mount_proc(root, true));
	(void)close(root);
}
