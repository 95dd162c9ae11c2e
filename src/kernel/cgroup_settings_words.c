/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in a cgroup's files: what they are born with, and whether a text says what is wanted.
 */
#include "kernel/cgroup_settings.h"

/*
 * What a cgroup is born with, as read back: what a policy no longer limits returns to it. Any other
 * file's value is kept in an attribute of the cgroup before it is first written.
 */
const struct settings_default settings_born_with[] = {
	{ "memory.max", "max" },
	{ "memory.high", "max" },
	{ "memory.swap.max", "max" },
	{ "memory.oom.group", "0" },
	{ "pids.max", "max" },
	{ "cpu.max", "max 100000" },
	{ "cpu.weight", "100" },
	{ "io.weight", "default 100" },
	{ "cpuset.cpus", "" },
};

const size_t settings_n_born_with = ARRAY_SIZE(settings_born_with);

/* Files with a line for each thing, and what a thing without limits has. */
const struct settings_default settings_line_files[] = {
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.latency", "target=0" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
	{ "misc.max", "max" },
};

const size_t settings_n_line_files = ARRAY_SIZE(settings_line_files);

const char *settings_no_limits(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings_line_files); i++)
		if (streq(settings_line_files[i].file, file))
			return settings_line_files[i].value;
	return NULL;
}

bool settings_is_born_with(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings_born_with); i++)
		if (streq(settings_born_with[i].file, file))
			return true;
	return false;
}

static bool next_word(const char **s, const char **ret_word, size_t *ret_n)
{
	*s += strspn(*s, " \t\n");
	*ret_word = *s;
	*ret_n = strcspn(*s, " \t\n");
	*s += *ret_n;
	return *ret_n > 0;
}

static bool has_word(const char *line, const char *word, size_t n)
{
	const char *at;
	size_t length;

	while (next_word(&line, &at, &length))
		if (length == n && strncmp(at, word, n) == 0)
			return true;
	return false;
}

static bool same_words(const char *a, const char *b)
{
	const char *x, *y;
	size_t n = 0, m = 0;

	for (;;) {
		bool more = next_word(&a, &x, &n), too = next_word(&b, &y, &m);

		if (more != too || n != m || strncmp(x, y, n) != 0)
			return false;
		if (!more)
			return true;
	}
}

/* "target=0" says what no line says, too. */
static bool is_no_limit(const char *file, const char *word, size_t n)
{
	const char *none = settings_no_limits(file);

	return none && has_word(none, word, n);
}

/* Each word behind the thing stands in the line. No line: it has no limits. */
bool settings_line_holds(const char *file, const char *line, const char *limits)
{
	const char *word;
	size_t n;

	while (next_word(&limits, &word, &n))
		if (!(line ? has_word(line, word, n) : is_no_limit(file, word, n)))
			return false;
	return true;
}

/* The line of TEXT that begins with the word THING, cut off from the rest; NULL: none. */
char *settings_find_line(char *text, const char *thing)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		if (strcspn(line, " ") == strlen(thing) && str_after(line, thing))
			return line;
	return NULL;
}

/*
 * Values come as the kernel shows them; cpu.max adds its period to a lone "max", and a file may
 * have more lines than the one that was written.
 */
bool settings_same_value(const char *want, char *text)
{
	char *line = strsep(&text, "\n");

	if (same_words(want, line) || (streq(want, "max") && str_after(line, "max ")))
		return true;
	while (strchr(want, ' ') && (line = strsep(&text, "\n")))
		if (same_words(want, line))
			return true;
	return false;
}
