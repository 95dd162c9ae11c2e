/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/json.h"

#include "base/str.h"
#include "oci/memory.h"

#include <ctype.h>

static bool is_real(const char *s, size_t n)
{
	return memchr(s, '.', n) || memchr(s, 'e', n) || memchr(s, 'E', n);
}

/* The number of N characters at S as oci_json_load() has it. */
static void write_number(FILE *out, const char *s, size_t n)
{
	char digits[32];
	uint64_t value;

	(void)snprintf(digits, sizeof(digits), "%.*s", (int)n, s);
	if (is_real(s, n))
		(void)fwrite(s, 1, n, out);
	else if (n < sizeof(digits) && str_to_u64(digits, &value) == 0)
		(void)fprintf(out, "%lld", (long long)value);
	else /* It has a sign, or is too large. */
		(void)fprintf(out, "%.*s.0", (int)n, s);
}

/* TEXT is JSON: what begins like a number outside of strings is one. */
static void write_numbers(FILE *out, const char *text, size_t size)
{
	bool in_string = false;

	for (size_t i = 0, n; i < size; i += n) {
		n = in_string ? 0 : strspn(text + i, "+-.0123456789eE");
		if (n && (text[i] == '-' || isdigit((unsigned char)text[i]))) {
			write_number(out, text + i, n);
			continue;
		}
		n = in_string && text[i] == '\\' ? 2 : 1;
		in_string ^= text[i] == '"';
		(void)fwrite(text + i, 1, n, out);
	}
}

/* Two's complement is the one of the two that jansson can hold. */
static int rewrite(const char *text, size_t size, char **ret_text, size_t *ret_size)
{
	FILE *out = open_memstream(ret_text, ret_size);

	if (!out)
		return -ENOMEM;
	write_numbers(out, text, size);
	return memory_end(out, ret_text);
}

static json_t *load(
	const char *name, const char *text, size_t size, size_t flags, struct sbx_error *err)
{
	json_error_t why;
	json_t *json = json_loadb(text, size, flags | JSON_REJECT_DUPLICATES, &why);
	bool is_json;

	if (json)
		return json;
	is_json = json_error_code(&why) == json_error_duplicate_key ||
		  json_error_code(&why) == json_error_numeric_overflow;
	(void)error_set(err, EINVAL, "%s:%d:%d: %s%s", name, why.line, why.column,
		is_json ? "" : "not JSON: ", why.text);
	if (!is_json)
		(void)error_cure(err, 0, "a profile is wanted as Docker and Podman have them");
	return NULL;
}

int oci_json_load(
	const char *name, const char *text, size_t size, json_t **ret, struct sbx_error *err)
{
	_cleanup_free_ char *rewritten = NULL;
	/* Once as it stands there, so that what is wrong is said of its place in the file. */
	json_auto_t *json = load(name, text, size, JSON_DECODE_INT_AS_REAL, err);

	if (!json)
		return -EINVAL;
	if (rewrite(text, size, &rewritten, &size) < 0)
		return error_errno(err, ENOMEM, "read '%s'", name);
	json_decref(json);
	json = load(name, rewritten, size, 0, err);
	if (!json)
		return -EINVAL;
	*ret = json_incref(json);
	return 0;
}

int oci_json_u64(const json_t *json, uint64_t *ret)
{
	if (!json_is_integer(json))
		return -EINVAL;
	*ret = (uint64_t)json_integer_value(json);
	return 0;
}
