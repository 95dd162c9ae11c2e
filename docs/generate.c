/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes sandboxctl-policy(5) from its template and the key tables.
 *
 * usage: generate TEMPLATE POLICIES >PAGE	(POLICIES: the folder of the shipped ones)
 *
 * The template is mdoc. In it
 *
 *	@keys SECTION
 *	@key NAME
 *	words on this key, after those of its row
 *	@end
 *
 * stands for the section's keys as the table has them, "-" for those outside of all sections, and
 *
 *	@example SECTION
 *	version = 1
 *	@end
 *
 * for a policy, which is read as any other. Each section has its keys, and where a key of it is
 * built its example.
 */
#include "entry.h"
#include "example.h"

#include <stdarg.h>

struct page {
	const char *template;
	struct policy_dirs dirs;
	struct strv lines;
	size_t line; /* that is looked at */
	struct strv listed, shown; /* sections with their keys, and with their example */
	unsigned int errors;
};

/* Rows of one section, and their table. */
struct section {
	const struct key_table *table;
	const struct key *keys;
	size_t n;
};

/* Lines of the template. */
struct range {
	size_t first, n;
};

static const struct key_table *const tables[] = { &policy_keys, &host_keys };

static void complain(struct page *page, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Line 0: of the whole. */
static void complain(struct page *page, size_t line, const char *fmt, ...)
{
	va_list args;

	page->errors++;
	(void)fprintf(stderr, "%s:%zu: ", page->template, line);
	va_start(args, fmt);
	(void)vfprintf(stderr, fmt, args);
	va_end(args);
	(void)fputc('\n', stderr);
}

static bool find_section(const char *name, struct section *ret)
{
	name = streq(name, "-") ? "" : name;
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		const struct key *key = tables[t]->keys, *end = key + tables[t]->n;
		size_t n = 0;

		while (key < end && !streq(key->section, name))
			key++;
		while (key + n < end && streq(key[n].section, name))
			n++;
		if (n == 0)
			continue;
		*ret = (struct section){ tables[t], key, n };
		return true;
	}
	return false;
}

/* ---- keys ---- */

/* Where the lines go that follow "@key NAME"; LOST where the table lacks it, as was said. */
static struct range *find_words(struct page *page, const struct section *section, const char *name,
	struct range *words, struct range *lost)
{
	for (size_t i = 0; i < section->n; i++) {
		if (!streq(section->keys[i].name, name))
			continue;
		if (words[i].first)
			complain(page, page->line, "'%s' was spoken of already", name);
		words[i] = (struct range){ page->line, 0 };
		return &words[i];
	}
	complain(page, page->line, "the table has no key '%s' in [%s]", name,
		section->keys->section);
	return lost;
}

/* The next line up to "@end"; NULL there. */
static const char *next_line(struct page *page, size_t begin)
{
	if (page->line == page->lines.n) {
		complain(page, begin, "'%s' lacks its '@end'", page->lines.v[begin - 1]);
		return NULL;
	}
	page->line++;
	return streq(page->lines.v[page->line - 1], "@end") ? NULL : page->lines.v[page->line - 1];
}

static void put_keys(struct page *page, const struct section *section)
{
	struct range *words = calloc(section->n, sizeof(*words)), *current = NULL, lost = { 0 };
	size_t begin = page->line;
	const char *line;

	if (!words) {
		complain(page, begin, "no memory");
		return;
	}
	while ((line = next_line(page, begin)) != NULL) {
		const char *name = str_after(line, "@key ");

		if (name)
			current = find_words(page, section, name, words, &lost);
		else if (current)
			current->n++;
		else
			complain(page, page->line, "what is this about? '@key NAME' says it");
	}
	(void)puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < section->n; i++)
		entry_put(&section->keys[i], page->lines.v + words[i].first, words[i].n);
	(void)puts(".El");
	free(words);
}

/* ---- examples ---- */

static void put_example(struct page *page, const struct section *section)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_free_ char *text = NULL;
	struct sbx_error err = { 0 };
	size_t begin = page->line, size;
	FILE *out = open_memstream(&text, &size);
	const char *line;

	if (!out) {
		complain(page, begin, "no memory");
		return;
	}
	(void)puts(".Bd -literal -offset indent");
	while ((line = next_line(page, begin)) != NULL) {
		(void)fprintf(out, "%s\n", line);
		entry_put_text(line);
		(void)putchar('\n');
	}
	(void)puts(".Ed");
	if (fclose(out) < 0)
		complain(page, begin, "no memory");
	else if (example_read(section->table, section->keys->section, &page->dirs, text, &report,
			 &err) < 0)
		complain(page, begin, "the example is no good: %s", err.text);
	for (size_t i = 0; i < report.n; i++)
		complain(page, begin + report.problems[i].line, "%s", report.problems[i].text);
}

/* ---- the whole ---- */

/* The section that a line of the template stands for, each of which may do so once. */
static bool take_section(
	struct page *page, const char *name, struct strv *taken, struct section *ret)
{
	if (!find_section(name, ret)) {
		complain(page, page->line, "no table has a section '%s'", name);
		return false;
	}
	if (strv_contains(taken, ret->keys->section)) {
		complain(page, page->line, "'%s' stands here already", name);
		return false;
	}
	if (strv_add(taken, ret->keys->section) < 0)
		complain(page, page->line, "no memory");
	return true;
}

static void put_line(struct page *page, const char *line)
{
	const char *keys = str_after(line, "@keys "), *example = str_after(line, "@example ");
	struct section section;

	if (keys && take_section(page, keys, &page->listed, &section))
		put_keys(page, &section);
	else if (example && take_section(page, example, &page->shown, &section))
		put_example(page, &section);
	else if (*line == '@' && !keys && !example)
		complain(page, page->line, "'%s' is unknown", line);
	else if (*line != '@')
		(void)puts(line);
}

/* Nothing of a table goes unsaid. Outside of sections all have the same keys. */
static void check_complete(struct page *page, const struct key_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct key *key = &table->keys[i];

		if (!strv_contains(&page->listed, key->section))
			complain(page, page->lines.n, "key '%s' of [%s] is not listed: '@keys %s'",
				key->name, key->section, *key->section ? key->section : "-");
		if (*key->section && key->type && !strv_contains(&page->shown, key->section))
			complain(page, page->lines.n, "[%s] has '%s' and no '@example %s'",
				key->section, key->name, key->section);
	}
}

static int read_template(struct page *page)
{
	_cleanup_fclose_ FILE *in = fopen(page->template, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!in)
		return -errno;
	while ((n = getline(&line, &size, in)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (strv_add(&page->lines, line) < 0)
			return -ENOMEM;
	}
	return ferror(in) ? -EIO : 0;
}

int main(int argc, char **argv)
{
	struct page page = { 0 };
	int r;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: generate TEMPLATE POLICIES >PAGE\n");
		return 2;
	}
	page.template = argv[1];
	page.dirs = (struct policy_dirs){ "/nonexistent", argv[2] };
	r = read_template(&page);
	if (r < 0)
		complain(&page, 0, "%s", strerror(-r));
	(void)printf(".\\\" Made from %s and the key tables of src/policy by 'make generate'.\n",
		page.template);
	while (page.line < page.lines.n) {
		page.line++;
		put_line(&page, page.lines.v[page.line - 1]);
	}
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		check_complete(&page, tables[t]);
	strv_clear(&page.lines);
	strv_clear(&page.listed);
	strv_clear(&page.shown);
	if (fflush(stdout) != 0 || page.errors)
		return 1;
	return 0;
}
