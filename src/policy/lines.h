/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI text in, sections and keys out: a strict reader of lines in front of inih.
 */
#ifndef SBX_POLICY_LINES_H
#define SBX_POLICY_LINES_H

#include "policy/report.h"

/* Without the line feed. */
enum { LINE_MAX_LEN = 4096 };

/* `key = value`, where both stand. The value is trimmed, and maybe empty. */
struct lines_pair {
	const char *section; /* "" before the first */
	const char *key, *value;
	struct policy_place key_at, value_at;
};

struct lines_events {
	/* A section starts. Returns false when the keys below it are of no interest. */
	bool (*section)(void *user, const char *section, const struct policy_place *at);
	/* Returns false when the rest of the text is of no interest. */
	bool (*key)(void *user, const struct lines_pair *pair);
};

/*
 * Reads a source. What is not a comment, a section or a key goes to the report. 0; -ENOMEM; -EINVAL
 * where the file as a whole can't be read, which the report then says.
 */
int lines_read(const struct policy_source *source, struct policy_report *report,
	const struct lines_events *events, void *user);

/* Whether a section or a key could be called so. */
bool lines_is_name(const char *s);

/* Without the white space around it, in place. */
char *lines_trim(char *s);

#endif
