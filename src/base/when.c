/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define SECOND 1000000LL /* usec */
#define DAY    (24 * 3600 * SECOND)
/* A hundred years: what is further off is a slip of the finger. */
#define FAR (36525 * DAY)

static const struct {
	const char *name;
	int64_t usec;
} units[] = {
	/* Longer names first: the first that fits is taken. */
	{ "ms", SECOND / 1000 },
	{ "min", 60 * SECOND },
	{ "s", SECOND },
	{ "m", 60 * SECOND },
	{ "h", 3600 * SECOND },
	{ "d", DAY },
	{ "w", 7 * DAY },
};

static const char *skip_spaces(const char *s)
{
	return s + strspn(s, " ");
}

/* "1h 30m", up to END. */
static int parse_span(const char *s, const char *end, int64_t *ret_usec)
{
	int64_t sum = 0;

	if (s == end)
		return -EINVAL;
	while (s < end) {
		const char *rest = NULL;
		int64_t n = 0;
		size_t i = 0;

		if (*s < '0' || *s > '9')
			return -EINVAL;
		for (; *s >= '0' && *s <= '9'; s++) {
			n = 10 * n + (*s - '0');
			if (n > FAR)
				return -ERANGE;
		}
		for (; i < ARRAY_SIZE(units) && !rest; i++)
			rest = str_after(s, units[i].name);
		if (!rest)
			return -EINVAL;
		if (n > FAR / units[i - 1].usec)
			return -ERANGE;
		sum += n * units[i - 1].usec;
		if (sum > FAR)
			return -ERANGE;
		s = skip_spaces(rest);
	}
	*ret_usec = sum;
	return 0;
}

/* -ENOENT: it says no span of time. */
static int parse_ago(const char *s, int64_t now, int64_t *ret_usec)
{
	const char *end = s + strlen(s), *ago = end - 4;
	int64_t span;
	int r;

	if (*s == '-')
		s = skip_spaces(s + 1);
	else if (end - s > 4 && streq(ago, " ago"))
		end = ago;
	else
		return -ENOENT;
	r = parse_span(s, end, &span);
	if (r == 0)
		*ret_usec = now - span;
	return r;
}

static bool local_day(int64_t now, int days_back, struct tm *ret_tm)
{
	time_t t = (time_t)(now / SECOND);

	if (!localtime_r(&t, ret_tm))
		return false;
	ret_tm->tm_hour = ret_tm->tm_min = ret_tm->tm_sec = 0;
	ret_tm->tm_mday -= days_back;
	return true;
}

static int to_usec(struct tm *tm, bool utc, int64_t *ret_usec)
{
	time_t t;

	tm->tm_isdst = -1;
	t = utc ? timegm(tm) : mktime(tm);
	if (t == -1)
		return -ERANGE;
	*ret_usec = (int64_t)t * SECOND;
	return 0;
}

/* "10:00" or "10:00:00" and nothing more. */
static bool parse_clock(const char *s, struct tm *tm, const char **ret_rest)
{
	const char *rest = strptime(s, "%H:%M:%S", tm);

	if (!rest) {
		tm->tm_sec = 0;
		rest = strptime(s, "%H:%M", tm);
	}
	*ret_rest = rest;
	return rest;
}

static int parse_date(const char *s, int64_t now, int64_t *ret_usec)
{
	struct tm today, tm;
	const char *rest;
	bool utc = false;

	if (!local_day(now, 0, &today))
		return -ERANGE;
	tm = today;
	rest = strptime(s, "%Y-%m-%d", &tm);
	if (rest && (*rest == ' ' || *rest == 'T') && !parse_clock(rest + 1, &tm, &rest))
		return -EINVAL;
	if (!rest) {
		tm = today;
		if (!parse_clock(s, &tm, &rest))
			return -EINVAL;
	}
	if (streq(rest, "Z")) {
		utc = true;
		rest++;
	}
	return *rest ? -EINVAL : to_usec(&tm, utc, ret_usec);
}

int when_parse(const char *s, int64_t now, int64_t *ret_usec)
{
	uint64_t seconds;
	struct tm tm;
	int r;

	if (streq(s, "now")) {
		*ret_usec = now;
		return 0;
	}
	if (streq(s, "today") || streq(s, "yesterday"))
		return local_day(now, *s == 'y', &tm) ? to_usec(&tm, false, ret_usec) : -ERANGE;
	if (*s == '@') {
		r = str_to_u64(s + 1, &seconds);
		if (r == 0 && seconds > INT64_MAX / SECOND)
			r = -ERANGE;
		if (r == 0)
			*ret_usec = (int64_t)seconds * SECOND;
		return r;
	}
	r = parse_ago(s, now, ret_usec);
	return r == -ENOENT ? parse_date(s, now, ret_usec) : r;
}

static void format(int64_t usec, const struct tm *tm, const char *fmt, const char *end, char *text,
	size_t size)
{
	char whole[32];

	if (strftime(whole, sizeof(whole), fmt, tm) == 0)
		whole[0] = '\0';
	(void)snprintf(text, size, "%s.%06d%s", whole, (int)(usec % SECOND), end);
}

void when_format(int64_t usec, char *text, size_t size)
{
	time_t t = (time_t)(usec / SECOND);
	struct tm tm = { 0 };

	(void)localtime_r(&t, &tm);
	format(usec, &tm, "%F %T", "", text, size);
}

void when_format_utc(int64_t usec, char *text, size_t size)
{
	time_t t = (time_t)(usec / SECOND);
	struct tm tm = { 0 };

	(void)gmtime_r(&t, &tm);
	format(usec, &tm, "%FT%T", "Z", text, size);
}
