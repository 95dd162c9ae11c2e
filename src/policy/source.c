/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/source.h"

#include "policy/array.h"

#include <stdio.h>
#include <string.h>

static void source_free(struct policy_source *source)
{
	free(source->name);
	free(source->text);
	free(source->cursor);
	free(source);
}

struct policy_source *sources_add(struct policy_sources *sources, const char *name)
{
	struct policy_source **room =
		array_room(sources->v, sources->n, sizeof(struct policy_source *));
	struct policy_source *source;

	if (!room)
		return NULL;
	sources->v = room;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->name = strdup(name);
	source->cursor = calloc(1, sizeof(*source->cursor));
	if (!source->name || !source->cursor) {
		source_free(source);
		return NULL;
	}
	source->order = (unsigned int)sources->n;
	room[sources->n++] = source;
	return source;
}

void sources_clear(struct policy_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		source_free(sources->v[i]);
	free(sources->v);
	*sources = (struct policy_sources){ 0 };
}

const char *place_line(const struct policy_place *place, size_t *ret_length)
{
	const struct policy_source *source = place->source;
	const char *line, *end, *feed;
	struct policy_cursor at;

	if (!source || !source->text || !place->line)
		return NULL;
	at = *source->cursor;
	if (!at.line || at.line > place->line)
		at = (struct policy_cursor){ .line = 1 };
	end = source->text + source->size;
	for (; at.line < place->line; at.line++) {
		feed = memchr(source->text + at.offset, '\n', source->size - at.offset);
		if (!feed)
			return NULL;
		at.offset = (size_t)(feed + 1 - source->text);
	}
	*source->cursor = at;
	line = source->text + at.offset;
	feed = memchr(line, '\n', (size_t)(end - line));
	*ret_length = (size_t)((feed ? feed : end) - line);
	return line;
}

const char *place_file(const struct policy_place *place)
{
	return place->source ? place->source->name : "the defaults";
}

const char *place_text(const struct policy_place *place, char text[static PLACE_TEXT_MAX])
{
	if (place->source && place->line)
		(void)snprintf(text, PLACE_TEXT_MAX, "%s:%u", place_file(place), place->line);
	else
		(void)snprintf(text, PLACE_TEXT_MAX, "%s", place_file(place));
	return text;
}

int place_compare(const struct policy_place *a, const struct policy_place *b)
{
	unsigned int x = a->source ? a->source->order : 0, y = b->source ? b->source->order : 0;

	if (x != y)
		return x < y ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

size_t count_characters(const char *s, size_t n)
{
	size_t count = 0;

	/* All bytes of UTF-8 but those that go on with a character. */
	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}
