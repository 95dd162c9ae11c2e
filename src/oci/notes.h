/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of somebody else's file: single lines that can stand in a comment or on a terminal,
 * whatever the file holds.
 */
#ifndef SBX_OCI_NOTES_H
#define SBX_OCI_NOTES_H

#include "base/str.h"

/* Puts '?' in the place of what could not stand in a line of a policy. */
void note_clean(char *text);

/* Adds a line, cleaned, unless the list has it. 0 or -ENOMEM. */
int note_add(struct strv *notes, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same, with the words behind it. */
int note_list(struct strv *notes, const struct strv *words, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
