/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a cgroup with a line for each thing that is limited: a device, or what a driver names.
 */
#include "policy/array.h"
#include "policy/key.h"
#include "policy/text.h"
#include "policy/values.h"

struct limit {
	const char *name; /* "rbps="; "": the value alone */
	uint64_t lowest, highest;
	bool max; /* the kernel takes "max", too */
};

enum { LIMITS_MAX = 4 };

/* Limits stand in the kernel's order. */
static const struct lines_file {
	const char *file, *example, *words;
	bool device;
	struct limit limits[LIMITS_MAX + 1];
} lines_files[] = {
	/* Operations are counted in 32 bits. */
	{ "io.max", "/dev/sda rbps=10M", "rbps=, wbps=, riops= and wiops=", true,
		{ { "rbps=", 1, INT64_MAX, true }, { "wbps=", 1, INT64_MAX, true },
			{ "riops=", 1, UINT32_MAX, true }, { "wiops=", 1, UINT32_MAX, true } } },
	/* In microseconds, which the kernel keeps as nanoseconds in 64 bits. */
	{ "io.latency", "/dev/sda target=75000", "target=", true,
		{ { "target=", 1, INT64_MAX / 1000, false } } },
	{ "rdma.max", "mlx4_0 hca_handle=2 hca_object=2000", "hca_handle= and hca_object=", false,
		{ { "hca_handle=", 0, INT32_MAX, true }, { "hca_object=", 0, INT32_MAX, true } } },
	{ "misc.max", "sev 10", "a number", false, { { "", 0, INT64_MAX, true } } },
};

static const struct lines_file *file_of(const struct key_use *use)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(lines_files) && !streq(lines_files[i].file, use->name))
		i++;
	return &lines_files[i];
}

bool policy_cgroup_has_line(const struct policy_cgroup *cgroup, const char *file)
{
	for (size_t i = 0; i < cgroup->n_lines; i++)
		if (streq(cgroup->lines[i].file, file))
			return true;
	return false;
}

/* One "rbps=1M"; UINT64_MAX in *ret_value means "max". Returns the limit's index. */
static int parse_limit(const struct key_use *use, const char *word, uint64_t *ret_value)
{
	const struct lines_file *file = file_of(use);
	const struct limit *limit;
	uint64_t value = 0;

	for (limit = file->limits; limit->name; limit++) {
		const char *text = str_after(word, limit->name);
		bool max;

		if (!text)
			continue;
		if (value_size(text, &value) < 0)
			break;
		max = value == UINT64_MAX;
		if (max ? !limit->max : value < limit->lowest || value > limit->highest)
			break;
		*ret_value = value;
		return (int)(limit - file->limits);
	}
	if (!limit->name)
		return key_error(use, "'%s' is none of %s", word, file->words);
	return key_error(use, "'%s' is not a limit: a number %s 0%s", word,
		limit->lowest ? "above" : "from", limit->max ? ", or 'max'" : "");
}

static char *format_limits(const struct lines_file *file, const uint64_t *values, const bool *given)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; file->limits[i].name; i++) {
		const char *gap = ftell(out) ? " " : "";

		if (given[i] && values[i] == UINT64_MAX)
			(void)fprintf(out, "%s%smax", gap, file->limits[i].name);
		else if (given[i])
			(void)fprintf(out, "%s%s%llu", gap, file->limits[i].name,
				(unsigned long long)values[i]);
	}
	return fclose(out) == 0 ? take_ptr(text) : NULL;
}

/* The words behind the thing, as the kernel takes them. */
static int parse_limits(const struct key_use *use, const struct strv *words, char **ret_limits)
{
	const struct lines_file *file = file_of(use);
	uint64_t values[LIMITS_MAX] = { 0 };
	bool given[LIMITS_MAX] = { false };

	if (words->n < 2)
		return key_error(use, "'%s': a %s and at least one limit are wanted, as in '%s'",
			use->text, file->device ? "device" : "name", file->example);
	for (size_t i = 1; i < words->n; i++) {
		uint64_t value = 0;
		int limit;

		key_at_word(use, i);
		limit = parse_limit(use, words->v[i], &value);
		if (limit < 0)
			return limit;
		if (given[limit])
			return key_error(use, "'%s' is given twice",
				*file->limits[limit].name ? file->limits[limit].name : words->v[i]);
		values[limit] = value;
		given[limit] = true;
	}
	*ret_limits = format_limits(file, values, given);
	return *ret_limits ? 0 : -ENOMEM;
}

