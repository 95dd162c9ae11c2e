/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, told once: a caller-owned buffer that the lowest layer fills and each layer
 * above may prefix.
 */
#ifndef SBX_BASE_ERROR_H
#define SBX_BASE_ERROR_H

#include <stdarg.h>

/*
 * An error in words. `text` names the operation, the object and the reason in one line and has no
 * newline at its end; `cure`, when not empty, says what to do about it. Both are always terminated;
 * what doesn't fit is cut.
 */
struct sbx_error {
	char text[512];
	char cure[256];
};

/*
 * Each of these returns -errnum (errnum > 0), so that a failing function can end with
 * `return error_errno(err, errno, "open '%s'", path)`. `err` may be NULL: then nothing is written.
 */

/* "MESSAGE: strerror(errnum)" */
int error_errno(struct sbx_error *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "MESSAGE" alone: for what errno can't say. */
int error_set(struct sbx_error *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds the cure to an error that is set already. Returns `ret`. */
int error_cure(struct sbx_error *err, int ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " before the text. Returns `ret`. */
int error_prefix(struct sbx_error *err, int ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds "; also: TEXT" of another error to the text. */
void error_append(struct sbx_error *err, const struct sbx_error *other);

#endif
