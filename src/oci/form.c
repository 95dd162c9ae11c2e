/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/form.h"

#include "oci/json.h"
#include "oci/notes.h"

#include <stdarg.h>

enum { PLACE_SIZE = 256 };

static size_t put_place(const struct form_place *at, char text[static PLACE_SIZE])
{
	size_t n = at->up ? put_place(at->up, text) : 0;

	if (n >= PLACE_SIZE)
		return n;
	if (at->key)
		n += (size_t)snprintf(text + n, PLACE_SIZE - n, "%s%s", at->up ? "." : "", at->key);
	else
		n += (size_t)snprintf(text + n, PLACE_SIZE - n, "[%zu]", at->index);
	return n;
}

static const char *describe(const struct form_place *at, char text[static PLACE_SIZE])
{
	if (!at)
		return "the document";
	(void)put_place(at, text);
	return text;
}

int form_error(const struct form_reader *r, const struct form_place *at, const char *fmt, ...)
{
	char place[PLACE_SIZE], why[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	(void)error_set(r->err, EINVAL, "%s: %s: %s", r->name, describe(at, place), why);
	return -EINVAL;
}

static int add_note(const struct form_reader *r, const struct form_place *at, const char *what)
{
	char place[PLACE_SIZE];

	return note_add(r->notes, "%s%s", describe(at, place), what);
}

static const struct form_key *find(const struct form *form, const char *name)
{
	for (const struct form_key *key = form->keys; key->name; key++)
		if (streq(key->name, name))
			return key;
	return NULL;
}

static int read_key(const struct form_reader *r, json_t *json, const struct form_place *at,
	const struct form *form, void *target)
{
	const struct form_key *key = find(form, at->key);

	if (key && json_is_null(json))
		return 0;
	if (key)
		return key->read(r, json, at, (char *)target + key->offset);
	if (form->open)
		return add_note(r, at, " is not known here");
	return form_error(r, at, "is not known here, and may be a condition");
}

int form_read(const struct form_reader *r, json_t *json, const struct form_place *at,
	const struct form *form, void *target)
{
	const char *name;
	json_t *value;
	int n = 0;

	if (!json_is_object(json))
		return form_error(r, at, "is no object");
	for (const struct form_key *key = form->keys; key->name; key++) {
		const json_t *given = json_object_get(json, key->name);

		if (key->required && (!given || json_is_null(given)))
			return form_error(r, at, "'%s' is missing", key->name);
	}
	json_object_foreach(json, name, value)
	{
		const struct form_place here = { at, name, 0 };

		n = read_key(r, value, &here, form, target);
		if (n < 0)
			return n;
	}
	return form->check ? form->check(r, at, target) : 0;
}

int form_read_each(const struct form_reader *r, json_t *json, const struct form_place *at,
	const struct form *form, void *elements, size_t size, size_t *n)
{
	size_t i;
	json_t *element;

	if (!json_is_array(json))
		return form_error(r, at, "is no array");
	if (!elements)
		return error_errno(r->err, ENOMEM, "read '%s'", r->name);
	json_array_foreach(json, i, element)
	{
		const struct form_place here = { at, NULL, i };
		int read;

		*n = i + 1;
		read = form_read(r, element, &here, form, (char *)elements + i * size);
		if (read < 0)
			return read;
	}
	return 0;
}

int form_string(const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	char **string = field;

	if (!json_is_string(json))
		return form_error(r, at, "is no string");
	free(*string);
	*string = strdup(json_string_value(json));
	return *string ? 0 : error_errno(r->err, ENOMEM, "read '%s'", r->name);
}

int form_strings(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct strv *strings = field;
	json_t *element;
	size_t i;

	if (!json_is_array(json))
		return form_error(r, at, "is no array");
	json_array_foreach(json, i, element)
	{
		const struct form_place here = { at, NULL, i };

		if (!json_is_string(element))
			return form_error(r, &here, "is no string");
		if (strv_add(strings, json_string_value(element)) < 0)
			return error_errno(r->err, ENOMEM, "read '%s'", r->name);
	}
	return 0;
}

int form_u64(const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	if (oci_json_u64(json, field) < 0)
		return form_error(r, at, "is no whole number from 0 to 18446744073709551615");
	return 0;
}

static bool is_empty(const json_t *json)
{
	return (json_is_array(json) && !json_array_size(json)) ||
	       (json_is_object(json) && !json_object_size(json)) ||
	       (json_is_string(json) && !json_string_length(json));
}

int form_not_carried(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	_cleanup_free_ char *text = NULL;
	char place[PLACE_SIZE];

	(void)field;
	if (is_empty(json))
		return 0;
	text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text)
		return error_errno(r->err, ENOMEM, "read '%s'", r->name);
	return note_add(r->notes, "%s: %.200s", describe(at, place), text);
}

int form_ignored(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	(void)r;
	(void)json;
	(void)at;
	(void)field;
	return 0;
}
