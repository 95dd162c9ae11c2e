/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <ctype.h>
#include <stdarg.h>

const char *str_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool path_lies_in(const char *path, const char *tree)
{
	const char *rest = str_after(path, tree);

	/* "/" ends with the slash that others lack. */
	return rest && (*rest == '\0' || *rest == '/' || streq(tree, "/"));
}

int path_folder(const char *path, char *ret, size_t size)
{
	const char *slash = strrchr(path, '/');
	int n = snprintf(ret, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int rank_in_path(char c)
{
	return c == '/' ? 1 : c ? (unsigned char)c + 1 : 0;
}

int path_compare_part(const char *a, const char *b, size_t n)
{
	size_t i = 0;

	while (i < n && a[i] && a[i] == b[i])
		i++;
	return rank_in_path(a[i]) - (i < n ? rank_in_path(b[i]) : 0);
}

int path_compare(const char *a, const char *b)
{
	return path_compare_part(a, b, strlen(b));
}

bool name_is_valid(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= NAME_MAX_LEN && name[n] == '\0' && name[0] != '-';
}

int str_to_u64(const char *s, uint64_t *ret_value)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	value = strtoull(s, &end, 10);
	if (errno)
		return -errno;
	if (*end)
		return -EINVAL;
	*ret_value = value;
	return 0;
}

int str_to_u32(const char *s, uint32_t *ret_value)
{
	uint64_t value;
	int r = str_to_u64(s, &value);

	if (r < 0)
		return r;
	if (value > UINT32_MAX)
		return -ERANGE;
	*ret_value = (uint32_t)value;
	return 0;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Upper case for lower is no mistake that makes a word another one. */
static bool differ(char a, char b)
{
	return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/* Levenshtein's distance, one row at a time; words longer than the row are simply far. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[64], la = strlen(a), lb = strlen(b);

	if (la >= ARRAY_SIZE(row) || lb >= ARRAY_SIZE(row))
		return ARRAY_SIZE(row);
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t above = row[j];

			row[j] = min3(
				row[j] + 1, row[j - 1] + 1, diagonal + differ(a[i - 1], b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb];
}

const char *str_nearest(const char *word, const void *words, size_t n,
	const char *(*at)(const void *words, size_t i))
{
	/* A third of the word may be wrong: more, and the guess only confuses. */
	size_t best = strlen(word) / 3 + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *candidate = at(words, i);
		size_t d = edit_distance(word, candidate);

		if (d < best || (d == best && !nearest)) {
			best = d;
			nearest = candidate;
		}
	}
	return nearest;
}

static int strv_take(struct strv *list, char *s)
{
	char **v = realloc(list->v, (list->n + 2) * sizeof(*v));

	if (!v) {
		free(s);
		return -ENOMEM;
	}
	list->v = v;
	v[list->n++] = s;
	v[list->n] = NULL;
	return 0;
}

int strv_add(struct strv *list, const char *s)
{
	char *copy = strdup(s);

	return copy ? strv_take(list, copy) : -ENOMEM;
}

int strv_addf(struct strv *list, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return n < 0 ? -ENOMEM : strv_take(list, s);
}

void strv_clear(struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct strv){ 0 };
}

bool strv_contains(const struct strv *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (streq(list->v[i], s))
			return true;
	return false;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), compare_strings);
}

const char *strv_at(const void *list, size_t i)
{
	return ((const struct strv *)list)->v[i];
}
