/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe ATTEMPT [ARGUMENT...] prints exactly one line and exits accordingly:
 *
 *	ATTEMPT: ok [DETAIL]		0
 *	ATTEMPT: ERRNO_NAME [DETAIL]	1, the kernel refused
 *	(on stderr) usage		2
 *
 * It is static and needs no file of the system it runs in.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

static const struct attempt *const tables[] = {
	attempts_files,
	attempts_mounts,
	attempts_net,
	attempts_families,
	attempts_process,
	attempts_others,
	attempts_calls,
	attempts_kernel,
	attempts_platform,
	attempts_escapes,
	attempts_stalk,
	attempts_reach,
	attempts_ipc,
	attempts_mappings,
	attempts_attributes,
	attempts_descriptors,
	attempts_keys,
};

static bool announced;

void detail_add(struct detail *detail, const char *fmt, ...)
{
	size_t room = sizeof(detail->text) - detail->used;
	char *word = detail->text + detail->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(word, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	detail->used += (size_t)n < room ? (size_t)n : room - 1;
	/* One line stays one line, whatever a name or a variable holds. */
	for (; *word; word++)
		if ((unsigned char)*word < ' ' || *word == 0x7f)
			*word = '?';
}

int parse_pid(const char *word, pid_t *ret_pid)
{
	uint32_t number;

	if (str_to_u32(word, &number) < 0 || number == 0 || number > INT32_MAX)
		return PROBE_USAGE;
	*ret_pid = (pid_t)number;
	return 0;
}

int result_of(int r)
{
	return r < 0 ? -errno : 0;
}

int failed_at(struct detail *detail, const char *step)
{
	int saved = errno;

	detail_add(detail, "at %s", step);
	return -saved;
}

static void print_line(const char *name, int result, const struct detail *detail)
{
	const char *word = result < 0 ? strerrorname_np(-result) : "ok";

	(void)printf("%s: %s%s%s\n", name, word ? word : "unknown errno", detail->used ? " " : "",
		detail->text);
	(void)fflush(stdout);
}

void announce(const char *name, const struct detail *detail)
{
	print_line(name, 0, detail);
	announced = true;
}

int try_open(const char *path, int flags)
{
	_cleanup_close_ int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

	return fd < 0 ? -errno : 0;
}

static const struct attempt *find_attempt(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct attempt *a = tables[i]; a->name; a++)
			if (streq(a->name, name))
				return a;
	return NULL;
}

static int print_help(FILE *out)
{
	(void)fprintf(out, "usage: probe ATTEMPT [ARGUMENT...]\n");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct attempt *a = tables[i]; a->name; a++)
			(void)fprintf(out, "  %s %s%*s%s\n", a->name, a->args,
				(int)(40 - strlen(a->name) - strlen(a->args)), " ", a->help);
	return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	struct detail detail = { 0 };
	const struct attempt *attempt;
	int n_args = argc - 2, result;

	if (argc < 2)
		return print_help(stderr);
	if (streq(argv[1], "--help"))
		return print_help(stdout);
	attempt = find_attempt(argv[1]);
	if (!attempt) {
		(void)fprintf(stderr, "probe: no attempt is called '%s'\n", argv[1]);
		return 2;
	}
	result = n_args < attempt->min_args || n_args > attempt->max_args
			 ? PROBE_USAGE
			 : attempt->run(argv + 2, &detail);
	if (result == PROBE_USAGE) {
		(void)fprintf(stderr, "usage: probe %s %s\n", attempt->name, attempt->args);
		return 2;
	}
	if (!announced)
		print_line(attempt->name, result, &detail);
	return result < 0 ? 1 : 0;
}
