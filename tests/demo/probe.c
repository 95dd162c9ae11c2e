/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe ATTEMPT [ARGUMENT...] prints exactly one line and exits accordingly:
 *
 *	ATTEMPT: ok [DETAIL]		0
 *	ATTEMPT: ERRNO_NAME [DETAIL]	1, the kernel refused
 *	(on stderr) usage		2
 *
 * probe each reads attempts from its stdin, one a line, makes each in a process of its own, and
 * puts the line's number before its answer.
 *
 * It is static and needs no file of the system it runs in.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
	attempts_namespaces,
	attempts_labels,
	attempts_edges,
	attempts_null,
	attempts_held,
	attempts_machinery,
};

static bool announced;
static unsigned int line_number; /* of the attempt, where there are many */

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

	if (line_number)
		(void)printf("%u ", line_number);
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
	(void)fprintf(out, "usage: probe ATTEMPT [ARGUMENT...]\n"
			   "       probe each <ATTEMPTS\n");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct attempt *a = tables[i]; a->name; a++)
			(void)fprintf(out, "  %s %s%*s%s\n", a->name, a->args,
				(int)(40 - strlen(a->name) - strlen(a->args)), " ", a->help);
	return out == stdout ? 0 : 2;
}

/* The name, and its arguments with a NULL behind them. */
static int make_attempt(int n_args, char **argv)
{
	const struct attempt *attempt = find_attempt(argv[0]);
	struct detail detail = { 0 };
	int result;

	if (!attempt) {
		(void)fprintf(stderr, "probe: no attempt is called '%s'\n", argv[0]);
		return 2;
	}
	result = n_args < attempt->min_args || n_args > attempt->max_args
			 ? PROBE_USAGE
			 : attempt->run(argv + 1, &detail);
	if (result == PROBE_USAGE) {
		(void)fprintf(stderr, "usage: probe %s %s\n", attempt->name, attempt->args);
		return 2;
	}
	if (!announced)
		print_line(attempt->name, result, &detail);
	return result < 0 ? 1 : 0;
}

static int split(char *text, char **words, int max)
{
	int n = 0;

	for (char *word; n < max - 1 && (word = strsep(&text, " "));)
		if (*word)
			words[n++] = word;
	words[n] = NULL;
	return n;
}

/* What stdin holds already is the parent's to read. */
static void make_in_child(int n_args, char **words)
{
	pid_t child = fork();
	int r;

	if (child == 0) {
		r = make_attempt(n_args, words);
		(void)fflush(stdout);
		_exit(r);
	}
	if (child < 0)
		perror("probe: fork");
	else
		(void)waitpid(child, NULL, 0);
}

static int make_each(void)
{
	char line[8192], *words[16];

	while (fgets(line, sizeof(line), stdin)) {
		int n;

		line_number++;
		line[strcspn(line, "\n")] = '\0';
		n = split(line, words, (int)ARRAY_SIZE(words));
		if (n)
			make_in_child(n - 1, words);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return print_help(stderr);
	if (streq(argv[1], "--help"))
		return print_help(stdout);
	if (streq(argv[1], "each"))
		return make_each();
	return make_attempt(argc - 2, argv + 1);
}
