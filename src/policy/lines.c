/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inih as distributions ship it reads 200 bytes at a time, and takes the rest of a longer line for
 * another line: a comment over 200 bytes that ends in `key = value` sets that key. It also drops
 * what follows " ;" in a value, takes ':' for '=', an indented line for more of the value before,
 * cuts a section's name at 49 bytes and ignores what follows its ']'. So it sees no line as it
 * stands in the file: this reader judges each one, keeps values to itself, and gives inih `key=` or
 * `[section]`.
 */
#include "policy/lines.h"

#include "policy/text.h"

#include <ini.h>

/* The longest section or key name that inih hands on uncut. */
enum { NAME_LEN = 49 };

struct lines {
	const char *next, *end; /* what is left of the text */
	unsigned int number; /* of the line that inih has now */
	bool skip; /* the section above is none: nobody knows whose these keys are */
	char *key, *value; /* of that line, in `line` */
	char line[LINE_MAX_LEN + 1];
	const char *raw; /* the line in the source */
	const struct policy_source *source;
	struct policy_report *report;
	const struct lines_events *events;
	void *user;
};

static struct policy_place here(const struct lines *lines)
{
	return (struct policy_place){ lines->source, lines->number, 0 };
}

/* Where something in `line` stands: trimming moved nothing in there. */
static struct policy_place place_of(const struct lines *lines, const char *in_line)
{
	struct policy_place at = here(lines);

	at.column = (unsigned int)count_characters(lines->raw, (size_t)(in_line - lines->line)) + 1;
	return at;
}

static void complain(struct lines *lines, const char *in_line, const char *fmt, const char *what)
{
	struct policy_place at = in_line ? place_of(lines, in_line) : here(lines);

	/* One of the literals below. */
	report_error(lines->report, &at, fmt, what);
}

/* Copies the next line to `line`; false at the end of the text. */
static bool take_line(struct lines *lines)
{
	while (lines->next < lines->end) {
		const char *start = lines->next, *why;
		const char *feed = memchr(start, '\n', (size_t)(lines->end - start));
		size_t n = (size_t)((feed ? feed : lines->end) - start);

		lines->raw = start;
		lines->next = feed ? feed + 1 : lines->end;
		lines->number++;
		why = n > LINE_MAX_LEN ? "is longer than 4096 bytes" : text_check(start, n);
		if (!why) {
			memcpy(lines->line, start, n);
			lines->line[n] = '\0';
			return true;
		}
		complain(lines, NULL, "the line %s", why);
	}
	return false;
}

char *lines_trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	s[n] = '\0';
	return s;
}

bool lines_is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= NAME_LEN && s[n] == '\0';
}

/* `[name]` and nothing behind it. Returns the name, NULL when that was reported. */
static char *parse_section(struct lines *lines, char *s)
{
	char *end = s + strlen(s) - 1;

	if (end == s || *end != ']') {
		complain(lines, s, "'%s': a section is written '[name]', alone", s);
		return NULL;
	}
	*end = '\0';
	s++;
	if (lines_is_name(s))
		return s;
	complain(lines, s, "[%s]: not a section's name", s);
	return NULL;
}

/* `name = value`. Returns the name, and the value in lines->value; NULL when a problem was
 * reported. */
static char *parse_key(struct lines *lines, char *s)
{
	char *equals = strchr(s, '=');
	char *name;

	if (equals)
		*equals = '\0';
	name = lines_trim(s);
	if (equals && lines_is_name(name)) {
		lines->key = name;
		lines->value = lines_trim(equals + 1);
		return name;
	}
	if (strchr(name, ':'))
		complain(lines, strchr(name, ':'),
			"'%s': ':' does not separate key and value: write 'key = value'", name);
	else if (!equals)
		complain(lines, name,
			"'%s': not 'key = value' (a list goes on by repeating its key)", name);
	else
		complain(lines, name, "'%s': not a key's name", name);
	return NULL;
}

static const char *section_line(struct lines *lines, char *s)
{
	struct policy_place at = place_of(lines, s);
	const char *name = parse_section(lines, s);

	lines->skip = !name || !lines->events->section(lines->user, name, &at);
	return lines->skip ? NULL : name;
}

static const char *key_line(struct lines *lines, char *s)
{
	/* Elsewhere an indented line continues a value; here it would be a key of its own. */
	if (s != lines->line) {
		complain(lines, s, "%s",
			"indented: a key starts its line, and a list goes on by repeating its key");
		return NULL;
	}
	return lines->skip ? NULL : parse_key(lines, s);
}

/* inih's reader: the next line with a section or a key, in a form that can't be misread. */
static char *next_line(char *out, int size, void *stream)
{
	struct lines *lines = stream;

	while (take_line(lines)) {
		char *s = lines_trim(lines->line);
		bool section = *s == '[';
		const char *name;
		int n;

		if (*s == '\0' || *s == ';' || *s == '#')
			continue;
		name = section ? section_line(lines, s) : key_line(lines, s);
		if (!name)
			continue;
		n = snprintf(out, (size_t)size, section ? "[%s]\n" : "%s=\n", name);
		if (n < size)
			return out;
		complain(lines, name, "'%s': too long for this inih", name);
	}
	return NULL;
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct lines *lines = user;
	const struct lines_pair pair = {
		.section = section,
		.key = name,
		.value = lines->value,
		.key_at = place_of(lines, lines->key),
		.value_at = place_of(lines, lines->value),
	};

	(void)value; /* always "": ours is whole */
	if (!lines->events->key(lines->user, &pair))
		lines->next = lines->end;
	return 1;
}

/* What the file as a whole has wrong, so that each of its lines would be wrong: told once. */
static const char *check_start(const char *text, size_t size)
{
	const char *feed = memchr(text, '\n', size);

	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return "the file starts with a byte order mark: save it without one";
	if (feed && feed > text && feed[-1] == '\r')
		return "lines end in CR LF: save the file with LF alone";
	return NULL;
}

int lines_read(const struct policy_source *source, struct policy_report *report,
	const struct lines_events *events, void *user)
{
	struct policy_place first = { source, 1, 0 }, whole = { source, 0, 0 };
	struct lines lines = {
		.next = source->text,
		.end = source->text + source->size,
		.source = source,
		.report = report,
		.events = events,
		.user = user,
	};
	const char *why = check_start(source->text, source->size);
	int r;

	if (why) {
		report_error(report, &first, "%s", why);
		return -EINVAL;
	}
	r = ini_parse_stream(next_line, &lines, on_pair, &lines);
	if (r == -2)
		return -ENOMEM;
	if (r != 0) {
		report_error(report, &whole, "inih does not understand what it was given");
		return -EINVAL;
	}
	return 0;
}
