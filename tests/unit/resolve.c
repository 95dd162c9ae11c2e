/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/resolve.h"

#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A folder of the test's own that only its owner can write to; the last one goes with the process.
 */
static char top[PATH_MAX];

/* Good for two at a time. */
static const char *in_top(const char *name)
{
	static char paths[2][2 * PATH_MAX];
	static unsigned int turn;
	char *path = paths[turn++ % 2];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

static void remove_top(void)
{
	char command[PATH_MAX + 16];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", top);
	(void)!system(command);
}

static void make_top(void)
{
	/* Not below /tmp, where others could put links. */
	(void)snprintf(top, sizeof(top), "/var/lib/sandboxctl-test.XXXXXX");
	if (geteuid() != 0)
		SKIP("needs root: links count only where nobody but root can have put them");
	ASSERT_TRUE(mkdtemp(top));
	(void)atexit(remove_top);
	ASSERT_EQ(0, mkdir(in_top("dir"), 0755));
	ASSERT_EQ(0, close(creat(in_top("dir/file"), 0644)));
}

TEST(a_plain_path)
{
	struct resolved r = RESOLVED_INIT;
	struct stat st;

	make_top();
	ASSERT_EQ(0, resolve_path(in_top("dir/file"), &r, NULL));
	EXPECT_STREQ(in_top("dir/file"), r.path);
	EXPECT_EQ(0, r.links.n);
	EXPECT_EQ(0, fstat(r.fd, &st));
	EXPECT_TRUE(S_ISREG(st.st_mode));
	resolved_clear(&r);
}

TEST(links_are_followed_and_told)
{
	struct resolved r = RESOLVED_INIT;

	make_top();
	ASSERT_EQ(0, symlink("dir", in_top("relative")));
	ASSERT_EQ(0, symlink(in_top("relative/file"), in_top("absolute")));
	ASSERT_EQ(0, resolve_path(in_top("absolute"), &r, NULL));
	EXPECT_STREQ(in_top("dir/file"), r.path);
	ASSERT_EQ(2, r.links.n);
	EXPECT_STREQ(in_top("absolute"), r.links.v[0]);
	EXPECT_STREQ(in_top("relative"), r.links.v[1]);
	EXPECT_STREQ("dir", r.targets.v[1]);
	resolved_clear(&r);
}

TEST(a_link_above)
{
	struct resolved r = RESOLVED_INIT;

	make_top();
	ASSERT_EQ(0, symlink("../dir/file", in_top("dir/up")));
	ASSERT_EQ(0, resolve_path(in_top("dir/up"), &r, NULL));
	EXPECT_STREQ(in_top("dir/file"), r.path);
	resolved_clear(&r);
}

TEST(dots_and_slashes)
{
	static const char *const spellings[] = { "./dir/file", "dir/./file", "dir/../dir/file",
		"dir//file", "to-dir/file", "to-dir/../dir/file" };
	static const char *const not_folders[] = { "dir/file/", "dir/file/.", "dir/file/..",
		"to-file/", "to-file/." };
	struct resolved r = RESOLVED_INIT;

	make_top();
	ASSERT_EQ(0, symlink("dir", in_top("to-dir")));
	ASSERT_EQ(0, symlink("dir/file", in_top("to-file")));
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		ASSERT_EQ(0, resolve_path(in_top(spellings[i]), &r, NULL));
		EXPECT_STREQ(in_top("dir/file"), r.path);
		resolved_clear(&r);
	}
	for (size_t i = 0; i < ARRAY_SIZE(not_folders); i++)
		EXPECT_EQ(-ENOTDIR, resolve_path(in_top(not_folders[i]), &r, NULL));
	ASSERT_EQ(0, resolve_path(in_top("to-dir/"), &r, NULL));
	EXPECT_STREQ(in_top("dir"), r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, resolve_path("/", &r, NULL));
	EXPECT_STREQ("/", r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, resolve_path("/..", &r, NULL));
	EXPECT_STREQ("/", r.path);
	resolved_clear(&r);
}

TEST(a_link_that_others_can_change_is_refused)
{
	struct resolved r = RESOLVED_INIT;
	struct sbx_error err = { 0 };

	make_top();
	ASSERT_EQ(0, symlink("file", in_top("dir/link")));
	ASSERT_EQ(0, resolve_path(in_top("dir/link"), &r, &err));
	resolved_clear(&r);
	ASSERT_EQ(0, chmod(in_top("dir"), 01777));
	EXPECT_EQ(-EPERM, resolve_path(in_top("dir/link"), &r, &err));
	EXPECT_TRUE(strstr(err.text, "is a symlink that others than root can change"));
	ASSERT_EQ(0, chmod(in_top("dir"), 0755));
	ASSERT_EQ(0, chown(in_top("dir"), 1000, 1000));
	EXPECT_EQ(-EPERM, resolve_path(in_top("dir/link"), &r, &err));
	ASSERT_EQ(0, chown(in_top("dir"), 0, 0));
	ASSERT_EQ(0, lchown(in_top("dir/link"), 1000, 1000));
	EXPECT_EQ(-EPERM, resolve_path(in_top("dir/link"), &r, &err));
}

