/* SPDX-License-Identifier: Apache-2.0 */
/* Values that keys of any section may have. */
#include "policy/array.h"
#include "policy/key.h"
#include "policy/lines.h"
#include "policy/text.h"
#include "policy/values.h"

/* Remembers where in the line the word at S starts. */
static int note_column(const struct key_use *use, const char *s)
{
	struct key_load *load = use->load;
	struct key_note *room = array_room(load->notes, load->n_notes, sizeof(*room));

	if (!room)
		return -ENOMEM;
	load->notes = room;
	s += strspn(s, " \t");
	room[load->n_notes++] = (struct key_note){
		.column = use->at.column +
			  (unsigned int)count_characters(use->text, (size_t)(s - use->text)),
	};
	return 0;
}

/* The word that was noted last. */
static int expand_word(const struct key_use *use, const char *word, struct strv *words)
{
	struct key_load *load = use->load;
	_cleanup_free_ char *expanded = NULL;
	const char *why;

	expanded = text_expand(word, &load->names, &load->notes[load->n_notes - 1].spoken, &why);
	if (!expanded && why)
		return key_error(use, "'%s': %s", word, why);
	return expanded ? strv_add(words, expanded) : -ENOMEM;
}

/* From here on it is about the value as a whole. */
static void end_words(struct key_load *load)
{
	load->column = 0;
	load->spoken = 0;
	for (size_t i = 0; i < load->n_notes; i++)
		load->spoken |= load->notes[i].spoken;
	load->unsettled |= (load->spoken & TEXT_UNKNOWN) != 0;
}

int key_words(const struct key_use *use, struct strv *ret_words)
{
	_cleanup_strv_ struct strv words = { 0 };
	const char *text = use->text;

	use->load->n_notes = 0;
	for (;;) {
		char word[LINE_MAX_LEN + 1];
		const char *why;
		bool found;
		int r = note_column(use, text);

		if (r < 0)
			return r;
		key_at_word(use, words.n);
		why = text_next_word(&text, word, &found);
		if (why)
			return key_error(use, "'%s': %s", use->text, why);
		if (!found)
			break;
		r = expand_word(use, word, &words);
		if (r < 0)
			return r;
	}
	end_words(use->load);
	*ret_words = words;
	words = (struct strv){ 0 };
	return 0;
}

static int make_room(struct strv *list, size_t n)
{
	char **v = reallocarray(list->v, list->n + n + 1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	list->v = v;
	v[list->n] = NULL;
	return 0;
}

int key_move_words(const struct key_use *use, struct strv *list, struct strv *words,
	int (*accept)(const struct key_use *use, const char *word))
{
	int worst = make_room(list, words->n);

	if (worst < 0)
		return worst;
	for (size_t i = 0; i < words->n; i++) {
		int r;

		key_at_word(use, i);
		r = accept(use, words->v[i]);

		if (r > 0) {
			list->v[list->n++] = take_ptr(words->v[i]);
			list->v[list->n] = NULL;
		}
		worst = r < 0 ? r : worst;
	}
	return worst;
}

int key_one_word(const struct key_use *use, char **ret_word)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words);

	if (r < 0)
		return r;
	if (words.n != 1)
		return key_error(use, "'%s': one value is wanted: \"...\" keeps spaces", use->text);
	*ret_word = take_ptr(words.v[0]);
	return 0;
}

static int parse_version(const struct key_use *use, void *field)
{
	(void)field;
	if (streq(use->text, "1"))
		return 0;
	use->load->stopped = true;
	return key_error(use, "'%s' is not supported by this build: only 1 is", use->text);
}

const struct key_type type_version = { .form = "1", .parse = parse_version, .required = true };

static const char *word_at(const void *words, size_t i)
{
	return ((const struct key_word *)words)[i].word;
}

static size_t count_words(const struct key_word *words)
{
	size_t n = 0;

	while (words[n].word)
		n++;
	return n;
}

static bool word_matches(const char *pattern, const char *text)
{
	size_t n = strcspn(pattern, "*");

	return pattern[n] ? strncmp(pattern, text, n) == 0 : streq(pattern, text);
}

void key_list_words(const struct key_word *words, const char *separator, char *text, size_t size)
{
	size_t n = 0;

	*text = '\0';
	for (; words->word && n < size; words++)
		if (words->value != KEY_WORD_NOT_BUILT)
			n += (size_t)snprintf(
				text + n, size - n, "%s%s", n ? separator : "", words->word);
}

