/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets: the parsers of single values. What one of them returns can be written down and read
 * again, and is the same then.
 */
#include "policy/values.h"

#include "fuzz.h"
#include "policy/lines.h"
#include "policy/net.h"
#include "policy/test.h"
#include "policy/text.h"

#include <limits.h>

static void check_number(const char *s, int (*parse)(const char *s, uint64_t *ret_value),
	uint64_t unit, const char *name, const char *infinity)
{
	char again[32];
	uint64_t value, second;

	if (parse(s, &value) < 0)
		return;
	if (value == UINT64_MAX) {
		expect(streq(s, "infinity") || streq(s, infinity));
		return;
	}
	expect(value % unit == 0);
	(void)snprintf(again, sizeof(again), "%llu%s", (unsigned long long)(value / unit), name);
	expect(parse(again, &second) == 0 && second == value);
}

static void check_size(const char *s)
{
	check_number(s, value_size, 1, "", "max");
}

static void check_duration(const char *s)
{
	check_number(s, value_duration, 1000, "ms", "infinity");
}

static void check_range(const char *s)
{
	uint64_t first, last, first_again, last_again;
	char again[48];

	if (value_range(s, 1000, &first, &last) < 0)
		return;
	expect(first <= last && last <= 1000);
	(void)snprintf(again, sizeof(again), "%llu-%llu", (unsigned long long)first,
		(unsigned long long)last);
	expect(value_range(again, 1000, &first_again, &last_again) == 0);
	expect(first_again == first && last_again == last);
}

static void check_string(const char *s, int (*parse)(const char *s, char **ret_value))
{
	_cleanup_free_ char *once = NULL, *twice = NULL;

	if (parse(s, &once) < 0)
		return;
	expect(parse(once, &twice) == 0 && streq(once, twice));
}

static void check_cpu_max(const char *s)
{
	check_string(s, value_cpu_max);
}

static void check_cpu_list(const char *s)
{
	check_string(s, value_cpu_list);
}

static void check_errno(const char *s)
{
	int errnum;

	if (value_errno(s, &errnum) == 0)
		expect(streq(strerrorname_np(errnum), s));
}

static void check_net(const char *s)
{
	struct net net, again;
	char text[NET_TEXT_SIZE];

	if (net_parse(s, &net.address, &net.prefix) < 0)
		return;
	(void)net_mask(&net.address, net.prefix);
	expect(!net_mask(&net.address, net.prefix) && net_holds(&net, &net));
	net_format(&net.address, net.prefix, text);
	expect(net_parse(text, &again.address, &again.prefix) == 0);
	expect(net.prefix == again.prefix && IN6_ARE_ADDR_EQUAL(&net.address, &again.address));
}

static void check_ports(const char *s)
{
	struct policy_ports ports[NET_PORTS_MAX], again[NET_PORTS_MAX];
	char text[NET_PORTS_MAX * sizeof("65535-65535,")] = "";
	size_t n, n_again, end = 0;

	if (net_parse_ports(s, ports, &n) < 0)
		return;
	expect(n > 0 && n <= NET_PORTS_MAX);
	for (size_t i = 0; i < n; i++) {
		expect(ports[i].first && ports[i].first <= ports[i].last);
		end += (size_t)snprintf(text + end, sizeof(text) - end, "%s%d-%d", i ? "," : "",
			ports[i].first, ports[i].last);
	}
	expect(net_parse_ports(text, again, &n_again) == 0 && n == n_again);
	expect(memcmp(ports, again, n * sizeof(*ports)) == 0);
}

/* Each word in quotes is that word alone. */
static void check_words(const char *s)
{
	const char *comment = text_find_comment(s), *end = s + strlen(s);
	bool found = true;

	expect(!comment || *comment == ';' || *comment == '#');
	for (;;) {
		_cleanup_free_ char *word = malloc((size_t)(end - s) + 1);
		_cleanup_free_ char *quoted = malloc((size_t)(end - s) * 2 + 3);
		_cleanup_free_ char *again = malloc((size_t)(end - s) * 2 + 3);
		const char *next;
		char *out;

		expect(word && quoted && again);
		if (text_next_word(&s, word, &found) || !found)
			return;
		expect(s <= end);
		out = stpcpy(quoted, "\"");
		for (const char *c = word; *c; c++) {
			if (*c == '"' || *c == '\\')
				*out++ = '\\';
			*out++ = *c;
		}
		(void)stpcpy(out, "\"");
		next = quoted;
		expect(!text_next_word(&next, again, &found) && found && !*next);
		expect(streq(word, again));
	}
}

static void check_specifiers(const char *s)
{
	const struct text_names known = { "acme", "7", "run-1" }, none = { NULL, NULL, NULL };
	unsigned int spoken = 0;
	const char *why;
	_cleanup_free_ char *expanded = text_expand(s, &known, &spoken, &why), *again = NULL;
	_cleanup_free_ char *escaped = NULL;
	char *out;

	expect((expanded != NULL) == (why == NULL));
	if (!expanded)
		return;
	out = escaped = malloc(strlen(expanded) * 2 + 1);
	expect(escaped);
	for (const char *c = expanded; *c; c++) {
		if (*c == '%')
			*out++ = '%';
		*out++ = *c;
	}
	*out = '\0';
	again = text_expand(escaped, &none, &spoken, &why);
	expect(again && streq(again, expanded));
}

/* A test covers itself, and all together cover it. */
static void check_test(const char *s)
{
	_cleanup_cases_ struct call_cases cases = { 0 }, all = { 0 };
	struct test_error why;
	int r = test_parse("fallocate", s, &cases, &why);

	expect((r == 0) == (cases.n > 0) && (r == 0) == (*why.why == '\0'));
	if (r < 0)
		return;
	expect(cases.n <= CALL_CASES_MAX && cases_overlap(&cases, &cases));
	expect(cases_cover(&cases, &cases));
	expect(cases_add(&all, &call_always) == 0);
	expect(cases_cover(&all, &cases) && !cases_cover(&cases, &all));
}

static void check_path(const char *s)
{
	_cleanup_free_ char *path = strdup(s), *again = NULL;
	size_t n;

	expect(path);
	if (text_normalise_path(path))
		return;
	n = strlen(path);
	expect(path[0] == '/' && n < PATH_MAX && (n == 1 || path[n - 1] != '/'));
	expect(!strstr(path, "//") && !strstr(path, "/./") && !strstr(path, "/../"));
	again = strdup(path);
	expect(again && !text_normalise_path(again) && streq(path, again));
}

const struct fuzz_target fuzz_values[] = {
	{ "size", .value = check_size },
	{ "duration", .value = check_duration },
	{ "range", .value = check_range },
	{ "cpu_max", .value = check_cpu_max },
	{ "cpu_list", .value = check_cpu_list },
	{ "errno", .value = check_errno },
	{ "net", .value = check_net },
	{ "ports", .value = check_ports },
	{ "words", .value = check_words },
	{ "specifiers", .value = check_specifiers },
	{ "test", .value = check_test },
	{ "path", .value = check_path },
	{ 0 },
};
