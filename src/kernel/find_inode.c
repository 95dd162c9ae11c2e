/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/find_inode.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Deeper than the LSM looks itself. */
enum { DEPTH_MAX = 64 };

static bool is_it(int fd, const char *name, const struct inode_sought *sought)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == sought->dev && st.st_ino == sought->ino;
}

/* A tenant may change all of this meanwhile: a folder by another name, or a link in its place. */
static DIR *open_folder(int parent, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !dir)
		(void)close(fd);
	return dir;
}

struct search {
	const struct inode_sought *sought;
	unsigned int *budget;
	char *path; /* of PATH_MAX */
};

/* `length`: of the path so far. */
static bool search_folder(const struct search *s, DIR *dir, size_t length, unsigned int depth)
{
	const struct dirent *entry;

	while (*s->budget > 0 && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);
		_cleanup_closedir_ DIR *below = NULL;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		--*s->budget;
		if (length + n + 2 > PATH_MAX)
			continue;
		s->path[length] = '/';
		memcpy(s->path + length + 1, entry->d_name, n + 1);
		if (entry->d_ino == s->sought->ino && is_it(dirfd(dir), entry->d_name, s->sought))
			return true;
		if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
			continue;
		below = depth < DEPTH_MAX ? open_folder(dirfd(dir), entry->d_name) : NULL;
		if (below && search_folder(s, below, length + n + 1, depth + 1))
			return true;
	}
	return false;
}

int find_inode(int top, const struct inode_sought *sought, unsigned int *budget,
	char ret_path[static PATH_MAX])
{
	_cleanup_closedir_ DIR *dir = NULL;
	char path[PATH_MAX] = "";
	const struct search s = { sought, budget, path };

	if (!is_it(top, "", sought)) {
		dir = open_folder(top, ".");
		if (!dir)
			return errno == ENOTDIR ? -ENOENT : -errno;
		if (!search_folder(&s, dir, 0, 0))
			return -ENOENT;
	}
	memcpy(ret_path, path, strlen(path) + 1);
	return 0;
}
