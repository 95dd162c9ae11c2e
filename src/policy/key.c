/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/key.h"

#include "policy/file.h"
#include "policy/text.h"

/* Enough for any file that a person wrote. */
enum { GUESSES_MAX = 64 };

static const struct key *table_end(const struct key_table *table)
{
	return table->keys + table->n;
}

static struct key_seen *seen_of(const struct key_load *load, const struct key *key)
{
	return &load->seen[key - load->table->keys];
}

const struct key_seen *key_seen(const struct key_load *load, const char *section, const char *name)
{
	static const struct key_seen never;

	for (const struct key *key = load->table->keys; key < table_end(load->table); key++)
		if (streq(key->section, section) && streq(key->name, name))
			return seen_of(load, key);
	return &never;
}

/* "memory.max" or a pattern of a row, see struct key. */
static bool name_matches(const struct key *key, const char *name)
{
	const char *star = strchr(key->name, '*');

	if (!star)
		return streq(key->name, name);
	if (star == key->name)
		return strchr(name, '.') != NULL;
	return strncmp(key->name, name, (size_t)(star - key->name)) == 0;
}

/* Whoever omits the version would be read by whatever rules the next release has. */
static void expect_version(struct key_load *load, const struct policy_place *at)
{
	if (!load->versioned)
		report_error(load->report, at,
			"'version = 1' is missing: it comes before all else in the file");
	load->versioned = true;
}

static bool on_section(void *user, const char *section, const struct policy_place *at)
{
	struct key_load *load = user;
	const struct key_table *table = load->table;
	const struct key *key = table->keys;

	if (load->stopped)
		return false;
	expect_version(load, at);
	while (key < table_end(table) && !streq(key->section, section))
		key++;
	load->section = key;
	while (key < table_end(table) && streq(key->section, section))
		key++;
	load->section_end = key;
	if (load->section == key)
		key_unknown_section(load, section, at);
	return load->section < key;
}

static int parse(const struct key_use *use)
{
	char *field = (char *)use->load->target + use->key->offset;
	int r;

	use->load->column = 0;
	use->load->n_columns = 0;
	r = use->key->type->parse(use, field);

	if (r == -ENOMEM)
		use->load->no_memory = true;
	return r;
}

/* An empty value: the list is empty again, the scalar unset or what it is by default. */
static void reset(const struct key_use *use)
{
	const struct key *key = use->key;
	const struct key_use initial = { use->load, key, key->initial, { 0 } };

	if (key->type->clear)
		key->type->clear(key, (char *)use->load->target + key->offset);
	if (key->initial && !key->type->unset)
		(void)parse(&initial);
}

static void note(struct key_load *load, const struct key_use *use)
{
	struct key_seen *seen = seen_of(load, use->key);

	if (seen->first.source == load->source && !use->key->type->list)
		(void)key_error(use, "given twice: first in line %u", seen->first.line);
	if (seen->first.source != load->source)
		seen->first = use->at;
	seen->last = use->at;
}

static void set(struct key_load *load, const struct key *key, const struct lines_pair *pair)
{
	const struct key_use use = { load, key, pair->value, pair->value_at };
	const char *comment = text_find_comment(pair->value);

	load->column = 0;
	note(load, &use);
	if (comment) {
		load->column = use.at.column + (unsigned int)count_characters(pair->value,
						       (size_t)(comment - pair->value));
		(void)key_error(&use,
			"'%s': a comment stands on a line of its own, a value in \"...\"", comment);
	} else if (!*pair->value && key->type->required) {
		(void)key_error(&use, "has no value");
	} else if (!*pair->value) {
		reset(&use);
	} else {
		(void)parse(&use);
	}
}

static void on_key(void *user, const struct lines_pair *pair)
{
	struct key_load *load = user;
	const struct key *key = load->section;

	if (load->stopped)
		return;
	if (!*pair->section && streq(pair->key, "version"))
		load->versioned = true;
	expect_version(load, &pair->key_at);
	while (key < load->section_end && !name_matches(key, pair->key))
		key++;
	if (key == load->section_end)
		key_unknown(load, pair);
	else if (!key->type)
		key_not_built(load, key, pair);
	else
		set(load, key, pair);
}

static int set_defaults(struct key_load *load)
{
	for (const struct key *key = load->table->keys; key < table_end(load->table); key++) {
		const struct key_use use = { load, key, key->initial, { 0 } };

		if (key->type && key->initial)
			(void)parse(&use);
	}
	return load->no_memory ? -ENOMEM : 0;
}

void key_clear(const struct key_table *table, void *target)
{
	for (const struct key *key = table->keys; key < table_end(table); key++)
		if (key->type && key->type->clear)
			key->type->clear(key, (char *)target + key->offset);
}

/* The rows before any section: `version`. */
static void start(struct key_load *load)
{
	load->guesses = GUESSES_MAX;
	load->section = load->section_end = load->table->keys;
	while (load->section_end < table_end(load->table) && !*load->section_end->section)
		load->section_end++;
}

static int read_source(struct key_load *load)
{
	static const struct lines_events events = { on_section, on_key };
	struct policy_place whole = { load->source, 0, 0 };
	int r;

	start(load);
	r = set_defaults(load);
	if (r < 0)
		return r;
	r = lines_read(load->source, load->report, &events, load);
	if (r == -ENOMEM)
		return r;
	if (r == 0)
		expect_version(load, &whole);
	if (r == 0 && load->table->check && !load->stopped)
		load->table->check(load);
	return load->no_memory ? -ENOMEM : 0;
}

int key_read_defaults(struct key_load *load)
{
	_cleanup_free_ struct key_seen *seen = calloc(load->table->n, sizeof(*seen));
	int r;

	if (!seen)
		return -ENOMEM;
	load->seen = seen;
	start(load);
	r = set_defaults(load);
	load->seen = NULL;
	free(load->columns);
	load->columns = NULL;
	return r;
}

/* Reports the file as a whole, with the cure in the same line: a report has one line a problem. */
static int refuse(struct key_load *load, int r, struct sbx_error *err)
{
	struct policy_place whole = { load->source, 0, 0 };

	report_error(load->report, &whole, *err->cure ? "%s (%s)" : "%s%s", err->text, err->cure);
	return error_prefix(err, r, "%s", load->source->name);
}

static int open_source(struct key_load *load, const char *path, struct sbx_error *err)
{
	struct policy_source *source = sources_add(load->sources, path);

	if (!source)
		return error_errno(err, ENOMEM, "read '%s'", path);
	load->source = source;
	return file_read(path, &source->text, &source->size, err);
}

int key_read_file(struct key_load *load, const char *path, struct sbx_error *err)
{
	_cleanup_free_ struct key_seen *seen = calloc(load->table->n, sizeof(*seen));
	struct sbx_error why = { 0 };
	size_t from = load->report->n, errors = load->report->n_errors;
	int r = seen ? open_source(load, path, &why) : error_errno(&why, ENOMEM, "read '%s'", path);

	if (r < 0) {
		if (r != -ENOMEM)
			r = refuse(load, r, &why);
		if (err)
			*err = why;
		return r;
	}
	load->seen = seen;
	r = read_source(load);
	load->seen = NULL;
	free(load->columns);
	load->columns = NULL;
	if (r == -ENOMEM)
		return error_errno(err, ENOMEM, "read '%s'", path);
	report_sort(load->report, from);
	errors = load->report->n_errors - errors;
	return errors ? report_to_error(load->report, from, errors, err) : 0;
}
