/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of policy files, and places in it. A policy keeps its sources, so that whatever came out
 * of them can say where it stands.
 */
#ifndef SBX_POLICY_SOURCE_H
#define SBX_POLICY_SOURCE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Where a line begins. Reports go down a text: who looks for a line begins at the one before. */
struct policy_cursor {
	unsigned int line;
	size_t offset;
};

struct policy_source {
	char *name; /* the path as it was given */
	char *text; /* NULL: it could not be read */
	size_t size;
	struct stat st; /* as it was before the text was read */
	unsigned int order; /* in which it was added */
	bool shipped; /* with this build: it serves all architectures */
	struct policy_cursor *cursor; /* place_line's */
};

/*
 * `source` NULL: nowhere, as a default stands. `line` counts from 1, 0 is the file as a whole;
 * `column` counts characters from 1, 0 is the line as a whole.
 */
struct policy_place {
	const struct policy_source *source;
	unsigned int line, column;
};

/* Sources stay where they are while others are added. */
struct policy_sources {
	struct policy_source **v;
	size_t n;
};

/* Adds a source, with a copy of NAME and without a text. NULL: no memory. */
struct policy_source *sources_add(struct policy_sources *sources, const char *name);
void sources_clear(struct policy_sources *sources);

/* The line that the place is in, not terminated; NULL where there is none. */
const char *place_line(const struct policy_place *place, size_t *ret_length);

/* The name of its file, or "the defaults". */
const char *place_file(const struct policy_place *place);

/* "FILE:LINE", or "FILE" as a whole. What doesn't fit is cut. Returns TEXT. */
enum { PLACE_TEXT_MAX = PATH_MAX + 16 };
const char *place_text(const struct policy_place *place, char text[static PLACE_TEXT_MAX]);

/* Below, at or above 0: in the order of the sources, then of the text. */
int place_compare(const struct policy_place *a, const struct policy_place *b);

/* How many characters the N bytes at S are: the column behind them, less one. */
size_t count_characters(const char *s, size_t n);

#endif
