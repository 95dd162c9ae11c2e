/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One key of a table as mdoc, on stdout.
 */
#ifndef SBX_DOCS_ENTRY_H
#define SBX_DOCS_ENTRY_H

#include "policy/key.h"

/* Text that has no macros, at the start of a line. */
void entry_put_text(const char *s);

/* The row as an item of a list, with further lines of mdoc in it. */
void entry_put(const struct key *key, char *const *lines, size_t n_lines);

#endif
