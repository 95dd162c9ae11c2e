/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a cgroup that few policies set, and any other that the kernel may have. */
#include "policy/cgroup.h"
#include "policy/values.h"

static int put_number_to(const struct key_use *use, void *field, uint64_t lowest, uint64_t highest)
{
	uint64_t number;

	if (str_to_u64(use->text, &number) < 0 || number < lowest || number > highest)
		return key_error(use, "'%s' is not a number from %llu to %llu", use->text,
			(unsigned long long)lowest, (unsigned long long)highest);
	return cgroup_put_number(use, field, number);
}

/* The highest quota there is: more can't be left over from a period. */
static int parse_burst(const struct key_use *use, void *field)
{
	return put_number_to(use, field, 0, (1ULL << 44) - 1);
}

/* INT_MAX is what the kernel takes for "max". key->number is the lowest. */
static int parse_count(const struct key_use *use, void *field)
{
	if (streq(use->text, "max") || streq(use->text, "infinity"))
		return cgroup_put(use, field, strdup("max"));
	return put_number_to(use, field, use->key->number, INT32_MAX - 1);
}

static int parse_bfq_weight(const struct key_use *use, void *field)
{
	uint64_t weight = 0;
	char *value;

	if (str_to_u64(use->text, &weight) < 0 || weight < 1 || weight > 1000)
		return key_error(use, "'%s' is not a weight from 1 to 1000", use->text);
	return asprintf(&value, "default %llu", (unsigned long long)weight) < 0
		       ? -ENOMEM
		       : cgroup_put(use, field, value);
}

static int parse_nice(const struct key_use *use, void *field)
{
	const char *digits = use->text + (*use->text == '-');
	uint64_t number;
	char *value;

	if (str_to_u64(digits, &number) < 0 || number > (digits > use->text ? 20 : 19))
		return key_error(use, "'%s' is not a nice value from -20 to 19", use->text);
	return asprintf(&value, "%s%llu", number && digits > use->text ? "-" : "",
		       (unsigned long long)number) < 0
		       ? -ENOMEM
		       : cgroup_put(use, field, value);
}

static int parse_nodes(const struct key_use *use, void *field)
{
	char *value;
	int r = value_cpu_list(use->text, &value);

	if (r == -EINVAL || r == -ERANGE)
		return key_error(use, "'%s' is not a list of memory nodes, as in '0-1'", use->text);
	return r < 0 ? r : cgroup_put(use, field, value);
}

static int parse_words(const struct key_use *use, void *field)
{
	char known[128];

	for (const struct key_word *w = use->key->words; w->word; w++)
		if (streq(w->word, use->text))
			return cgroup_put(use, field, strdup(w->word));
	key_list_words(use->key->words, ", ", known, sizeof(known));
	return key_error(use, "'%s' is none of %s", use->text, known);
}

/* The size of the pages in "2MB.max" and "1GB.rsvd.max"; 0 where it is none. */
static uint64_t page_of(const char *name)
{
	static const struct {
		const char *unit;
		unsigned int shift;
	} units[] = { { "KB", 10 }, { "MB", 20 }, { "GB", 30 } };
	size_t n = strspn(name, "0123456789");
	char digits[8];
	uint64_t number;

	if (n == 0 || n >= sizeof(digits))
		return 0;
	memcpy(digits, name, n);
	digits[n] = '\0';
	if (str_to_u64(digits, &number) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		const char *rest = str_after(name + n, units[i].unit);

		if (rest && (streq(rest, ".max") || streq(rest, ".rsvd.max")))
			return number << units[i].shift;
	}
	return 0;
}

static int parse_huge(const struct key_use *use, void *field)
{
	const char *size = str_after(use->name, "hugetlb.");
	uint64_t page = size ? page_of(size) : 0;

	if (!page)
		return key_error(use,
			"is none of hugetlb's limits: hugetlb.SIZE.max and hugetlb.SIZE.rsvd.max, "
			"with SIZE as in 2MB");
	return cgroup_put_size(use, field, page);
}

/* A pattern's row has all that no other row has taken. */
static void clear_named(const struct key *key, void *field)
{
	if (strchr(key->name, '*'))
		cgroup_clear_all(field);
	else
		cgroup_clear(key, field);
}

/* What a policy can't set, and why. '*' at one end stands for anything; the first that fits counts.
 */
