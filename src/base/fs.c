/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"

#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/mount.h>

ssize_t fs_read(int dir, const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t r;

	if (fd < 0)
		return -errno;
	while ((r = read(fd, buf + n, size - n)) > 0) {
		n += (size_t)r;
		if (n == size)
			return -EFBIG;
	}
	if (r < 0)
		return -errno;
	buf[n] = '\0';
	return (ssize_t)n;
}

int fs_write(int dir, const char *path, const char *value)
{
	_cleanup_close_ int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	size_t size = strlen(value);
	ssize_t r;

	if (fd < 0)
		return -errno;
	r = write(fd, value, size);
	if (r < 0)
		return -errno;
	return (size_t)r == size ? 0 : -EIO;
}

int fs_write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t r = write(fd, data, size);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		data += r;
		size -= (size_t)r;
	}
	return 0;
}

/* flock(2) on a file by descriptor, waiting or not; whether it still is the one of that name. */
static int lock_current(int fd, int dir, const char *path, int operation)
{
	struct stat held, there;

	while (flock(fd, operation) < 0)
		if (errno != EINTR)
			return -errno;
	if (fstat(fd, &held) < 0)
		return -errno;
	return fstatat(dir, path, &there, AT_SYMLINK_NOFOLLOW) < 0 || held.st_ino != there.st_ino ||
			       held.st_dev != there.st_dev
		       ? -EAGAIN
		       : 0;
}