TEST(loops_end)
{
	struct resolved r = RESOLVED_INIT;
	struct sbx_error err = { 0 };

	make_top();
	ASSERT_EQ(0, symlink("b", in_top("a")));
	ASSERT_EQ(0, symlink("a", in_top("b")));
	EXPECT_EQ(-ELOOP, resolve_path(in_top("a"), &r, &err));
}

TEST(what_is_not_there_says_its_name)
{
	struct resolved r = RESOLVED_INIT;
	struct sbx_error err = { 0 };

	make_top();
	EXPECT_EQ(-ENOENT, resolve_path(in_top("dir/none"), &r, &err));
	EXPECT_TRUE(strstr(err.text, in_top("dir/none")));
	EXPECT_EQ(-1, r.fd);
	EXPECT_EQ(-EINVAL, resolve_path("dir/file", &r, &err));
}

/* /proc/self/fd/N leads anywhere, and elsewhere for each process. */
TEST(magic_links_are_not_followed)
{
	struct resolved r = RESOLVED_INIT;
	struct sbx_error err = { 0 };
	char path[64];
	int fd;

	make_top();
	fd = open(in_top("dir"), O_PATH);
	ASSERT_TRUE(fd >= 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_EQ(-EPERM, resolve_path(path, &r, &err));
	EXPECT_EQ(-EPERM, resolve_path("/proc/self/root/etc", &r, &err));
	EXPECT_EQ(0, resolve_path("/proc/version", &r, &err));
	resolved_clear(&r);
}

/* TREE/out -> /etc, TREE/up -> ../../.., TREE/in -> /dir, beside a link of the host's into it. */
static void make_tree(struct resolved *ret_tree)
{
	make_top();
	ASSERT_EQ(0, mkdir(in_top("dir/dir"), 0755));
	ASSERT_EQ(0, close(creat(in_top("dir/dir/file"), 0644)));
	ASSERT_EQ(0, symlink("/etc", in_top("dir/out")));
	ASSERT_EQ(0, symlink("../../../../../../..", in_top("dir/up")));
	ASSERT_EQ(0, symlink("/dir", in_top("dir/in")));
	ASSERT_EQ(0, symlink("dir/in", in_top("way")));
	ASSERT_EQ(0, resolve_path(in_top("dir"), ret_tree, NULL));
}

TEST(links_of_a_tree_stay_in_it)
{
	struct resolved tree = RESOLVED_INIT, r = RESOLVED_INIT;
	struct sbx_error err;

	make_tree(&tree);
	ASSERT_EQ(0, resolve_in_tree(&tree, "/in/file", &r, NULL));
	EXPECT_STREQ(in_top("dir/dir/file"), r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, resolve_in_tree(&tree, "/up/../dir/../../file", &r, NULL));
	EXPECT_STREQ(in_top("dir/file"), r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, resolve_in_tree(&tree, "/up", &r, NULL));
	EXPECT_STREQ(in_top("dir"), r.path);
	resolved_clear(&r);
	EXPECT_EQ(-ENOENT, resolve_in_tree(&tree, "/out/passwd", &r, &err));
	EXPECT_EQ(-ENOENT, resolve_in_tree(&tree, "/out", &r, &err));
	resolved_clear(&tree);
}

TEST(what_lies_in_a_tree_is_resolved_there)
{
	struct resolved tree = RESOLVED_INIT, r = RESOLVED_INIT;
	struct sbx_error err;

	make_tree(&tree);
	ASSERT_EQ(0, resolve_beside_tree(&tree, "/no", in_top("dir/in/file"), &r, NULL));
	EXPECT_STREQ(in_top("dir/dir/file"), r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, resolve_beside_tree(&tree, in_top("x"), in_top("x/in"), &r, NULL));
	EXPECT_STREQ(in_top("dir/dir"), r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, resolve_beside_tree(&tree, "/no", "/etc", &r, NULL));
	EXPECT_STREQ("/etc", r.path);
	resolved_clear(&r);
	EXPECT_EQ(-ENOENT, resolve_beside_tree(&tree, "/no", in_top("dir/out"), &r, &err));
	/* On the host it is there, and leads to /dir. */
	ASSERT_EQ(0, unlink(in_top("dir/in")));
	ASSERT_EQ(0, symlink("/etc", in_top("dir/in")));
	EXPECT_EQ(-EPERM, resolve_beside_tree(&tree, "/no", in_top("way"), &r, &err));
	ASSERT_EQ(0, resolve_beside_tree(NULL, NULL, in_top("way"), &r, NULL));
	EXPECT_STREQ("/etc", r.path);
	resolved_clear(&r);
	resolved_clear(&tree);
}

static int free_name(const char *path, struct resolved *ret)
{
	return resolve_free_name(NULL, NULL, path, ret, NULL);
}

TEST(a_name_that_nothing_has)
{
	struct resolved r = RESOLVED_INIT;
	struct stat folder, dir;

	make_top();
	ASSERT_EQ(0, symlink("dir", in_top("to-dir")));
	ASSERT_EQ(0, free_name(in_top("to-dir/none"), &r));
	EXPECT_STREQ(in_top("dir/none"), r.path);
	EXPECT_EQ(-1, r.fd);
	EXPECT_EQ(1, r.links.n);
	ASSERT_EQ(0, fstat(r.folder, &folder));
	ASSERT_EQ(0, stat(in_top("dir"), &dir));
	EXPECT_EQ(dir.st_ino, folder.st_ino);
	resolved_clear(&r);
	EXPECT_EQ(-1, r.folder);
	EXPECT_EQ(-ENOENT, free_name(in_top("dir/file"), &r));
	EXPECT_EQ(-ENOENT, free_name(in_top("none/none"), &r));
	EXPECT_EQ(-ENOENT, free_name(in_top("dir/file/none"), &r));
	EXPECT_EQ(-ENOENT, free_name(in_top("dir/none/"), &r));
	EXPECT_EQ(-ENOENT, free_name(in_top("dir/.."), &r));
	EXPECT_EQ(-ENOENT, free_name(in_top("dir/."), &r));
	EXPECT_EQ(-ENOENT, free_name("/", &r));
}

/* It leads nobody anywhere: whoever may change it could keep all from being loaded. */
TEST(a_link_of_others_is_nothing)
{
	struct resolved r = RESOLVED_INIT;

	make_top();
	ASSERT_EQ(0, symlink("nowhere", in_top("dir/link")));
	EXPECT_EQ(-ENOENT, free_name(in_top("dir/link"), &r));
	ASSERT_EQ(0, chmod(in_top("dir"), 01777));
	ASSERT_EQ(0, free_name(in_top("dir/link"), &r));
	EXPECT_STREQ(in_top("dir/link"), r.path);
	resolved_clear(&r);
	ASSERT_EQ(0, chmod(in_top("dir"), 0755));
	ASSERT_EQ(0, lchown(in_top("dir/link"), 1000, 1000));
	ASSERT_EQ(0, free_name(in_top("dir/link"), &r));
	resolved_clear(&r);
	/* On the way it is what it was. */
	EXPECT_EQ(-EPERM, free_name(in_top("dir/link/none"), &r));
}

/* A file, a link or nothing has the name, as fast as somebody can change it; it ends with us. */
static pid_t begin_changing(const char *path)
{
	pid_t parent = getpid(), child = fork();

	if (child != 0)
		return child;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	for (;;) {
		int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

		if (fd < 0 || close(fd) < 0 || unlink(path) < 0 || symlink("file", path) < 0 ||
			unlink(path) < 0)
			_exit(1);
	}
}

TEST(a_name_that_is_made_and_removed_meanwhile_is_found)
{
	struct resolved r = RESOLVED_INIT;
	unsigned int n_found = 0, n_free = 0;
	char path[2 * PATH_MAX];
	pid_t child;

	make_top();
	ASSERT_EQ(0, chmod(in_top("dir"), 01777));
	(void)snprintf(path, sizeof(path), "%s", in_top("dir/name"));
	child = begin_changing(path);
	ASSERT_TRUE(child > 0);
	for (int i = 0; i < 100000 && (i < 20000 || !n_found || !n_free); i++) {
		ASSERT_EQ(0, resolve_or_free_name(NULL, NULL, path, true, &r, NULL));
		r.fd >= 0 ? n_found++ : n_free++;
		resolved_clear(&r);
	}
	EXPECT_TRUE(n_found > 0 && n_free > 0);
	EXPECT_EQ(0, waitpid(child, NULL, WNOHANG));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, NULL, 0));
}