static const struct refused {
	const char *name, *why;
} refused[] = {
	{ "cgroup.procs", "who is in the cgroup is sandboxctl's to say" },
	{ "cgroup.threads", "who is in the cgroup is sandboxctl's to say" },
	{ "cgroup.subtree_control", "controllers are turned on for the keys that need them" },
	{ "cgroup.type", "a threaded cgroup can't hold a sandbox" },
	{ "cgroup.kill", "it ends all processes and holds no value" },
	{ "cgroup.freeze", "it stops all processes, and is no limit" },
	{ "cgroup.*", "it is no limit; the kernel has cgroup.max.depth and "
		      "cgroup.max.descendants" },
	{ "memory.reclaim", "it takes memory away at once and holds no value" },
	{ "*.pressure", "what is written is a trigger, which ends with who wrote it" },
	{ "io.cost.*", "it is of the root of all cgroups alone" },
	{ "*_in_bytes", "it is cgroup v1's" },
	{ "cpu.shares", "it is cgroup v1's: say cpu.weight" },
	{ "cpu.cfs_*", "it is cgroup v1's: say cpu.max" },
	{ "*.current", "it can only be read" },
	{ "*.peak", "it can only be read" },
	{ "*.stat", "it can only be read" },
	{ "*_stat", "it can only be read" },
	{ "*.local", "it can only be read" },
	{ "*.events", "it can only be read" },
	{ "*.effective", "it can only be read" },
	{ "*.capacity", "it can only be read" },
	{ "*.isolated", "it can only be read" },
};

static const char *const controllers[] = {
	"cpu",
	"cpuset",
	"dmem",
	"hugetlb",
	"io",
	"memory",
	"misc",
	"pids",
	"rdma",
};

static bool fits(const char *pattern, const char *name)
{
	size_t n = strlen(pattern), length = strlen(name);

	if (*pattern == '*')
		return length >= n - 1 && streq(name + length - (n - 1), pattern + 1);
	return pattern[n - 1] == '*' ? strncmp(name, pattern, n - 1) == 0 : streq(name, pattern);
}

/* The controller's own file names go on behind the dot, and are no path. */
static bool has_controller(const char *name)
{
	size_t n = strcspn(name, ".");

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (strlen(controllers[i]) == n && strncmp(controllers[i], name, n) == 0)
			return true;
	return false;
}

static const char *row_at(const void *words, size_t i)
{
	return ((const struct key *)words)[i].name;
}

/* It may be new to us, or a slip of the pen that would fail each run: a name near to it tells. */
static void warn_of_slip(const struct key_use *use)
{
	const struct key *first = use->key, *table = use->load->table->keys;
	const char *near;

	while (first > table && streq(first[-1].section, use->key->section))
		first--;
	near = key_guess(use->load, use->name, first, (size_t)(use->key - first), row_at);
	if (near)
		report_warning(use->load->report, &use->at,
			"%s: no file that this build knows; did you mean '%s'?", use->name, near);
}

enum { VALUE_MAX = 200 };

/* As it stands there, but with one space between its words. */
static int parse_other(const struct key_use *use, void *field)
{
	char *value, *end;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (fits(refused[i].name, use->name))
			return key_error(use, "can't be set: %s", refused[i].why);
	if (!has_controller(use->name))
		return key_error(use,
			"is no file of a controller: cpu, cpuset, dmem, hugetlb, io, memory, misc, "
			"pids and rdma are the kernel's");
	if (strlen(use->text) > VALUE_MAX)
		return key_error(use, "is longer than %d bytes", VALUE_MAX);
	value = end = calloc(1, VALUE_MAX + 1);
	for (const char *s = use->text; value && *s; s++)
		if (*s != ' ' && *s != '\t')
			*end++ = *s;
		else if (end[-1] != ' ')
			*end++ = ' ';
	warn_of_slip(use);
	return cgroup_put(use, field, value);
}

#define FILE_TYPE(name, parser, how, text) \
	const struct key_type name = {     \
		.form = text,              \
		.parse = parser,           \
		.clear = how,              \
		.unset = true,             \
	}

FILE_TYPE(type_cgroup_burst, parse_burst, cgroup_clear, "MICROSECONDS");
FILE_TYPE(type_cgroup_count, parse_count, cgroup_clear, "NUMBER");
FILE_TYPE(type_cgroup_bfq_weight, parse_bfq_weight, cgroup_clear, "1 to 1000");
FILE_TYPE(type_cgroup_nice, parse_nice, cgroup_clear, "-20 to 19");
FILE_TYPE(type_cgroup_nodes, parse_nodes, cgroup_clear, "NODE list");
FILE_TYPE(type_cgroup_words, parse_words, cgroup_clear, "WORD");
FILE_TYPE(type_cgroup_huge, parse_huge, clear_named, "SIZE");
FILE_TYPE(type_cgroup_other, parse_other, clear_named, "VALUE");
