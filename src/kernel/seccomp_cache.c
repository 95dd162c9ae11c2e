/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "base/siphash.h"
#include "kernel/seccomp.h"

#include <fcntl.h>
#include <limits.h>

/*
 * An entry: the whole key, a checksum of the instructions, the instructions. A power failure may
 * leave a file of the right size and other content.
 */
typedef uint64_t checksum;

static checksum sum_of(const void *code, size_t size)
{
	struct siphash h;

	siphash_init(&h, 0, 0);
	siphash_add(&h, code, size);
	return siphash_end(&h).word[0];
}

static int entry_path(const char *dir, const void *key, size_t size, char path[static PATH_MAX])
{
	struct siphash_digest digest;
	struct siphash h;
	int n;

	siphash_init(&h, 0, 0);
	siphash_add(&h, key, size);
	digest = siphash_end(&h);
	n = snprintf(path, PATH_MAX, "%s/%016llx%016llx", dir, (unsigned long long)digest.word[0],
		(unsigned long long)digest.word[1]);
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int seccomp_cache_read(
	const char *dir, const void *key, size_t size, struct seccomp_program *ret_program)
{
	size_t head = size + sizeof(checksum), n;
	size_t room = head + BPF_MAXINSNS * sizeof(struct sock_filter) + 1;
	_cleanup_free_ char *bytes = malloc(room);
	struct sock_filter *filter;
	char path[PATH_MAX];
	checksum sum;
	ssize_t got;
	int r = bytes ? entry_path(dir, key, size, path) : -ENOMEM;

	if (r < 0)
		return r;
	got = fs_read(AT_FDCWD, path, bytes, room);
	if (got < 0)
		return (int)got;
	if ((size_t)got <= head || memcmp(bytes, key, size) != 0)
		return -ESTALE;
	n = (size_t)got - head;
	memcpy(&sum, bytes + size, sizeof(sum));
	if (n % sizeof(*filter) != 0 || sum_of(bytes + head, n) != sum)
		return -ESTALE;
	filter = malloc(n);
	if (!filter)
		return -ENOMEM;
	memcpy(filter, bytes + head, n);
	*ret_program = (struct seccomp_program){ filter, (unsigned short)(n / sizeof(*filter)) };
	return 0;
}

int seccomp_cache_write(const char *dir, const void *key, size_t size,
	const struct seccomp_program *program, struct sbx_error *err)
{
	size_t code = program->n * sizeof(*program->filter), head = size + sizeof(checksum);
	checksum sum = sum_of(program->filter, code);
	_cleanup_free_ char *bytes = malloc(head + code);
	char path[PATH_MAX];
	int r = fs_make_private_dir(dir, err);

	if (r < 0)
		return r;
	r = bytes ? entry_path(dir, key, size, path) : -ENOMEM;
	if (r < 0)
		return error_errno(err, -r, "write into '%s'", dir);
	memcpy(bytes, key, size);
	memcpy(bytes + size, &sum, sizeof(sum));
	memcpy(bytes + head, program->filter, code);
	return fs_replace(AT_FDCWD, path, bytes, head + code, FS_VOLATILE, err);
}
