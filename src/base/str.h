/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings: comparison, whole-string numbers, and growing lists of them.
 */
#ifndef SBX_BASE_STR_H
#define SBX_BASE_STR_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A tenant's or sandbox's name without its terminator: [a-z0-9][a-z0-9-]{0,62}. */
enum { NAME_MAX_LEN = 63 };

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Returns what follows `prefix` in `s`, or NULL when `s` doesn't start with it. */
const char *str_after(const char *s, const char *prefix);

/* Whether a path is TREE or lies below it, by the text of both: no link, no "..". */
bool path_lies_in(const char *path, const char *tree);

/* The folder of what an absolute path names; "/" is its own. -ENAMETOOLONG. */
int path_folder(const char *path, char *ret, size_t size);

/* As strcmp(3), in the order of trees: what lies in a folder stands right behind it. */
int path_compare(const char *a, const char *b);
/* The same with the first N bytes of B. */
int path_compare_part(const char *a, const char *b, size_t n);

bool name_is_valid(const char *name);

/* The whole of `s` as a decimal number: no sign, no space, no rest. 0, -EINVAL or -ERANGE. */
int str_to_u64(const char *s, uint64_t *ret_value);
int str_to_u32(const char *s, uint32_t *ret_value);

/*
 * The nearest of `n` known words by edit distance, for "did you mean"; NULL when none is near.
 * `at(words, i)` returns the i-th.
 */
const char *str_nearest(const char *word, const void *words, size_t n,
	const char *(*at)(const void *words, size_t i));

/* A list of owned strings; `v[n]` is always NULL once something was added, as argv wants it. */
struct strv {
	char **v;
	size_t n;
};

/* 0 or -ENOMEM; the list stays as it was on failure. */
int strv_add(struct strv *list, const char *s);
int strv_addf(struct strv *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strv_clear(struct strv *list);
bool strv_contains(const struct strv *list, const char *s);
/* By strcmp(3). */
void strv_sort(struct strv *list);
/* Word I of a list, for str_nearest(). */
const char *strv_at(const void *list, size_t i);

#define _cleanup_strv_ _cleanup_(strv_clear)

#endif
