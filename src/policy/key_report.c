/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of keys and values that are no good. */
#include "policy/key.h"

int key_error(const struct key_use *use, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	use->load->seen[use->key - use->load->table->keys].bad = true;
	report_error(&use->load->file, use->line, "%s: %s", use->key->name,
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

void key_unknown_section(struct key_load *load, const char *section, unsigned int line)
{
	const char *near = key_guess(load, section, load->table->keys, load->table->n, section_at);

	if (near && *near)
		report_error(&load->file, line, "[%s]: unknown section; did you mean [%s]?",
			section, near);
	else
		report_error(&load->file, line, "[%s]: unknown section", section);
}

/* The section that has a key of this name, else NULL. */
static const char *home_of(const struct key_table *table, const char *name)
{
	for (const struct key *key = table->keys; key < table->keys + table->n; key++)
		if (streq(key->name, name))
			return key->section;
	return NULL;
}

void key_unknown(struct key_load *load, const char *section, const char *name, unsigned int line)
{
	const char *home = home_of(load->table, name), *near;

	if (!*section) {
		report_error(&load->file, line, "%s: stands before any section%s%s%s", name,
			home ? "; it belongs in [" : "", home ? home : "", home ? "]" : "");
		return;
	}
	if (home && *home) {
		report_error(&load->file, line, "[%s] %s: unknown key; it belongs in [%s]", section,
			name, home);
		return;
	}
	near = key_guess(
		load, name, load->section, (size_t)(load->section_end - load->section), name_at);
	if (near)
		report_error(&load->file, line, "[%s] %s: unknown key; did you mean '%s'?", section,
			name, near);
	else
		report_error(&load->file, line, "[%s] %s: unknown key", section, name);
}

void key_not_built(
	struct key_load *load, const struct key *key, const char *name, unsigned int line)
{
	const char *near = NULL;

	/* Behind a pattern there may be a key that was meant. */
	if (strchr(key->name, '*'))
		near = key_guess(load, name, load->section, (size_t)(key - load->section), name_at);
	if (near)
		report_error(&load->file, line,
			"[%s] %s: not supported by this build; did you mean '%s'?", key->section,
			name, near);
	else
		report_error(&load->file, line, "[%s] %s: not supported by this build",
			key->section, name);
}