static int report_word(const struct key_use *use)
{
	const struct key_word *words = use->key->words;
	const char *near = key_guess(use->load, use->text, words, count_words(words), word_at);
	char known[128];

	key_list_words(words, ", ", known, sizeof(known));
	if (near)
		return key_error(use, "'%s' is unknown; did you mean '%s'?", use->text, near);
	return key_error(use, "'%s' is unknown; known: %s", use->text, known);
}

static int report_not_built(const struct key_use *use)
{
	char known[128];

	key_list_words(use->key->words, ", ", known, sizeof(known));
	return key_error(
		use, "'%s' is not supported by this build; supported: %s", use->text, known);
}

static int find_word(const struct key_use *use, unsigned int *ret_value)
{
	for (const struct key_word *words = use->key->words; words->word; words++) {
		if (!word_matches(words->word, use->text))
			continue;
		if (words->value == KEY_WORD_NOT_BUILT)
			return report_not_built(use);
		*ret_value = words->value;
		return 0;
	}
	return report_word(use);
}

static int parse_word(const struct key_use *use, void *field)
{
	unsigned int value;
	int r = find_word(use, &value);

	if (r < 0)
		return r;
	memcpy(field, &value, sizeof(value));
	return 0;
}

static int parse_only(const struct key_use *use, void *field)
{
	unsigned int value;

	(void)field;
	return find_word(use, &value);
}

/* The word with number 0, where the row has no other default. */
static void clear_word(const struct key *key, void *field)
{
	(void)key;
	memset(field, 0, sizeof(unsigned int));
}

const struct key_type type_word = { .form = "WORD", .parse = parse_word, .clear = clear_word };
const struct key_type type_only = { .form = "WORD", .parse = parse_only };

static void clear_strv(const struct key *key, void *field)
{
	(void)key;
	strv_clear(field);
}

static int accept_any(const struct key_use *use, const char *word)
{
	(void)use;
	(void)word;
	return 1;
}

static int parse_words(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words);

	return r < 0 ? r : key_move_words(use, field, &words, accept_any);
}

const struct key_type type_words = {
	.form = "WORD...",
	.parse = parse_words,
	.clear = clear_strv,
	.list = true,
};

/* As POSIX names variables, in either case. */
static bool is_assignment(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t n = strspn(s, letters);

	if (n == 0)
		return false;
	while (s[n] && (strchr(letters, s[n]) || (s[n] >= '0' && s[n] <= '9')))
		n++;
	return s[n] == '=';
}

static int accept_assignment(const struct key_use *use, const char *word)
{
	return is_assignment(word) ? 1 : key_error(use, "'%s' is not NAME=VALUE", word);
}

static int parse_env(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words);

	return r < 0 ? r : key_move_words(use, field, &words, accept_assignment);
}

const struct key_type type_env = {
	.form = "NAME=VALUE...",
	.parse = parse_env,
	.clear = clear_strv,
	.list = true,
};

void key_clear_string(const struct key *key, void *field)
{
	char **string = field;

	(void)key;
	free(*string);
	*string = NULL;
}

static int parse_path(const struct key_use *use, void *field)
{
	_cleanup_free_ char *path = NULL;
	char **string = field;
	const char *why;
	int r = key_one_word(use, &path);

	if (r < 0)
		return r;
	why = text_normalise_path(path);
	if (why)
		return key_error(use, "'%s': %s", use->text, why);
	free(*string);
	*string = take_ptr(path);
	return 0;
}

const struct key_type type_path = {
	.form = "PATH",
	.parse = parse_path,
	.clear = key_clear_string,
};

static int parse_duration(const struct key_use *use, void *field)
{
	uint64_t *usec = field, value;
	int r = value_duration(use->text, &value);

	if (r == -ERANGE)
		return key_error(use, "'%s' is too long", use->text);
	if (r < 0)
		return key_error(use,
			"'%s' is not a duration: a number with ms, s, m or h, or 'infinity'",
			use->text);
	if (value == 0)
		return key_error(
			use, "'%s' leaves no time at all; 'infinity' sets no limit", use->text);
	*usec = value;
	return 0;
}

const struct key_type type_duration = { .form = "DURATION", .parse = parse_duration };

/* 0 stands for "assigned", and the highest number is no uid. */
static int parse_id(const struct key_use *use, void *field)
{
	uint32_t *id = field, value;

	if (str_to_u32(use->text, &value) < 0 || value == 0 || value == UINT32_MAX)
		return key_error(
			use, "'%s' is not a number from 1 to %u", use->text, UINT32_MAX - 1);
	*id = value;
	return 0;
}

static void clear_id(const struct key *key, void *field)
{
	(void)key;
	*(uint32_t *)field = 0;
}

const struct key_type type_tenant_id = { .form = "NUMBER", .parse = parse_id, .clear = clear_id };
