/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/key.h"

#include "base/fs.h"
#include "policy/array.h"
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

static bool is_pattern(const struct key *key)
{
	return strchr(key->name, '*') != NULL;
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
	use->load->n_notes = 0;
	r = use->key->type->parse(use, field);

	if (r == -ENOMEM)
		use->load->no_memory = true;
	return r;
}

/* An empty value: the list is empty again, the scalar unset or what it is by default. */
static void reset(const struct key_use *use)
{
	const struct key *key = use->key;
	const struct key_use initial = { use->load, key, key->initial, { 0 }, use->name };
	struct key named = *key;

	/* Of a pattern, the one that is meant. */
	named.name = use->name;
	if (key->type->clear)
		key->type->clear(&named, (char *)use->load->target + key->offset);
	if (key->initial && !key->type->unset)
		(void)parse(&initial);
}

/* A key of the policy, and not of how it is read. */
static bool is_said(const struct key *key)
{
	return key->type != &type_version && key->type != &type_include;
}

const char *assignment_name(const struct policy_assignment *assignment)
{
	return assignment->name ? assignment->name : assignment->key->name;
}

static void free_assignment(const struct policy_assignment *assignment)
{
	free(assignment->name);
	free(assignment->text);
}

static bool is_assigned(const struct policy_assignment *assignment, const struct key_use *use)
{
	return assignment->key == use->key && streq(assignment_name(assignment), use->name);
}

/* What an earlier file said of a scalar, or a list that is cleared, counts no longer. */
static void drop_assignments(struct key_load *load, const struct key_use *use)
{
	size_t kept = 0;

	for (size_t i = 0; i < load->n_assignments; i++)
		if (is_assigned(&load->assignments[i], use))
			free_assignment(&load->assignments[i]);
		else
			load->assignments[kept++] = load->assignments[i];
	load->n_assignments = kept;
}

static void assign(struct key_load *load, const struct key_use *use)
{
	struct policy_assignment *room, said = { .key = use->key, .at = use->at };

	if (!is_said(use->key))
		return;
	if (!use->key->type->list || !*use->text)
		drop_assignments(load, use);
	if (use->key->type->list && !*use->text)
		return;
	room = array_room(load->assignments, load->n_assignments, sizeof(*room));
	if (room)
		load->assignments = room;
	said.text = strdup(use->text);
	if (is_pattern(use->key))
		said.name = strdup(use->name);
	if (!room || !said.text || (is_pattern(use->key) && !said.name)) {
		free_assignment(&said);
		load->no_memory = true;
		return;
	}
	room[load->n_assignments++] = said;
}

/* Where this file has given the key already; 0: nowhere. */
static unsigned int first_line(const struct key_load *load, const struct key_use *use)
{
	const struct key_seen *seen = seen_of(load, use->key);

	if (!is_pattern(use->key))
		return seen->first.source == load->source ? seen->first.line : 0;
	for (size_t i = 0; i < load->n_assignments; i++)
		if (is_assigned(&load->assignments[i], use) &&
			load->assignments[i].at.source == load->source)
			return load->assignments[i].at.line;
	return 0;
}

static void note(struct key_load *load, const struct key_use *use)
{
	struct key_seen *seen = seen_of(load, use->key);
	unsigned int first = first_line(load, use);

	if (first && !use->key->type->list)
		(void)key_error(use, "given twice: first in line %u", first);
	if (seen->first.source != load->source)
		seen->first = use->at;
	seen->last = use->at;
	load->begun |= is_said(use->key);
}

static void set(struct key_load *load, const struct key *key, const struct lines_pair *pair)
{
	const struct key_use use = { load, key, pair->value, pair->value_at, pair->key };
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
		assign(load, &use);
	} else if (parse(&use) == 0) {
		assign(load, &use);
	}
}

static bool on_key(void *user, const struct lines_pair *pair)
{
	struct key_load *load = user;
	const struct key *key = load->section;

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
	return !load->stopped;
}

