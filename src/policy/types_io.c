/* SPDX-License-Identifier: Apache-2.0 */
/* io.max: one device a line, with its limits. */
#include "policy/array.h"
#include "policy/key.h"
#include "policy/text.h"
#include "policy/values.h"

/* In the kernel's order; operations are counted in 32 bits. */
static const struct io_limit {
	const char *name;
	uint64_t highest;
} io_limits[] = {
	{ "rbps=", INT64_MAX },
	{ "wbps=", INT64_MAX },
	{ "riops=", UINT32_MAX },
	{ "wiops=", UINT32_MAX },
};

/* One "rbps=1M"; UINT64_MAX in *ret_value means "max". Returns the limit's index. */
static int parse_limit(const struct key_use *use, const char *word, uint64_t *ret_value)
{
	for (size_t i = 0; i < ARRAY_SIZE(io_limits); i++) {
		const char *text = str_after(word, io_limits[i].name);

		if (!text)
			continue;
		if (value_size(text, ret_value) < 0 || *ret_value == 0 ||
			(*ret_value > io_limits[i].highest && *ret_value != UINT64_MAX))
			return key_error(
				use, "'%s' is not a limit: a number above 0, or 'max'", word);
		return (int)i;
	}
	return key_error(use, "'%s' is none of rbps=, wbps=, riops= and wiops=", word);
}

static char *format_limits(const uint64_t *values)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(io_limits); i++) {
		const char *gap = ftell(out) ? " " : "";

		if (values[i] == UINT64_MAX)
			(void)fprintf(out, "%s%smax", gap, io_limits[i].name);
		else if (values[i])
			(void)fprintf(out, "%s%s%llu", gap, io_limits[i].name,
				(unsigned long long)values[i]);
	}
	return fclose(out) == 0 ? take_ptr(text) : NULL;
}

/* The words behind the device, as the kernel takes them. */
static int parse_limits(const struct key_use *use, const struct strv *words, char **ret_limits)
{
	uint64_t values[ARRAY_SIZE(io_limits)] = { 0 };

	if (words->n < 2)
		return key_error(use,
			"'%s': a device and at least one limit are wanted, as in "
			"'/dev/sda rbps=10M'",
			use->text);
	for (size_t i = 1; i < words->n; i++) {
		uint64_t value = 0;
		int limit;

		key_at_word(use, i);
		limit = parse_limit(use, words->v[i], &value);

		if (limit < 0)
			return limit;
		if (values[limit])
			return key_error(use, "'%s' is given twice", io_limits[limit].name);
		values[limit] = value;
	}
	*ret_limits = format_limits(values);
	return *ret_limits ? 0 : -ENOMEM;
}

static int report_again(const struct key_use *use, const struct policy_io_limit *first)
{
	if (first->at.source == use->at.source)
		return key_error(use, "'%s': this device has limits already, in line %u",
			first->device, first->at.line);
	return key_error(use, "'%s': this device has limits already, in %s:%u", first->device,
		place_file(&first->at), first->at.line);
}

static int check_device(const struct key_use *use, const struct policy_cgroup *cgroup, char *device)
{
	const char *why = text_normalise_path(device);

	if (why)
		return key_error(use,
			"'%s': %s (a device is named by its path: /dev/sda, /dev/block/8:0)",
			device, why);
	for (size_t i = 0; i < cgroup->n_io_limits; i++)
		if (streq(cgroup->io_limits[i].device, device))
			return report_again(use, &cgroup->io_limits[i]);
	return 0;
}

static int parse_io_max(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	_cleanup_free_ char *limits = NULL;
	struct policy_cgroup *cgroup = field;
	struct policy_io_limit *room;
	int r = key_words(use, &words);

	if (r < 0)
		return r;
	r = parse_limits(use, &words, &limits);
	if (r < 0)
		return r;
	key_at_word(use, 0);
	r = check_device(use, cgroup, words.v[0]);
	if (r < 0)
		return r;
	room = array_room(cgroup->io_limits, cgroup->n_io_limits, sizeof(*room));
	if (!room)
		return -ENOMEM;
	cgroup->io_limits = room;
	room[cgroup->n_io_limits++] = (struct policy_io_limit){
		.device = take_ptr(words.v[0]),
		.limits = take_ptr(limits),
		.at = use->at,
	};
	return 0;
}

static void clear_io_max(const struct key *key, void *field)
{
	struct policy_cgroup *cgroup = field;

	(void)key;
	for (size_t i = 0; i < cgroup->n_io_limits; i++) {
		free(cgroup->io_limits[i].device);
		free(cgroup->io_limits[i].limits);
	}
	free(cgroup->io_limits);
	cgroup->io_limits = NULL;
	cgroup->n_io_limits = 0;
}

const struct key_type type_cgroup_io_max = {
	.form = "DEVICE rbps=N wbps=N riops=N wiops=N",
	.parse = parse_io_max,
	.clear = clear_io_max,
	.list = true,
};
