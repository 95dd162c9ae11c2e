/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "base/siphash.h"
#include "kernel/seccomp.h"

#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <sys/utsname.h>

/* Goes up when seccomp.c makes other code of the same list. */
#define COMPILER_VERSION 4

/*
 * An entry: the whole text that it was made from and its terminator, a checksum of the
 * instructions, the instructions. A power failure may leave a file of the right size and other
 * content.
 */
typedef uint64_t checksum;

static void describe_call(FILE *f, const struct policy_call *call)
{
	(void)fprintf(f, " %s", call->name);
	for (size_t i = 0; i < call->cases.n; i++) {
		const struct call_case *one = &call->cases.v[i];

		(void)fputc('(', f);
		for (int arg = 0; arg < CALL_ARGS; arg++)
			if (one->mask[arg])
				(void)fprintf(f, " %d:%llx=%llx", arg,
					(unsigned long long)one->mask[arg],
					(unsigned long long)one->value[arg]);
		(void)fputc(')', f);
	}
}

/* All that the program depends on. What the cache finds is compared with all of it. */
static int describe(const struct seccomp_spec *spec, char **ret_text, size_t *ret_size)
{
	const struct scmp_version *v = seccomp_version();
	_cleanup_fclose_ FILE *f = open_memstream(ret_text, ret_size);
	struct utsname uts;

	if (!f || uname(&uts) < 0)
		return -ENOMEM;
	(void)fprintf(f, "%d libseccomp %u.%u.%u %s default %d %d exec %d", COMPILER_VERSION,
		v->major, v->minor, v->micro, uts.machine, (int)spec->action, spec->errnum,
		spec->exec_fd);
	for (size_t i = 0; i < spec->allow->n; i++)
		describe_call(f, &spec->allow->v[i]);
	return ferror(f) ? -ENOMEM : 0;
}

static checksum sum_of(const void *code, size_t size)
{
	struct siphash h;

	siphash_init(&h, 0, 0);
	siphash_add(&h, code, size);
	return siphash_end(&h).word[0];
}

static int entry_path(const char *dir, const char *text, size_t size, char path[static PATH_MAX])
{
	struct siphash_digest digest;
	struct siphash h;
	int n;

	siphash_init(&h, 0, 0);
	siphash_add(&h, text, size);
	digest = siphash_end(&h);
	n = snprintf(path, PATH_MAX, "%s/%016llx%016llx", dir, (unsigned long long)digest.word[0],
		(unsigned long long)digest.word[1]);
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Anything that is not the right entry as a whole is as good as none. */
static int read_entry(
	const char *path, const char *text, size_t size, struct seccomp_program *ret_program)
{
	size_t head = size + 1 + sizeof(checksum), n;
	size_t room = head + BPF_MAXINSNS * sizeof(struct sock_filter) + 1;
	_cleanup_free_ char *bytes = malloc(room);
	struct sock_filter *filter;
	checksum sum;
	ssize_t got;

	if (!bytes)
		return -ENOMEM;
	got = fs_read(AT_FDCWD, path, bytes, room);
	if (got < 0)
		return (int)got;
	if ((size_t)got <= head || memcmp(bytes, text, size + 1) != 0)
		return -ESTALE;
	n = (size_t)got - head;
	memcpy(&sum, bytes + size + 1, sizeof(sum));
	if (n % sizeof(*filter) != 0 || sum_of(bytes + head, n) != sum)
		return -ESTALE;
	filter = malloc(n);
	if (!filter)
		return -ENOMEM;
	memcpy(filter, bytes + head, n);
	*ret_program = (struct seccomp_program){ filter, (unsigned short)(n / sizeof(*filter)) };
	return 0;
}

static int write_entry(const char *dir, const char *path, const char *text, size_t size,
	const struct seccomp_program *program, struct sbx_error *err)
{
	size_t code = program->n * sizeof(*program->filter), head = size + 1 + sizeof(checksum);
	checksum sum = sum_of(program->filter, code);
	_cleanup_free_ char *bytes = malloc(head + code);
	int r = fs_make_private_dir(dir, err);

	if (!bytes)
		return error_errno(err, ENOMEM, "write '%s'", path);
	if (r < 0)
		return r;
	memcpy(bytes, text, size + 1);
	memcpy(bytes + size + 1, &sum, sizeof(sum));
	memcpy(bytes + head, program->filter, code);
	return fs_replace(AT_FDCWD, path, bytes, head + code, FS_VOLATILE, err);
}

int seccomp_compile_cached(const char *cache_dir, const struct seccomp_spec *spec,
	struct seccomp_program *ret_program, struct sbx_error *err)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	size_t size;
	int r = describe(spec, &text, &size);

	if (r == 0)
		r = entry_path(cache_dir, text, size, path);
	if (r < 0)
		return error_errno(err, -r, "seccomp: look into the cache");
	if (read_entry(path, text, size, ret_program) == 0)
		return 0;
	r = seccomp_compile(spec, ret_program, err);
	if (r == 0)
		r = write_entry(cache_dir, path, text, size, ret_program, err);
	if (r < 0)
		seccomp_program_clear(ret_program);
	return r;
}
