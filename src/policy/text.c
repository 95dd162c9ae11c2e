/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/text.h"

#include "base/str.h"
#include "base/utf8.h"

#include <limits.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Invisible characters that change what a reader sees: they would let a line show another rule than
 * the one that is parsed (https://trojansource.codes/). C1 controls are told from them by
 * text_check.
 */
static const struct {
	uint32_t first, last;
} invisible[] = {
	{ 0x061c, 0x061c }, /* Arabic letter mark */
	{ 0x200b, 0x200f }, /* zero width, direction marks */
	{ 0x2028, 0x202e }, /* line and paragraph separators, embeddings, overrides */
	{ 0x2060, 0x2069 }, /* word joiner, invisible operators, isolates */
	{ 0xfeff, 0xfeff }, /* zero width, the byte order mark */
};

static bool is_invisible(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_SIZE(invisible); i++)
		if (c >= invisible[i].first && c <= invisible[i].last)
			return true;
	return false;
}

const char *text_check(const char *bytes, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c;

		len = 1;
		if (bytes[i] >= ' ' && bytes[i] < 0x7f)
			continue; /* nearly all */
		len = utf8_decode(bytes + i, n - i, &c);
		if (!len)
			return "is not UTF-8";
		if (c == 0)
			return "has a NUL byte";
		if (c == '\r')
			return "has a carriage return: lines end in a line feed alone";
		if ((c < ' ' && c != '\t') || (c >= 0x7f && c < 0xa0))
			return "has a control character";
		if (is_invisible(c))
			return "has an invisible character";
	}
	return NULL;
}

/* Copies a quoted part, from behind its opening quote on; *text then stands behind the closing one.
 */
static const char *copy_quoted(const char **text, char **out)
{
	const char *s = *text;

	for (; *s && *s != '"'; s++) {
		if (*s == '\\') {
			s++;
			if (*s != '"' && *s != '\\')
				return "a backslash in quotes stands before '\"' or '\\' only";
		}
		*(*out)++ = *s;
	}
	if (!*s)
		return "the closing '\"' is missing";
	*text = s + 1;
	return NULL;
}

const char *text_next_word(const char **text, char *word, bool *ret_found)
{
	const char *s = *text, *why = NULL;
	char *out = word;

	while (is_space(*s))
		s++;
	*ret_found = *s != '\0';
	while (*s && !is_space(*s) && !why) {
		/* Others' quoting is refused, so that it isn't taken for a part of the word. */
		if (*s == '\'' || *s == '\\')
			why = "outside of \"...\" there is no place for ' and \\";
		else if (*s == '"')
			s++, why = copy_quoted(&s, &out);
		else
			*out++ = *s++;
	}
	*out = '\0';
	*text = s;
	return why;
}

const char *text_find_comment(const char *text)
{
	bool quoted = false;

	for (const char *s = text; *s; s++) {
		if (quoted && *s == '\\' && s[1])
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && (*s == ';' || *s == '#') && (s == text || is_space(s[-1])))
			return s;
	}
	return NULL;
}

/* What stands for the specifier at S, "%t"; NULL with the reason. */
static const char *specifier(
	const char *s, const struct text_names *names, unsigned int *spoken, const char **ret_why)
{
	const char *with = NULL;

	if (s[1] == '%')
		return "%";
	if (!s[1] || !strchr("tin", s[1])) {
		*ret_why = "'%' stands before t, i or n only (write %% for a percent sign)";
		return NULL;
	}
	if (!names->tenant) {
		*ret_why = "%t, %i and %n have no meaning here";
		return NULL;
	}
	if (s[1] == 't')
		return names->tenant;
	with = s[1] == 'i' ? names->id : names->sandbox;
	if (s[1] == 'i') {
		*spoken |= TEXT_ID | (with ? 0 : TEXT_NO_ID);
		return with ? with : "%i";
	}
	*spoken |= TEXT_SANDBOX | (with ? 0 : TEXT_NO_SANDBOX);
	return with ? with : "%n";
}

char *text_expand(const char *word, const struct text_names *names, unsigned int *spoken,
	const char **ret_why)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fclose_ FILE *out = NULL;
	size_t size;

	*ret_why = NULL;
	if (!strchr(word, '%'))
		return strdup(word);
	out = open_memstream(&text, &size);
	for (const char *s = word; out && *s; s++) {
		const char *with;

		if (*s != '%') {
			(void)fputc(*s, out);
			continue;
		}
		with = specifier(s++, names, spoken, ret_why);
		if (!with)
			return NULL;
		(void)fputs(with, out);
	}
	if (!out || fflush(out) != 0)
		return NULL;
	return strdup(text);
}

const char *text_normalise_path(char *path)
{
	char *out = path;
	size_t len;

	if (!*path)
		return "the path is empty";
	if (*path != '/')
		return "the path is not absolute";
	for (const char *s = path; *s; s += len) {
		s += strspn(s, "/");
		len = strcspn(s, "/");
		if (len == 2 && s[0] == '.' && s[1] == '.')
			return "the path has a '..'";
		if (len == 0 || (len == 1 && *s == '.'))
			continue;
		*out++ = '/';
		memmove(out, s, len);
		out += len;
	}
	if (out == path)
		out++; /* the root keeps its slash */
	*out = '\0';
	return out - path < PATH_MAX ? NULL : "the path is too long";
}
