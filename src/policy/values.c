/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/values.h"

#include "base/str.h"
#include "policy/policy.h"

#include <stdio.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "K", 1ULL << 10 },
	{ "M", 1ULL << 20 },
	{ "G", 1ULL << 30 },
	{ "T", 1ULL << 40 },
};

static const struct unit durations[] = {
	{ "", 1000000 },
	{ "ms", 1000 },
	{ "s", 1000000 },
	{ "m", 60 * 1000000ULL },
	{ "h", 3600 * 1000000ULL },
};

/* A decimal number at the start of S; *ret_rest is what follows. */
static int parse_digits(const char *s, uint64_t *ret_value, const char **ret_rest)
{
	char digits[24];
	size_t n = strspn(s, "0123456789");
	int r;

	if (n == 0)
		return -EINVAL;
	if (n >= sizeof(digits))
		return -ERANGE;
	memcpy(digits, s, n);
	digits[n] = '\0';
	r = str_to_u64(digits, ret_value);
	if (r < 0)
		return r;
	*ret_rest = s + n;
	return 0;
}

static int parse_with_unit(const char *s, const struct unit *units, size_t n, uint64_t *ret_value)
{
	uint64_t value, product;
	const char *rest;
	int r = parse_digits(s, &value, &rest);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (!streq(rest, units[i].name))
			continue;
		/* The highest number means infinity. */
		if (__builtin_mul_overflow(value, units[i].factor, &product) ||
			product == UINT64_MAX)
			return -ERANGE;
		*ret_value = product;
		return 0;
	}
	return -EINVAL;
}

int value_size(const char *s, uint64_t *ret_bytes)
{
	if (!streq(s, "infinity") && !streq(s, "max"))
		return parse_with_unit(s, sizes, ARRAY_SIZE(sizes), ret_bytes);
	*ret_bytes = UINT64_MAX;
	return 0;
}

int value_duration(const char *s, uint64_t *ret_usec)
{
	if (!streq(s, "infinity"))
		return parse_with_unit(s, durations, ARRAY_SIZE(durations), ret_usec);
	*ret_usec = USEC_INFINITY;
	return 0;
}

int value_range(const char *s, uint64_t max, uint64_t *ret_first, uint64_t *ret_last)
{
	uint64_t first, last;
	const char *rest;
	int r = parse_digits(s, &first, &rest);

	if (r < 0)
		return r;
	last = first;
	if (*rest == '-') {
		r = parse_digits(rest + 1, &last, &rest);
		if (r < 0)
			return r;
	}
	if (*rest)
		return -EINVAL;
	if (first > last || last > max)
		return -ERANGE;
	*ret_first = first;
	*ret_last = last;
	return 0;
}

/* The kernel's bounds: 1 ms at least for both, a period of 1 s at most, 2^44 - 1 for a quota. */
enum { CPU_MIN_USEC = 1000, CPU_DEFAULT_PERIOD = 100000, CPU_MAX_PERIOD = 1000000 };
#define CPU_MAX_QUOTA ((1ULL << 44) - 1)

static int format_cpu_max(uint64_t quota, uint64_t period, char **ret_value)
{
	if (quota < CPU_MIN_USEC || quota > CPU_MAX_QUOTA || period < CPU_MIN_USEC ||
		period > CPU_MAX_PERIOD)
		return -ERANGE;
	return asprintf(ret_value, "%llu %llu", (unsigned long long)quota,
		       (unsigned long long)period) < 0
		       ? -ENOMEM
		       : 0;
}

/* "max 100000", as the kernel's file reads where there is no limit. */
static bool is_kernels_max(const char *s)
{
	const char *rest = str_after(s, "max");
	uint64_t period;

	return rest && (*rest == ' ' || *rest == '\t') &&
	       str_to_u64(rest + strspn(rest, " \t"), &period) == 0 && period >= CPU_MIN_USEC &&
	       period <= CPU_MAX_PERIOD;
}

int value_cpu_max(const char *s, char **ret_value)
{
	uint64_t quota, period;
	const char *rest;
	int r;

	if (streq(s, "max") || streq(s, "infinity") || is_kernels_max(s)) {
		*ret_value = strdup("max");
		return *ret_value ? 0 : -ENOMEM;
	}
	r = parse_digits(s, &quota, &rest);
	if (r < 0)
		return r;
	if (streq(rest, "%")) {
		if (__builtin_mul_overflow(quota, CPU_DEFAULT_PERIOD / 100, &quota))
			return -ERANGE;
		return format_cpu_max(quota, CPU_DEFAULT_PERIOD, ret_value);
	}
	/* A lone number is not taken: 50 may mean 50% or 50 us. */
	if (*rest != ' ' && *rest != '\t')
		return -EINVAL;
	r = str_to_u64(rest + strspn(rest, " \t"), &period);
	return r < 0 ? r : format_cpu_max(quota, period, ret_value);
}

/* The largest CONFIG_NR_CPUS. */
enum { CPUS_MAX = 8192 };

static int mark_cpus(const char *s, bool *cpus)
{
	_cleanup_free_ char *copy = strdup(s);
	char *rest = copy, *part;

	if (!copy)
		return -ENOMEM;
	while ((part = strsep(&rest, ",")) != NULL) {
		uint64_t first, last;
		int r = value_range(part, CPUS_MAX - 1, &first, &last);

		if (r < 0)
			return r;
		for (uint64_t cpu = first; cpu <= last; cpu++)
			cpus[cpu] = true;
	}
	return 0;
}

int value_cpu_list(const char *s, char **ret_value)
{
	bool cpus[CPUS_MAX + 1] = { false };
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r = mark_cpus(s, cpus);

	if (r < 0)
		return r;
	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	for (int first = 0; first < CPUS_MAX; first++) {
		int last = first;

		if (!cpus[first])
			continue;
		while (cpus[last + 1])
			last++;
		(void)fprintf(
			out, last > first ? "%s%d-%d" : "%s%d", ftell(out) ? "," : "", first, last);
		first = last;
	}
	if (fclose(out) != 0)
		return -ENOMEM;
	*ret_value = take_ptr(text);
	return 0;
}

/* MAX_ERRNO of the kernel's include/linux/err.h is 4095; names end far before. */
enum { ERRNO_NAMES = 200 };

int value_errno(const char *s, int *ret_errnum)
{
	for (int i = 1; i < ERRNO_NAMES; i++) {
		const char *name = strerrorname_np(i);

		if (name && streq(s, name)) {
			*ret_errnum = i;
			return 0;
		}
	}
	return -EINVAL;
}
