/* SPDX-License-Identifier: Apache-2.0 */
/* Which files are read at all. */
#include "policy/file.h"

#include "base/cleanup.h"
#include "policy/policy.h"
#include "tmpdir.h"

#include <sys/socket.h>
#include <sys/un.h>

static struct sbx_error err;

/* Reads PATH and drops what it holds. */
static int try_read(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;

	err = (struct sbx_error){ 0 };
	return file_read(path, &text, &size, &err);
}

static bool says(const char *part)
{
	if (strstr(err.text, part))
		return true;
	printf("# saw '%s'\n", err.text);
	return false;
}

TEST(ordinary_file)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	const char *path;

	(void)tmpdir_make();
	path = tmpdir_write("a.ini", "hello\n");
	ASSERT_EQ(0, file_read(path, &text, &size, &err));
	EXPECT_EQ(6, size);
	EXPECT_STREQ("hello\n", text);
}

TEST(empty_file)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 1;
	const char *path;

	(void)tmpdir_make();
	path = tmpdir_write("a.ini", "");
	ASSERT_EQ(0, file_read(path, &text, &size, &err));
	EXPECT_EQ(0, size);
	EXPECT_STREQ("", text);
}

TEST(relative_names)
{
	ASSERT_EQ(0, chdir(tmpdir_make()));
	(void)tmpdir_write("a.ini", "x");
	(void)tmpdir_folder("sub");
	EXPECT_EQ(0, try_read("a.ini"));
	EXPECT_EQ(0, try_read("./a.ini"));
	EXPECT_EQ(0, try_read("sub/../a.ini"));
}

TEST(missing_file)
{
	(void)tmpdir_make();
	EXPECT_EQ(-ENOENT, try_read(tmpdir_file("a.ini")));
	EXPECT_EQ(-ENOENT, try_read(tmpdir_file("no/a.ini")));
	EXPECT_EQ(-ENOENT, try_read(""));
}

TEST(folder)
{
	(void)tmpdir_make();
	EXPECT_EQ(-EINVAL, try_read(tmpdir_folder("a.ini")));
	EXPECT_TRUE(says("is a folder, not a file"));
}

/* Nobody writes to it: opening it must not wait. */
TEST_TIMEOUT(fifo, 10)
{
	(void)tmpdir_make();
	ASSERT_EQ(0, mkfifo(tmpdir_file("a.ini"), 0644));
	EXPECT_EQ(-EINVAL, try_read(tmpdir_file("a.ini")));
	EXPECT_TRUE(says("is not a regular file"));
}

TEST(device)
{
	EXPECT_EQ(-EINVAL, try_read("/dev/zero"));
	EXPECT_TRUE(says("is not a regular file"));
}

TEST(socket_file)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_EQ(0, chdir(tmpdir_make()));
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "a.ini");
	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&name, sizeof(name)));
	EXPECT_LT(try_read("a.ini"), 0);
}

/* It opens, but nothing is mapped at its start. */
TEST(unreadable_file)
{
	EXPECT_EQ(-EIO, try_read("/proc/self/mem"));
	EXPECT_TRUE(says("read: Input/output error"));
}

/* A file whose size the kernel does not know. */
TEST(proc_file)
{
	EXPECT_EQ(-EINVAL, try_read("/proc/self/status"));
	EXPECT_TRUE(says("changed while it was read"));
}

TEST(largest_file)
{
	static char bytes[POLICY_FILE_MAX + 1];

	memset(bytes, '\n', sizeof(bytes));
	(void)tmpdir_make();
	EXPECT_EQ(0, try_read(tmpdir_write_bytes("a.ini", bytes, sizeof(bytes) - 1)));
	EXPECT_EQ(-EINVAL, try_read(tmpdir_write_bytes("a.ini", bytes, sizeof(bytes))));
	EXPECT_TRUE(says("is larger than 1048576 bytes"));
}

TEST(world_writable_file)
{
	const char *path;

	(void)tmpdir_make();
	path = tmpdir_write("a.ini", "x");
	ASSERT_EQ(0, chmod(path, 0664));
	EXPECT_EQ(0, try_read(path));
	ASSERT_EQ(0, chmod(path, 0646));
	EXPECT_EQ(-EINVAL, try_read(path));
	EXPECT_TRUE(says("can be written by everybody"));
	EXPECT_STREQ("chmod o-w it", err.cure);
}

