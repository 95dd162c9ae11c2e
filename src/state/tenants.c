/* SPDX-License-Identifier: Apache-2.0 */
#include "state/tenants.h"

#include "base/cleanup.h"
#include "base/siphash.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* The number of a mount, and from Linux 6.8 on one that no other mount has had. statx(2). */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000
#endif

/* What keeps the sums of one thing apart from those of another, of the same path. */
enum { HASH_FILE, HASH_TREE, HASH_NAME, HASH_FOLDER };

static uint64_t hash_name(uint64_t key, const char *name)
{
	struct siphash h;

	siphash_init(&h, key, HASH_NAME);
	siphash_add(&h, name, strlen(name) + 1);
	return siphash_end(&h).word[0];
}

static uint64_t hash_file(uint64_t key, const char *name, const struct stat *st)
{
	struct siphash h;

	siphash_init(&h, key, HASH_FILE);
	siphash_add(&h, name, strlen(name) + 1);
	siphash_add(&h, &st->st_ino, sizeof(st->st_ino));
	siphash_add(&h, &st->st_size, sizeof(st->st_size));
	siphash_add(&h, &st->st_mtim, sizeof(st->st_mtim));
	/* Nobody can set this one back. */
	siphash_add(&h, &st->st_ctim, sizeof(st->st_ctim));
	return siphash_end(&h).word[0];
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), tail = strlen(end);

	return n > tail && streq(name + n - tail, end);
}

bool tenants_is_policy(const char *name)
{
	return ends_with(name, ".ini");
}

/* Its files are a part of acme's policy. */
bool tenants_is_drop_ins(const char *name)
{
	return ends_with(name, ".ini.d");
}

/* Adds up the files of a folder, for the order of its entries means nothing. */
static int add_folder(
	DIR *dir, const char *path, uint64_t key, uint64_t *sum, struct sbx_error *err);

static int add_drop_ins(DIR *dir, const char *path, const char *name, uint64_t key, uint64_t *sum,
	struct sbx_error *err)
{
	_cleanup_closedir_ DIR *below = NULL;
	int fd = openat(dirfd(dir), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOTDIR ? 0 : error_errno(err, errno, "open '%s/%s'", path, name);
	below = fdopendir(fd);
	if (!below) {
		int r = error_errno(err, errno, "open '%s/%s'", path, name);

		(void)close(fd);
		return r;
	}
	return add_folder(below, path, key + hash_name(key, name), sum, err);
}

static int add_folder(
	DIR *dir, const char *path, uint64_t key, uint64_t *sum, struct sbx_error *err)
{
	struct dirent *entry;
	struct stat st;
	int r = 0;

	while (r == 0 && (errno = 0, entry = readdir(dir))) {
		if (tenants_is_drop_ins(entry->d_name)) {
			r = add_drop_ins(dir, path, entry->d_name, key, sum, err);
			continue;
		}
		if (!tenants_is_policy(entry->d_name))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) < 0)
			return error_errno(err, errno, "stat '%s/%s'", path, entry->d_name);
		*sum += hash_file(key, entry->d_name, &st);
	}
	return r == 0 && errno ? error_errno(err, errno, "read '%s'", path) : r;
}

