/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/notes.h"

#include "oci/memory.h"
#include "policy/text.h"

#include <stdarg.h>

void note_clean(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (!text_check(text, strlen(text)))
		return;
	for (char *c = text; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
}

static int add_clean(struct strv *notes, char *text)
{
	note_clean(text);
	return strv_contains(notes, text) ? 0 : strv_add(notes, text);
}

int note_add(struct strv *notes, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return add_clean(notes, text);
}

int note_list(struct strv *notes, const struct strv *words, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	va_list ap;

	if (!out)
		return -ENOMEM;
	va_start(ap, fmt);
	(void)vfprintf(out, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < words->n; i++)
		(void)fprintf(out, " %s", words->v[i]);
	if (memory_end(out, &text) < 0)
		return -ENOMEM;
	return add_clean(notes, text);
}
