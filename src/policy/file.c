/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/file.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* As many links as the kernel follows itself. */
enum { LINKS_MAX = 40 };

static int check_folder(int folder, const char *name, struct sbx_error *err)
{
	struct stat st;

	if (fstat(folder, &st) < 0)
		return error_errno(err, errno, "stat folder '%s'", name);
	/*
	 * A sticky folder (/tmp) is no better: a name there may have been made beforehand, as a
	 * link to another file of root's.
	 */
	if (st.st_mode & S_IWOTH) {
		(void)error_set(err, EINVAL, "its folder '%s' can be written by everybody", name);
		/* /tmp has to be so. */
		if (st.st_mode & S_ISVTX)
			return error_cure(err, -EINVAL, "move the file to another folder");
		return error_cure(err, -EINVAL, "chmod o-w '%s', or move the file", name);
	}
	return 0;
}

/* Opens the folder of PATH, which is cut in two: *ret_base is what follows the folder's name. */
static int open_folder(int at, char *path, const char **ret_base, struct sbx_error *err)
{
	char *slash = strrchr(path, '/');
	const char *name = !slash ? "." : slash == path ? "/" : path;
	_cleanup_close_ int folder = -1;
	int r;

	if (slash)
		*slash = '\0';
	folder = openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return error_errno(err, errno, "open folder '%s'", name);
	r = check_folder(folder, name, err);
	if (r < 0)
		return r;
	*ret_base = slash ? slash + 1 : path;
	return take_fd(&folder);
}

/*
 * Opens PATH without ever waiting, be it a FIFO or a terminal. Follows a last component that is a
 * link by hand, so that each folder that holds one of the names on the way is looked at.
 */
static int open_checked(const char *path, struct sbx_error *err)
{
	_cleanup_close_ int folder = AT_FDCWD;
	char here[PATH_MAX], target[PATH_MAX];

	if (strlen(path) >= sizeof(here))
		return error_errno(err, ENAMETOOLONG, "open");
	memcpy(here, path, strlen(path) + 1);
	for (int links = 0; links < LINKS_MAX; links++) {
		const char *base = here;
		int next = open_folder(folder, here, &base, err);
		ssize_t n;

		if (next < 0)
			return next;
		close_fdp(&folder);
		folder = next;
		n = readlinkat(folder, base, target, sizeof(target) - 1);
		if (n < 0) {
			int fd = openat(folder, base,
				O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

			return fd < 0 ? error_errno(err, errno, "open") : fd;
		}
		memcpy(here, target, (size_t)n);
		here[n] = '\0';
	}
	return error_errno(err, ELOOP, "open");
}

static int check_file(const struct stat *st, struct sbx_error *err)
{
	if (S_ISDIR(st->st_mode))
		return error_set(err, EINVAL, "is a folder, not a file");
	if (!S_ISREG(st->st_mode))
		return error_set(err, EINVAL, "is not a regular file");
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		(void)error_set(err, EINVAL,
			"belongs to uid %u: neither to root nor to who runs this",
			(unsigned int)st->st_uid);
		return error_cure(err, -EINVAL, "chown root it");
	}
	if (st->st_mode & S_IWOTH) {
		(void)error_set(err, EINVAL, "can be written by everybody");
		return error_cure(err, -EINVAL, "chmod o-w it");
	}
	if (st->st_size > POLICY_FILE_MAX)
		return error_set(err, EINVAL, "is larger than %d bytes", POLICY_FILE_MAX);
	return 0;
}

/* Reads until the end of the file or SIZE bytes. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int file_read(const char *path, char **ret_text, size_t *ret_size, struct sbx_error *err)
{
	struct stat st;

	return file_read_stat(path, ret_text, ret_size, &st, err);
}

int file_read_stat(const char *path, char **ret_text, size_t *ret_size, struct stat *ret_st,
	struct sbx_error *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *text = NULL;
	struct stat st;
	ssize_t n;
	int r;

	fd = open_checked(path, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "stat");
	r = check_file(&st, err);
	if (r < 0)
		return r;
	/* One byte more than the file has: that it can't be filled shows that the file did not
	 * grow. */
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return error_errno(err, ENOMEM, "read");
	n = read_all(fd, text, (size_t)st.st_size + 1);
	if (n < 0)
		return error_errno(err, (int)-n, "read");
	if (n != st.st_size)
		return error_set(err, EINVAL, "changed while it was read");
	text[n] = '\0';
	*ret_text = take_ptr(text);
	*ret_size = (size_t)n;
	*ret_st = st;
	return 0;
}