int tenants_fingerprint(
	const char *config_dir, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err)
{
	_cleanup_closedir_ DIR *dir = NULL;
	uint64_t sum = key;
	char path[PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%s/tenants", config_dir);
	dir = opendir(path);
	if (!dir && errno != ENOENT)
		return error_errno(err, errno, "open '%s'", path);
	r = dir ? add_folder(dir, path, key, &sum, err) : 0;
	if (r == 0)
		*ret_fingerprint = sum;
	return r;
}

bool tenants_has(const char *folder, const char *path)
{
	const char *name = path_lies_in(path, folder) ? path + strlen(folder) : "", *slash;
	char first[NAME_MAX + 1];

	name += *name == '/';
	slash = strchr(name, '/');
	if (!slash)
		return tenants_is_policy(name);
	(void)snprintf(first, sizeof(first), "%.*s", (int)(slash - name), name);
	return tenants_is_drop_ins(first) && !strchr(slash + 1, '/') &&
	       tenants_is_policy(slash + 1);
}

/* What is in an owned tree may change: its inode counts. And a file may be another one. */
uint64_t tenants_watched_hash(
	uint64_t key, enum tenants_watched kind, const char *path, const struct stat *st)
{
	bool is_folder = S_ISDIR(st->st_mode);
	struct siphash h;

	if (kind == TENANTS_FILE)
		return hash_file(key, path, st);
	siphash_init(&h, key, HASH_TREE);
	siphash_add(&h, path, strlen(path) + 1);
	if (kind == TENANTS_ENTRY) {
		siphash_add(&h, &is_folder, sizeof(is_folder));
		return siphash_end(&h).word[0];
	}
	siphash_add(&h, &st->st_dev, sizeof(st->st_dev));
	siphash_add(&h, &st->st_ino, sizeof(st->st_ino));
	return siphash_end(&h).word[0];
}

static uint64_t hash_folder(uint64_t key, const char *path, int fd, const char *name, int flags)
{
	struct statx st = { 0 };
	struct siphash h;
	int r = statx(fd, name, flags,
		STATX_INO | STATX_MTIME | STATX_CTIME | STATX_MNT_ID | STATX_MNT_ID_UNIQUE, &st);

	/* Nothing there hashes as no inode has it. */
	(void)r;
	siphash_init(&h, key, HASH_FOLDER);
	siphash_add(&h, path, strlen(path) + 1);
	siphash_add(&h, &st.stx_dev_major, sizeof(st.stx_dev_major));
	siphash_add(&h, &st.stx_dev_minor, sizeof(st.stx_dev_minor));
	siphash_add(&h, &st.stx_ino, sizeof(st.stx_ino));
	siphash_add(&h, &st.stx_mnt_id, sizeof(st.stx_mnt_id));
	siphash_add(&h, &st.stx_mtime.tv_sec, sizeof(st.stx_mtime.tv_sec));
	siphash_add(&h, &st.stx_mtime.tv_nsec, sizeof(st.stx_mtime.tv_nsec));
	siphash_add(&h, &st.stx_ctime.tv_sec, sizeof(st.stx_ctime.tv_sec));
	siphash_add(&h, &st.stx_ctime.tv_nsec, sizeof(st.stx_ctime.tv_nsec));
	return siphash_end(&h).word[0];
}

uint64_t tenants_folder_hash(uint64_t key, const char *path, int fd, const char *name)
{
	return hash_folder(
		key, path, fd, name ? name : "", name ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH);
}

uint64_t tenants_config_hash(const char *config_dir, uint64_t key)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/tenants", config_dir);
	return hash_folder(key, "", AT_FDCWD, path, 0);
}

/* What is there now, in the list by that name. */
static uint64_t hash_named(uint64_t key, enum tenants_watched kind, const char *path)
{
	struct stat st = { 0 };
	int r;

	if (kind == TENANTS_FOLDER)
		return tenants_folder_hash(key, path, AT_FDCWD, path);
	/* What is owned is no link, all else may be one. Nothing there hashes as no inode has it.
	 */
	r = kind == TENANTS_TREE || kind == TENANTS_ENTRY ? lstat(path, &st) : stat(path, &st);
	(void)r;
	return tenants_watched_hash(key, kind, path, &st);
}

int tenants_watched_fingerprint(
	const char *list, uint64_t key, struct tenants_sums *ret_sums, struct sbx_error *err)
{
	_cleanup_fclose_ FILE *f = fopen(list, "re");
	_cleanup_free_ char *line = NULL;
	struct tenants_sums sums = { 0 };
	size_t size = 0;
	ssize_t n;

	if (!f && errno != ENOENT)
		return error_errno(err, errno, "open '%s'", list);
	while (f && (n = getline(&line, &size, f)) > 1) {
		enum tenants_watched kind = (enum tenants_watched)line[0];
		uint64_t *sum = kind == TENANTS_FOLDER ? &sums.folders : &sums.named;

		line[n - 1] = '\0';
		*sum += hash_named(key, kind, line + 1);
	}
	if (f && ferror(f))
		return error_errno(err, EIO, "read '%s'", list);
	*ret_sums = sums;
	return 0;
}