/* The one that holds FILE~ writes. 0 and its descriptor; -EAGAIN: it was renamed meanwhile. */
static int open_temporary(int dir, const char *temporary, int *ret_fd)
{
	_cleanup_close_ int fd =
		openat(dir, temporary, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = lock_current(fd, dir, temporary, LOCK_EX);
	if (r < 0)
		return r;
	/* What somebody left who was killed while he wrote. */
	if (ftruncate(fd, 0) < 0)
		return -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int sync_folder_of(int dir, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int fd = -1;
	char folder[PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		slash ? path : ".");
	fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int fs_replace(int dir, const char *path, const void *data, size_t size, enum fs_keep keep,
	struct sbx_error *err)
{
	_cleanup_close_ int fd = -1;
	char temporary[PATH_MAX];
	int r;

	r = snprintf(temporary, sizeof(temporary), "%s~", path);
	if (r < 0 || (size_t)r >= sizeof(temporary))
		return error_errno(err, ENAMETOOLONG, "write '%s'", path);
	do
		r = open_temporary(dir, temporary, &fd);
	while (r == -EAGAIN);
	if (r < 0)
		return error_errno(err, -r, "create '%s'", temporary);
	r = fs_write_all(fd, data, size);
	if (r == 0 && keep == FS_DURABLE && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && renameat(dir, temporary, dir, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir, temporary, 0);
	else if (keep == FS_DURABLE)
		r = sync_folder_of(dir, path);
	return r < 0 ? error_errno(err, -r, "write '%s'", path) : 0;
}

int fs_path_of(int fd, char *path, size_t size, struct sbx_error *err)
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size);
	if (n < 0)
		return error_errno(err, errno, "read '%s'", link);
	if ((size_t)n >= size)
		return error_errno(err, ENAMETOOLONG, "read '%s'", link);
	path[n] = '\0';
	return 0;
}

static int make_dir(const char *path, struct sbx_error *err)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_errno(err, errno, "mkdir '%s'", path);
	if (lstat(path, &st) < 0)
		return error_errno(err, errno, "stat '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return error_errno(err, ENOTDIR, "'%s'", path);
	return 0;
}

int fs_absolute(const char *path, char ret[static PATH_MAX], struct sbx_error *err)
{
	char here[PATH_MAX];

	if (*path != '/' && !getcwd(here, sizeof(here)))
		return error_errno(err, errno, "read the current folder");
	if (*path == '/' ? strlen(path) >= PATH_MAX : strlen(here) + strlen(path) + 1 >= PATH_MAX)
		return error_errno(err, ENAMETOOLONG, "'%s'", path);
	if (*path == '/')
		(void)stpcpy(ret, path);
	else
		(void)stpcpy(stpcpy(stpcpy(ret, here), "/"), path);
	return 0;
}

void fs_remove_files(const char *folder, const char *but)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	struct dirent *file;

	while (dir && (file = readdir(dir)))
		if (file->d_name[0] != '.' && (!but || !streq(file->d_name, but)))
			(void)unlinkat(dirfd(dir), file->d_name, 0);
}

int fs_make_private_dir(const char *path, struct sbx_error *err)
{
	char prefix[PATH_MAX];
	struct stat st;
	int r;

	if (strlen(path) >= sizeof(prefix))
		return error_errno(err, ENAMETOOLONG, "mkdir '%s'", path);
	/* The usual case first: it is there. */
	if (lstat(path, &st) < 0) {
		for (const char *slash = strchr(path + 1, '/'); slash;
			slash = strchr(slash + 1, '/')) {
			(void)snprintf(prefix, sizeof(prefix), "%.*s", (int)(slash - path), path);
			if (mkdir(prefix, 0700) < 0 && errno != EEXIST)
				return error_errno(err, errno, "mkdir '%s'", prefix);
		}
		r = make_dir(path, err);
		if (r < 0)
			return r;
		if (lstat(path, &st) < 0)
			return error_errno(err, errno, "stat '%s'", path);
	}
	if (S_ISDIR(st.st_mode) && st.st_uid == 0 && !(st.st_mode & 077))
		return 0;
	r = error_set(err, EPERM, "'%s' is not a folder that only root can enter", path);
	/* What is in it may be worth keeping, and is, where nobody else could write there. */
	if (S_ISDIR(st.st_mode) && st.st_uid == 0 && !(st.st_mode & 022))
		return error_cure(err, r, "chmod 700 '%s'", path);
	return error_cure(err, r, "move it away: sandboxctl makes it anew");
}

/* A mount point's device and mount id differ from its parent's; statx(2) says so in one call. */
static bool is_mount_point(const char *path)
{
	struct statx stx;

	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &stx) == 0 &&
	       (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

int fs_make_pin_dir(const char *path, struct sbx_error *err)
{
	int r = fs_make_private_dir(path, err);

	if (r < 0)
		return r;
	if (!is_mount_point(path) && mount(path, path, NULL, MS_BIND, NULL) < 0)
		return error_errno(err, errno, "bind '%s' on itself", path);
	/* Also where it is there already: whoever made it may have been killed before this. */
	if (mount(NULL, path, NULL, MS_PRIVATE, NULL) < 0)
		return error_errno(err, errno, "make '%s' a private mount", path);
	return 0;
}

int fs_lock(const char *path, int *ret_fd, struct sbx_error *err)
{
	int r;

	do {
		_cleanup_close_ int fd =
			open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0)
			return error_errno(err, errno, "open '%s'", path);
		r = lock_current(fd, AT_FDCWD, path, LOCK_EX);
		if (r == 0)
			*ret_fd = take_fd(&fd);
	} while (r == -EAGAIN);
	return r < 0 ? error_errno(err, -r, "lock '%s'", path) : 0;
}

int fs_try_lock(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = lock_current(fd, AT_FDCWD, path, LOCK_EX | LOCK_NB);
	if (r < 0)
		return r == -EAGAIN ? -EBUSY : r;
	*ret_fd = take_fd(&fd);
	return 0;
}

bool fs_mode_allows(const struct stat *st, uid_t uid, gid_t gid, mode_t bits)
{
	mode_t mode = st->st_mode;

	/* The owner is judged as the owner alone, even where others may do more. */
	if (st->st_uid == uid)
		mode >>= 6;
	else if (st->st_gid == gid)
		mode >>= 3;
	return (mode & bits) == bits;
}
