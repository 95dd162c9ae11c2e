/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI text in, sections and keys out: a strict reader of lines in front of inih.
 */
#ifndef SBX_POLICY_LINES_H
#define SBX_POLICY_LINES_H

#include "policy/report.h"

/* Without the line feed. */
enum { LINE_MAX_LEN = 4096 };

struct lines_events {
	/* A section starts at LINE. Returns false when the keys below it are of no interest. */
	bool (*section)(void *user, const char *section, unsigned int line);
	/* `key = value`; VALUE is trimmed, maybe empty. SECTION is "" before the first. */
	void (*key)(void *user, const char *section, const char *key, const char *value,
		unsigned int line);
};

/*
 * Reads SIZE bytes of TEXT. What is not a comment, a section or a key goes to FILE's report. 0;
 * -ENOMEM; -EINVAL where the file as a whole can't be read, which the report then says.
 */
int lines_read(const char *text, size_t size, const struct report_file *file,
	const struct lines_events *events, void *user);

#endif
