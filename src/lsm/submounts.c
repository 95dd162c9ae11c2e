/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/submounts.h"

#include "base/fs.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

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

/* A line of mountinfo, as far as it is asked for: "ID PARENT MAJOR:MINOR ROOT POINT ...". */
struct mount_line {
	uint64_t id;
	const char *point; /* in the line itself */
};

static int parse_line(char *line, struct mount_line *ret_mount)
{
	const char *id = strsep(&line, " ");
	char *point = NULL;

	for (int i = 0; i < 4; i++)
		point = strsep(&line, " ");
	if (!point || str_to_u64(id, &ret_mount->id) < 0)
		return -EINVAL;
	unescape(point);
	ret_mount->point = point;
	return 0;
}

/* -ENOENT when the path doesn't lead to that mount (any more). */
static int open_mount(int dir, const char *path, uint64_t id, int *ret_fd)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_close_ int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	struct statx stx;

	if (fd < 0)
		return errno == ENOTDIR || errno == ELOOP ? -ENOENT : -errno;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0)
		return -errno;
	if (stx.stx_mnt_id != id)
		return -ENOENT;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int add(struct submounts *mounts, int dir, const char *path, uint64_t id)
{
	_cleanup_close_ int fd = -1;
	int r = open_mount(dir, path, id, &fd);
	int *fds;

	/* Covered by another mount, or gone meanwhile: nobody reaches it by this path. */
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	fds = realloc(mounts->fds, (mounts->n + 1) * sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	mounts->fds = fds;
	fds[mounts->n++] = take_fd(&fd);
	return 0;
}

/* What of `path` is below `dir`; NULL: nothing is. */
static const char *below(const char *path, const char *dir)
{
	if (streq(path, dir) || !path_lies_in(path, dir))
		return NULL;
	path += strlen(dir);
	return path + strspn(path, "/");
}

int submounts_add(struct submounts *mounts, int dir, struct sbx_error *err)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[PATH_MAX];
	size_t size = 0;
	int r = fs_path_of(dir, path, sizeof(path), err);

	if (r < 0)
		return r;
	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return error_errno(err, errno, "open '/proc/self/mountinfo'");
	while (getline(&line, &size, f) > 0) {
		struct mount_line mount;
		const char *rest;

		if (parse_line(line, &mount) < 0)
			return error_set(err, EINVAL, "'/proc/self/mountinfo' has an odd line");
		rest = below(mount.point, path);
		r = rest ? add(mounts, dir, rest, mount.id) : 0;
		if (r < 0)
			return error_errno(err, -r, "open the mount '%s'", mount.point);
	}
	return ferror(f) ? error_errno(err, EIO, "read '/proc/self/mountinfo'") : 0;
}

void submounts_clear(struct submounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		close_fdp(&mounts->fds[i]);
	free(mounts->fds);
	*mounts = (struct submounts){ 0 };
}
