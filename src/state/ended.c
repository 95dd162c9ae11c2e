/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ended.h"

#include "base/fs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void ended_path(const char *tenant, const char *name, char path[static PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, ENDED_DIR "/%s/%s", tenant, name);
}

/* The last bytes of a file, at most `size`; how many. None where there is no such file. */
static size_t read_tail(int dir, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	size_t n = 0;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if ((size_t)st.st_size < size)
		size = (size_t)st.st_size;
	while (n < size) {
		ssize_t r = pread(fd, buf + n, size - n, st.st_size - (off_t)(size - n));

		if (r <= 0)
			break;
		n += (size_t)r;
	}
	return n;
}

/* Its two halves become one, of which the end is kept. */
static int shorten_log(int dir)
{
	_cleanup_free_ char *text = malloc(ENDED_LOG_MAX);
	size_t newer, older;
	struct stat st;
	int r;

	/* It may go elsewhere, and then a link says where. */
	if (fstatat(dir, "log", &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (!text)
		return -ENOMEM;
	newer = read_tail(dir, "log", text, ENDED_LOG_MAX);
	memmove(text + ENDED_LOG_MAX - newer, text, newer);
	older = read_tail(dir, "log.old", text, ENDED_LOG_MAX - newer);
	memmove(text + ENDED_LOG_MAX - newer - older, text, older);
	r = fs_replace(dir, ENDED_LOG, text + ENDED_LOG_MAX - newer - older, newer + older,
		FS_VOLATILE, NULL);
	/* By another name, so that who follows it sees an end, and no new half. */
	if (r == 0 && unlinkat(dir, "log", 0) < 0)
		r = -errno;
	(void)unlinkat(dir, "log.old", 0);
	return r;
}

static void remove_entry(const char *path)
{
	fs_remove_files(path, NULL);
	(void)rmdir(path);
}

void ended_forget(const char *tenant, const char *name)
{
	char path[PATH_MAX];

	ended_path(tenant, name, path);
	if (rmdir(path) < 0 && errno != ENOENT)
		remove_entry(path);
}

static int is_entry(const struct dirent *entry)
{
	return name_is_valid(entry->d_name);
}

/* The oldest that has ended, of more than ENDED_MAX; false: there are no more. */
static bool forget_oldest(const char *tenant, int most)
{
	char folder[PATH_MAX], path[PATH_MAX], oldest[PATH_MAX] = "";
	struct timespec then = { 0 };
	struct dirent **entries;
	struct stat st;
	int n;

	(void)snprintf(folder, sizeof(folder), ENDED_DIR "/%s", tenant);
	n = scandir(folder, &entries, is_entry, NULL);
	if (n < 0)
		return false;
	for (int i = 0; i < n; i++) {
		ended_path(tenant, entries[i]->d_name, path);
		free(entries[i]);
		if (n <= most || lstat(path, &st) < 0)
			continue;
		if (!*oldest || st.st_mtim.tv_sec < then.tv_sec ||
			(st.st_mtim.tv_sec == then.tv_sec && st.st_mtim.tv_nsec < then.tv_nsec)) {
			(void)snprintf(oldest, sizeof(oldest), "%s", path);
			then = st.st_mtim;
		}
	}
	free(entries);
	if (*oldest)
		remove_entry(oldest);
	return *oldest != '\0';
}

int ended_keep(const char *entry, const char *tenant, const char *name)
{
	char folder[PATH_MAX], path[PATH_MAX];
	_cleanup_close_ int dir = open(entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = dir < 0 ? -errno : shorten_log(dir);

	(void)snprintf(folder, sizeof(folder), ENDED_DIR "/%s", tenant);
	ended_path(tenant, name, path);
	if (r == 0)
		r = fs_make_private_dir(folder, NULL);
	if (r < 0)
		return r;
	ended_forget(tenant, name);
	/* By this time the oldest is told. */
	if (futimens(dir, NULL) < 0 || rename(entry, path) < 0)
		return -errno;
	while (forget_oldest(tenant, ENDED_MAX))
		;
	return 0;
}

void ended_forget_tenant(const char *tenant)
{
	char folder[PATH_MAX];

	while (forget_oldest(tenant, 0))
		;
	(void)snprintf(folder, sizeof(folder), ENDED_DIR "/%s", tenant);
	(void)rmdir(folder);
}
