/* SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <ctype.h>
#include <stdio.h>

void entry_put_text(const char *s)
{
	if (*s == '.' || *s == '\'')
		(void)fputs("\\&", stdout);
	for (; *s; s++)
		*s == '\\' ? fputs("\\e", stdout) : putchar(*s);
}

static size_t span_placeholder(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && isupper((unsigned char)*p))
		p++;
	return (size_t)(p - s);
}

/* "NAME=VALUE..." as "Ar NAME Ns Cm = Ns Ar VALUE ...". */
static void put_form_word(const char *s, const char *end)
{
	bool more = end - s > 3 && strncmp(end - 3, "...", 3) == 0;
	const char *begin = s;

	end -= more ? 3 : 0;
	while (s < end) {
		size_t n = span_placeholder(s, end);
		bool placeholder = n > 0;

		while (!placeholder && s + n < end && !isupper((unsigned char)s[n]))
			n++;
		/* A lone ':' is punctuation to mdoc, and no word of the macro's. */
		(void)printf("%s %s %s%.*s", s == begin ? "" : " Ns", placeholder ? "Ar" : "Cm",
			*s == ':' ? "\\&" : "", (int)n, s);
		s += n;
	}
	if (more)
		(void)fputs(" ...", stdout);
}

static bool is_connective(const char *s, size_t n)
{
	return (n == 2 && (memcmp(s, "or", n) == 0 || memcmp(s, "to", n) == 0)) ||
	       (n == 4 && memcmp(s, "list", n) == 0);
}

/* How a value is written, as arguments of a macro. */
static void put_form(const char *form)
{
	for (const char *s = form; *s;) {
		size_t n = strcspn(s, " ");
		bool comma = s[n - 1] == ',';

		if (is_connective(s, n))
			(void)printf(" No %.*s", (int)n, s);
		else
			put_form_word(s, s + n - (comma ? 1 : 0));
		if (comma)
			(void)fputs(" ,", stdout);
		s += n + strspn(s + n, " ");
	}
}

static bool is_built(const struct key_word *word)
{
	return word->value != KEY_WORD_NOT_BUILT;
}

static void put_tag(const struct key *key)
{
	const char *between = " No = Cm";

	(void)printf(".It Cm %s", key->name);
	if (!key->type) {
		(void)putchar('\n');
		return;
	}
	for (const struct key_word *w = key->words; w && w->word; w++) {
		if (is_built(w))
			(void)printf("%s %s", between, w->word);
		between = " |";
	}
	if (!key->words) {
		(void)fputs(" No =", stdout);
		put_form(key->type->form);
	}
	(void)putchar('\n');
}

/* "wasmtime", and for a pattern what it stands for; AFTER it a comma or a full stop. */
static void put_word(const char *word, char after)
{
	size_t n = strcspn(word, "*");

	if (!word[n])
		(void)printf(".Cm %s %c\n", word, after);
	else if (n > 0)
		(void)printf("what begins with\n.Ql %.*s %c\n", (int)n, word, after);
	else
		(void)printf("any other word%c\n", after);
}

static void put_words_not_built(const struct key *key)
{
	const char *last = NULL;

	for (const struct key_word *w = key->words; w && w->word; w++) {
		if (is_built(w))
			continue;
		if (last)
			put_word(last, ',');
		else
			(void)puts("Not yet supported:");
		last = w->word;
	}
	if (last)
		put_word(last, '.');
}

void entry_put(const struct key *key, char *const *lines, size_t n_lines)
{
	put_tag(key);
	entry_put_text(key->help);
	(void)fputs(".\n", stdout);
	for (size_t i = 0; i < n_lines; i++)
		(void)puts(lines[i]);
	if (!key->type) {
		(void)puts("Not yet supported.");
		return;
	}
	if (key->type->list)
		(void)puts("A list.");
	if (key->initial)
		(void)printf("Default:\n.Ql %s .\n", key->initial);
	put_words_not_built(key);
	(void)printf("Since %s.\n", key->since);
}