static int set_defaults(struct key_load *load)
{
	for (const struct key *key = load->table->keys; key < table_end(load->table); key++) {
		const struct key_use use = { load, key, key->initial, { 0 }, key->name };

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
	load->section = load->section_end = load->table->keys;
	while (load->section_end < table_end(load->table) && !*load->section_end->section)
		load->section_end++;
}

const struct lines_events key_events = { on_section, on_key };

static int read_source(struct key_load *load)
{
	struct policy_place whole = { load->source, 0, 0 };
	int r;

	start(load);
	r = lines_read(load->source, load->report, &key_events, load);
	if (r == 0)
		expect_version(load, &whole);
	return r;
}

/* Reports the file as a whole, with the cure in the same line: a report has one line a problem. */
static int refuse(
	struct key_load *load, const struct policy_source *source, int r, struct sbx_error *err)
{
	struct policy_place whole = { source, 0, 0 };

	report_failure(load->report, &whole, err);
	return error_prefix(err, r, "%s", source->name);
}

static struct policy_source *add_source(struct key_load *load, const char *name)
{
	struct policy_source *source = sources_add(load->sources, name);
	const char *shipped = load->dirs ? load->dirs->shipped : NULL;
	char path[PATH_MAX];

	if (source)
		source->shipped = shipped && fs_absolute(name, path, NULL) == 0 &&
				  path_lies_in(path, shipped);
	return source;
}

/* The file that includes this one goes on where it was. `r`: whether there is a text. */
static int read_nested(struct key_load *load, struct policy_source *source, int r)
{
	const struct key_load outer = *load;

	load->source = source;
	load->versioned = load->stopped = load->begun = false;
	if (r == 0 && read_source(load) == -ENOMEM)
		r = -ENOMEM;
	/* What wasn't read as a whole has nothing that could be held against the rest. */
	if (r < 0 || load->stopped)
		load->incomplete = true;
	load->source = outer.source;
	load->section = outer.section;
	load->section_end = outer.section_end;
	load->versioned = outer.versioned;
	load->stopped = outer.stopped;
	load->begun = outer.begun;
	return r;
}

int key_read_text(struct key_load *load, const char *name, const char *text, size_t size,
	struct sbx_error *err)
{
	struct policy_source *source = add_source(load, name);

	if (source)
		source->text = malloc(size + 1);
	if (!source || !source->text)
		return error_errno(err, ENOMEM, "read '%s'", name);
	memcpy(source->text, text, size);
	source->text[size] = '\0';
	source->size = size;
	return read_nested(load, source, 0) < 0 ? error_errno(err, ENOMEM, "read '%s'", name) : 0;
}

int key_read(struct key_load *load, const char *path, struct sbx_error *err)
{
	struct policy_source *source = add_source(load, path);
	struct sbx_error why = { 0 };
	int r, read;

	if (!source)
		return error_errno(err, ENOMEM, "read '%s'", path);
	r = file_read_stat(path, &source->text, &source->size, &source->st, &why);
	if (r < 0 && r != -ENOMEM)
		r = refuse(load, source, r, &why);
	read = read_nested(load, source, r);
	if (r == 0 && read < 0)
		r = error_errno(&why, ENOMEM, "read '%s'", path);
	if (r < 0 && err)
		*err = why;
	return r;
}

int key_begin(struct key_load *load, struct sbx_error *err)
{
	load->first_problem = load->report->n;
	load->errors_before = load->report->n_errors;
	load->guesses = GUESSES_MAX;
	load->seen = calloc(load->table->n, sizeof(*load->seen));
	if (!load->seen || set_defaults(load) < 0)
		return error_errno(err, ENOMEM, "read the defaults");
	return 0;
}

void assignments_clear(struct policy_assignment **assignments, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		free_assignment(&(*assignments)[i]);
	free(*assignments);
	*assignments = NULL;
	*n = 0;
}

int key_end(struct key_load *load, struct sbx_error *err)
{
	size_t errors;
	int r = 0;

	if (load->seen && load->table->check && !load->incomplete)
		load->table->check(load);
	report_sort(load->report, load->first_problem);
	errors = load->report->n_errors - load->errors_before;
	if (load->no_memory)
		r = error_errno(err, ENOMEM, "read a policy");
	else if (errors)
		r = report_to_error(load->report, load->first_problem, errors, err);
	free(load->seen);
	free(load->notes);
	load->seen = NULL;
	load->notes = NULL;
	if (r < 0)
		assignments_clear(&load->assignments, &load->n_assignments);
	return r;
}

int key_read_file(struct key_load *load, const char *path, struct sbx_error *err)
{
	int r = key_begin(load, err), end;

	if (r == 0)
		r = key_read(load, path, err);
	end = key_end(load, r < 0 ? NULL : err);
	assignments_clear(&load->assignments, &load->n_assignments);
	return r < 0 ? r : end;
}
