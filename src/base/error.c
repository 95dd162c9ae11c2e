/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* A message stays on one line whatever a file name or a policy contains. */
static void flatten(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

__attribute__((format(printf, 2, 0))) static void set_text(
	struct sbx_error *err, const char *fmt, va_list ap)
{
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	err->cure[0] = '\0';
}

int error_errno(struct sbx_error *err, int errnum, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!err)
		return -errnum;
	va_start(ap, fmt);
	set_text(err, fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	(void)snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(errnum));
	flatten(err->text);
	return -errnum;
}

int error_set(struct sbx_error *err, int errnum, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -errnum;
	va_start(ap, fmt);
	set_text(err, fmt, ap);
	va_end(ap);
	flatten(err->text);
	return -errnum;
}

int error_cure(struct sbx_error *err, int ret, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return ret;
	va_start(ap, fmt);
	(void)vsnprintf(err->cure, sizeof(err->cure), fmt, ap);
	va_end(ap);
	flatten(err->cure);
	return ret;
}

int error_prefix(struct sbx_error *err, int ret, const char *fmt, ...)
{
	char old[sizeof(err->text)];
	va_list ap;
	size_t n;

	if (!err)
		return ret;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	(void)snprintf(err->text + n, sizeof(err->text) - n, ": %.*s", (int)sizeof(old) - 1, old);
	flatten(err->text);
	return ret;
}

void error_append(struct sbx_error *err, const struct sbx_error *other)
{
	size_t n = strlen(err->text);

	(void)snprintf(err->text + n, sizeof(err->text) - n, "; also: %s", other->text);
}
