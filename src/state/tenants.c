/* SPDX-License-Identifier: Apache-2.0 */
#include "state/tenants.h"

#include "base/cleanup.h"
#include "base/siphash.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

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

/* What is in an owned tree may change: its inode counts. Of a folder of policies times do, too. */
uint64_t tenants_watched_hash(
	uint64_t key, enum tenants_watched kind, const char *path, const struct stat *st)
{
	struct siphash h;

	if (kind == TENANTS_FILE)
		return hash_file(key, path, st);
	siphash_init(&h, key, kind == TENANTS_TREE ? HASH_TREE : HASH_FOLDER);
	siphash_add(&h, path, strlen(path) + 1);
	siphash_add(&h, &st->st_dev, sizeof(st->st_dev));
	siphash_add(&h, &st->st_ino, sizeof(st->st_ino));
	if (kind == TENANTS_FOLDER) {
		siphash_add(&h, &st->st_mtim, sizeof(st->st_mtim));
		siphash_add(&h, &st->st_ctim, sizeof(st->st_ctim));
	}
	return siphash_end(&h).word[0];
}

uint64_t tenants_folder_hash(const char *config_dir, uint64_t key)
{
	struct stat st = { 0 };
	char path[PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%s/tenants", config_dir);
	/* Nothing there hashes as no inode has it. */
	r = stat(path, &st);
	(void)r;
	return tenants_watched_hash(key, TENANTS_FOLDER, "", &st);
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
		struct stat st = { 0 };
		int r;

		line[n - 1] = '\0';
		/* A tree or a folder is no link; a file may be one. Nothing there: as above. */
		r = kind == TENANTS_FILE ? stat(line + 1, &st) : lstat(line + 1, &st);
		(void)r;
		*sum += tenants_watched_hash(key, kind, line + 1, &st);
	}
	if (f && ferror(f))
		return error_errno(err, EIO, "read '%s'", list);
	*ret_sums = sums;
	return 0;
}