TEST(world_writable_folder)
{
	const char *folder = tmpdir_make(), *path = tmpdir_write("a.ini", "x");

	ASSERT_EQ(0, chmod(folder, 0775));
	EXPECT_EQ(0, try_read(path));
	ASSERT_EQ(0, chmod(folder, 0777));
	EXPECT_EQ(-EINVAL, try_read(path));
	EXPECT_TRUE(says("can be written by everybody"));
	EXPECT_TRUE(strstr(err.cure, "chmod o-w "));
	ASSERT_EQ(0, chmod(folder, 01777));
	EXPECT_EQ(-EINVAL, try_read(path));
	EXPECT_STREQ("move the file to another folder", err.cure);
	ASSERT_EQ(0, chdir(folder));
	EXPECT_EQ(-EINVAL, try_read("a.ini"));
	EXPECT_TRUE(says("its folder '.' can be written by everybody"));
}

TEST(links)
{
	const char *to;

	(void)tmpdir_make();
	(void)tmpdir_folder("here");
	to = tmpdir_folder("there");
	(void)tmpdir_write("there/b.ini", "x");
	ASSERT_EQ(0, symlink("../there/b.ini", tmpdir_file("here/a.ini")));
	EXPECT_EQ(0, try_read(tmpdir_file("here/a.ini")));
	ASSERT_EQ(0, symlink(tmpdir_file("here/a.ini"), tmpdir_file("there/c.ini")));
	EXPECT_EQ(0, try_read(tmpdir_file("there/c.ini")));
	/* The folder that holds the file counts, and each that holds a link on the way. */
	ASSERT_EQ(0, chmod(to, 0777));
	EXPECT_EQ(-EINVAL, try_read(tmpdir_file("here/a.ini")));
	EXPECT_TRUE(says("'../there' can be written by everybody"));
	ASSERT_EQ(0, chmod(to, 0755));
	ASSERT_EQ(0, chmod(tmpdir_file("here"), 0777));
	EXPECT_EQ(-EINVAL, try_read(tmpdir_file("there/c.ini")));
	EXPECT_TRUE(says("here' can be written by everybody"));
}

TEST(link_to_nothing_and_in_circles)
{
	(void)tmpdir_make();
	ASSERT_EQ(0, symlink("nowhere", tmpdir_file("a.ini")));
	EXPECT_EQ(-ENOENT, try_read(tmpdir_file("a.ini")));
	ASSERT_EQ(0, symlink("b.ini", tmpdir_file("b.ini")));
	EXPECT_EQ(-ELOOP, try_read(tmpdir_file("b.ini")));
}

TEST(others_file)
{
	const char *path;

	if (geteuid() != 0)
		SKIP("only root can give files away");
	(void)tmpdir_make();
	path = tmpdir_write("a.ini", "x");
	ASSERT_EQ(0, chown(path, 12345, 12345));
	EXPECT_EQ(-EINVAL, try_read(path));
	EXPECT_TRUE(says("belongs to uid 12345"));
	/* Its owner may read it. */
	ASSERT_EQ(0, chown(tmpdir_path, 12345, 12345));
	ASSERT_EQ(0, setresuid(12345, 12345, 0));
	EXPECT_EQ(0, try_read(path));
	ASSERT_EQ(0, setresuid(0, 0, 0));
}

/* What is refused stands in the report too, with its cure. */
TEST(refusal_is_reported)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	const struct policy_dirs dirs = { "/nonexistent", "/nonexistent" };
	struct policy *policy = NULL;
	char expected[PATH_MAX + 100];
	const char *path;

	(void)tmpdir_make();
	path = tmpdir_write("a.ini", "version = 1\n");
	ASSERT_EQ(0, chmod(path, 0646));
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, path, NULL, &policy, &report, &err));
	ASSERT_EQ(1, report.n);
	EXPECT_EQ(1, report.n_errors);
	EXPECT_EQ(0, report.problems[0].line);
	EXPECT_STREQ("can be written by everybody (chmod o-w it)", report.problems[0].text);
	(void)snprintf(expected, sizeof(expected), "%s: can be written by everybody", path);
	EXPECT_STREQ(expected, err.text);
	EXPECT_STREQ("chmod o-w it", err.cure);
}
