/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of keys and values that are no good. */
#include "policy/key.h"

void key_at_word(const struct key_use *use, size_t i)
{
	struct key_load *load = use->load;

	if (i >= load->n_notes)
		return;
	load->column = load->notes[i].column;
	load->spoken = load->notes[i].spoken;
}

struct policy_place key_place(const struct key_use *use)
{
	struct policy_place at = use->at;

	if (at.line && use->load->column)
		at.column = use->load->column;
	return at;
}

int key_error(const struct key_use *use, const char *fmt, ...)
{
	struct policy_place at = key_place(use);
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	use->load->seen[use->key - use->load->table->keys].bad = true;
	report_error(use->load->report, &at, "%s: %s", use->name,
		n < 0 ? "wrong, and no memory to say why" : text);
	if (n < 0)
		text = NULL;
	return -EINVAL;
}

const char *key_guess(struct key_load *load, const char *word, const void *words, size_t n,
	const char *(*at)(const void *words, size_t i))
{
	if (!load->guesses)
		return NULL;
	load->guesses--;
	return str_nearest(word, words, n, at);
}

static const char *section_at(const void *words, size_t i)
{
	return ((const struct key *)words)[i].section;
}

static const char *name_at(const void *words, size_t i)
{
	return ((const struct key *)words)[i].name;
}

void key_unknown_section(struct key_load *load, const char *section, const struct policy_place *at)
{
	const char *near = key_guess(load, section, load->table->keys, load->table->n, section_at);

	if (near && *near)
		report_error(load->report, at, "[%s]: unknown section; did you mean [%s]?", section,
			near);
	else
		report_error(load->report, at, "[%s]: unknown section", section);
}

/* The section that has a key of this name, else NULL. */
static const char *home_of(const struct key_table *table, const char *name)
{
	for (const struct key *key = table->keys; key < table->keys + table->n; key++)
		if (streq(key->name, name))
			return key->section;
	return NULL;
}

void key_no_section(struct key_load *load, char *name, const struct policy_place *at)
{
	const char *home = home_of(load->table, name);

	if (home && *home) {
		report_error(load->report, at, "'%s' stands in [%s]: write --set %s.%s=...", name,
			home, home, name);
		return;
	}
	name[strcspn(name, ".")] = '\0';
	key_unknown_section(load, name, at);
}

void key_unknown(struct key_load *load, const struct lines_pair *pair)
{
	const char *home = home_of(load->table, pair->key), *near;

	if (!*pair->section) {
		if (home)
			report_error(load->report, &pair->key_at,
				"%s: stands before any section; it belongs in [%s]", pair->key,
				home);
		else
			report_error(load->report, &pair->key_at, "%s: stands before any section",
				pair->key);
		return;
	}
	if (home && *home) {
		report_error(load->report, &pair->key_at,
			"[%s] %s: unknown key; it belongs in [%s]", pair->section, pair->key, home);
		return;
	}
	near = key_guess(load, pair->key, load->section,
		(size_t)(load->section_end - load->section), name_at);
	if (near)
		report_error(load->report, &pair->key_at,
			"[%s] %s: unknown key; did you mean '%s'?", pair->section, pair->key, near);
	else
		report_error(load->report, &pair->key_at, "[%s] %s: unknown key", pair->section,
			pair->key);
}

void key_not_built(struct key_load *load, const struct key *key, const struct lines_pair *pair)
{
	report_error(load->report, &pair->key_at, "[%s] %s: not supported by this build",
		key->section, pair->key);
}
