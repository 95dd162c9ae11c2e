/* SPDX-License-Identifier: Apache-2.0 */
#include "state/tenants.h"

#include "base/cleanup.h"
#include "base/siphash.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

static uint64_t hash_file(uint64_t key, const char *name, const struct stat *st)
{
	struct siphash h;

	siphash_init(&h, key, 0);
	siphash_add(&h, name, strlen(name) + 1);
	siphash_add(&h, &st->st_ino, sizeof(st->st_ino));
	siphash_add(&h, &st->st_size, sizeof(st->st_size));
	siphash_add(&h, &st->st_mtim, sizeof(st->st_mtim));
	/* Nobody can set this one back. */
	siphash_add(&h, &st->st_ctim, sizeof(st->st_ctim));
	return siphash_end(&h).word[0];
}

static bool is_policy(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && streq(name + n - 4, ".ini");
}

int tenants_fingerprint(
	const char *config_dir, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err)
{
	_cleanup_closedir_ DIR *dir = NULL;
	uint64_t sum = key;
	char path[PATH_MAX];
	struct dirent *entry;
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/tenants", config_dir);
	dir = opendir(path);
	if (!dir && errno != ENOENT)
		return error_errno(err, errno, "open '%s'", path);
	/* A sum, for the order of a folder's entries means nothing. */
	while (dir && (errno = 0, entry = readdir(dir))) {
		if (!is_policy(entry->d_name))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) < 0)
			return error_errno(err, errno, "stat '%s/%s'", path, entry->d_name);
		sum += hash_file(key, entry->d_name, &st);
	}
	if (dir && errno)
		return error_errno(err, errno, "read '%s'", path);
	*ret_fingerprint = sum;
	return 0;
}

uint64_t tenants_own_hash(uint64_t key, const char *path, const struct stat *st)
{
	struct siphash h;

	siphash_init(&h, key, 1);
	siphash_add(&h, path, strlen(path) + 1);
	siphash_add(&h, &st->st_dev, sizeof(st->st_dev));
	siphash_add(&h, &st->st_ino, sizeof(st->st_ino));
	return siphash_end(&h).word[0];
}

int tenants_own_fingerprint(
	const char *list, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err)
{
	_cleanup_fclose_ FILE *f = fopen(list, "re");
	_cleanup_free_ char *path = NULL;
	uint64_t sum = 0;
	size_t size = 0;
	ssize_t n;

	if (!f && errno != ENOENT)
		return error_errno(err, errno, "open '%s'", list);
	while (f && (n = getline(&path, &size, f)) > 0) {
		struct stat st = { 0 };

		path[n - 1] = '\0';
		/* Nothing there hashes as no inode has it. */
		(void)lstat(path, &st);
		sum += tenants_own_hash(key, path, &st);
	}
	if (f && ferror(f))
		return error_errno(err, EIO, "read '%s'", list);
	*ret_fingerprint = sum;
	return 0;
}
