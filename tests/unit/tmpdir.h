/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of a test's own, and files in it.
 */
#ifndef SBX_TMPDIR_H
#define SBX_TMPDIR_H

#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>

static inline int tmpdir_remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* The harness ends tests anywhere: what they made goes when their process does. */
static char tmpdir_path[PATH_MAX];

static inline void tmpdir_remove(void)
{
	(void)nftw(tmpdir_path, tmpdir_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Makes the test's folder, mode 0700, and returns its path. */
static inline const char *tmpdir_make(void)
{
	const char *parent = getenv("TMPDIR");

	(void)snprintf(tmpdir_path, sizeof(tmpdir_path), "%s/sbx-test-XXXXXX",
		parent && *parent ? parent : "/tmp");
	ASSERT_TRUE(mkdtemp(tmpdir_path));
	ASSERT_EQ(0, atexit(tmpdir_remove));
	return tmpdir_path;
}

/* The path of NAME in the test's folder; good until the next 8 calls. */
static inline const char *tmpdir_file(const char *name)
{
	static char paths[8][PATH_MAX + NAME_MAX];
	static unsigned int next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", tmpdir_path, name);
	return path;
}

static inline const char *tmpdir_write_bytes(const char *name, const char *bytes, size_t n)
{
	const char *path = tmpdir_file(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ASSERT_GE(fd, 0);
	ASSERT_EQ((ssize_t)n, write(fd, bytes, n));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, chmod(path, 0644)); /* whatever the umask is */
	return path;
}

static inline const char *tmpdir_write(const char *name, const char *text)
{
	return tmpdir_write_bytes(name, text, strlen(text));
}

static inline const char *tmpdir_folder(const char *name)
{
	const char *path = tmpdir_file(name);

	ASSERT_EQ(0, mkdir(path, 0755));
	ASSERT_EQ(0, chmod(path, 0755));
	return path;
}

#endif