static int report_again(const struct key_use *use, const struct policy_cgroup_line *first)
{
	char where[PLACE_TEXT_MAX];

	if (first->at.source == use->at.source)
		return key_error(use, "'%s': this %s has limits already, in line %u", first->thing,
			first->device ? "device" : "name", first->at.line);
	return key_error(use, "'%s': this %s has limits already, in %s", first->thing,
		first->device ? "device" : "name", place_text(&first->at, where));
}

/* Drivers' own words; one of them can't be an option, a path or a device's number. */
static bool is_thing(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return n > 0 && n <= 64 && !s[n];
}

static int check_thing(const struct key_use *use, const struct policy_cgroup *cgroup, char *thing)
{
	const struct lines_file *file = file_of(use);
	const char *why = file->device ? text_normalise_path(thing) : NULL;

	if (why)
		return key_error(use,
			"'%s': %s (a device is named by its path: /dev/sda, /dev/block/8:0)", thing,
			why);
	if (!file->device && !is_thing(thing))
		return key_error(use, "'%s' is not a name that the kernel has, as in '%s'", thing,
			file->example);
	for (size_t i = 0; i < cgroup->n_lines; i++)
		if (streq(cgroup->lines[i].file, file->file) &&
			streq(cgroup->lines[i].thing, thing))
			return report_again(use, &cgroup->lines[i]);
	return 0;
}

static void free_line(const struct policy_cgroup_line *line)
{
	free(line->file);
	free(line->thing);
	free(line->limits);
}

static int add_line(struct policy_cgroup *cgroup, struct policy_cgroup_line line)
{
	struct policy_cgroup_line *room = array_room(cgroup->lines, cgroup->n_lines, sizeof(*room));

	if (room)
		cgroup->lines = room;
	if (!room || !line.file) {
		free_line(&line);
		return -ENOMEM;
	}
	room[cgroup->n_lines++] = line;
	return 0;
}

static int parse_line(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	_cleanup_free_ char *limits = NULL;
	struct policy_cgroup_line line = { .device = file_of(use)->device, .at = use->at };
	struct policy_cgroup *cgroup = field;
	int r = key_words(use, &words);

	if (r < 0)
		return r;
	r = parse_limits(use, &words, &limits);
	if (r < 0)
		return r;
	key_at_word(use, 0);
	r = check_thing(use, cgroup, words.v[0]);
	if (r < 0)
		return r;
	line.file = strdup(use->name);
	line.thing = take_ptr(words.v[0]);
	line.limits = take_ptr(limits);
	return add_line(cgroup, line);
}

/* The last of them takes the array along. */
static void clear_lines(const struct key *key, void *field)
{
	struct policy_cgroup *cgroup = field;
	size_t kept = 0;

	for (size_t i = 0; i < cgroup->n_lines; i++)
		if (streq(cgroup->lines[i].file, key->name))
			free_line(&cgroup->lines[i]);
		else
			cgroup->lines[kept++] = cgroup->lines[i];
	cgroup->n_lines = kept;
	if (kept)
		return;
	free(cgroup->lines);
	cgroup->lines = NULL;
}

#define LINES_TYPE(name, text)         \
	const struct key_type name = { \
		.form = text,          \
		.parse = parse_line,   \
		.clear = clear_lines,  \
		.list = true,          \
	}

LINES_TYPE(type_cgroup_io_max, "DEVICE rbps=N wbps=N riops=N wiops=N");
LINES_TYPE(type_cgroup_io_latency, "DEVICE target=N");
LINES_TYPE(type_cgroup_rdma, "NAME hca_handle=N hca_object=N");
LINES_TYPE(type_cgroup_misc, "NAME N");
