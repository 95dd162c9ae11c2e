/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line of a policy is made of: bytes, words, specifiers, paths.
 */
#ifndef SBX_POLICY_TEXT_H
#define SBX_POLICY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Why these bytes can't stand in a policy ("has a NUL byte"), or NULL when they can: UTF-8 without
 * control characters, and without the invisible ones that make a line look like another.
 */
const char *text_check(const char *bytes, size_t n);

/*
 * Cuts the next word off *text: white space separates words, "..." keeps it, and inside the quotes
 * \" and \\ stand for themselves. Copies it to WORD, which has room for all of *text, and moves
 * *text on. Returns NULL, or what is wrong. At the end of the text *ret_found is false.
 */
const char *text_next_word(const char **text, char *word, bool *ret_found);

/* Where outside of quotes a word starts with ';' or '#', as a comment would; NULL when none does.
 */
const char *text_find_comment(const char *text);

/* What %t, %i and %n stand for. `tenant` NULL: nothing has a name here. */
struct text_names {
	const char *tenant;
	const char *id, *sandbox; /* NULL: not known yet */
};

/* What a word spoke of. */
enum text_spoken {
	TEXT_ID = 1 << 0,
	TEXT_SANDBOX = 1 << 1,
	/* These are not known, and stand there as they were written. */
	TEXT_NO_ID = 1 << 2,
	TEXT_NO_SANDBOX = 1 << 3,
	TEXT_UNKNOWN = TEXT_NO_ID | TEXT_NO_SANDBOX,
};

/*
 * Replaces %t, %i, %n and %% in WORD; returns a new string and adds to *spoken, or NULL with
 * *ret_why saying what is wrong (NULL there too: no memory).
 */
char *text_expand(const char *word, const struct text_names *names, unsigned int *spoken,
	const char **ret_why);

/*
 * Drops double and trailing slashes and "." components from PATH, in place. Returns NULL, or why
 * the path is refused: empty, relative, too long, or with "..", which would depend on links.
 */
const char *text_normalise_path(char *path);

#endif
