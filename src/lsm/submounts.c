/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/submounts.h"

#include "base/str.h"

#include <fcntl.h>
#include <limits.h>

/* mountinfo writes space, tab, newline and backslash as \ooo (proc(5)). */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* The fifth field of a line, in place; NULL when there is none. */
static char *mount_point(char *line)
{
	char *field = NULL, *rest = line;

	for (int i = 0; i < 5; i++)
		field = strsep(&rest, " ");
	if (field)
		unescape(field);
	return field;
}

static int add(struct submounts *mounts, const char *path, struct sbx_error *err)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int *fds;

	/* Covered by another mount, or gone meanwhile: nobody reaches it by this path. */
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, errno, "open the mount '%s'", path);
	fds = realloc(mounts->fds, (mounts->n + 1) * sizeof(*fds));
	if (!fds) {
		(void)close(fd);
		return error_errno(err, ENOMEM, "open the mount '%s'", path);
	}
	mounts->fds = fds;
	fds[mounts->n++] = fd;
	return 0;
}

static int path_of(int fd, char *path, size_t size, struct sbx_error *err)
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size - 1);
	if (n < 0)
		return error_errno(err, errno, "read '%s'", link);
	path[n] = '\0';
	return 0;
}

int submounts_add(struct submounts *mounts, int dir, struct sbx_error *err)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[PATH_MAX];
	size_t size = 0;
	int r = path_of(dir, path, sizeof(path), err);

	if (r < 0)
		return r;
	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return error_errno(err, errno, "open '/proc/self/mountinfo'");
	while (r == 0 && getline(&line, &size, f) > 0) {
		const char *point = mount_point(line);

		if (point && !streq(point, path) && path_lies_in(point, path))
			r = add(mounts, point, err);
	}
	return r;
}

void submounts_clear(struct submounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		close_fdp(&mounts->fds[i]);
	free(mounts->fds);
	*mounts = (struct submounts){ 0 };
}
