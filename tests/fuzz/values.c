/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: the parsers of single values. The first byte chooses one, the rest is its text.
 */
#include "policy/values.h"

#include "fuzz.h"
#include "policy/lines.h"
#include "policy/net.h"
#include "policy/text.h"

/* What a parser returns can be read again, and is the same then. */
static void check_size(const char *s)
{
	uint64_t bytes;

	(void)value_size(s, &bytes);
}

static void check_duration(const char *s)
{
	uint64_t usec;

	(void)value_duration(s, &usec);
}

static void check_range(const char *s)
{
	uint64_t first, last;

	if (value_range(s, 1000, &first, &last) == 0 && (first > last || last > 1000))
		abort();
}

static void check_again(const char *s, int (*parse)(const char *s, char **ret_value))
{
	_cleanup_free_ char *once = NULL, *twice = NULL;

	if (parse(s, &once) < 0)
		return;
	if (parse(once, &twice) < 0 || !streq(once, twice))
		abort();
}

static void check_cpu_max(const char *s)
{
	check_again(s, value_cpu_max);
}

static void check_cpu_list(const char *s)
{
	check_again(s, value_cpu_list);
}

static void check_errno(const char *s)
{
	int errnum;

	if (value_errno(s, &errnum) == 0 && errnum <= 0)
		abort();
}

static void check_net(const char *s)
{
	struct in6_addr address, again;
	char text[NET_TEXT_SIZE];
	uint8_t prefix, prefix_again;

	if (net_parse(s, &address, &prefix) < 0)
		return;
	(void)net_mask(&address, prefix);
	net_format(&address, prefix, text);
	if (net_parse(text, &again, &prefix_again) < 0 || prefix != prefix_again ||
		memcmp(&address, &again, sizeof(address)) != 0)
		abort();
}

static void check_ports(const char *s)
{
	struct policy_ports ports[NET_PORTS_MAX];
	size_t n;

	if (net_parse_ports(s, ports, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (!ports[i].first || ports[i].first > ports[i].last)
			abort();
}

static void check_words(const char *s)
{
	char word[LINE_MAX_LEN + 1];
	bool found = true;

	while (!text_next_word(&s, word, &found) && found) {
		const struct text_names names = { "acme", NULL, "run-1" };
		unsigned int spoken = 0;
		const char *why;
		char *expanded = text_expand(word, &names, &spoken, &why);

		if (expanded && !text_normalise_path(expanded) && expanded[0] != '/')
			abort();
		free(expanded);
	}
}

static void (*const checks[])(const char *s) = { check_size, check_duration, check_range,
	check_cpu_max, check_cpu_list, check_errno, check_net, check_ports, check_words };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[LINE_MAX_LEN + 1];

	if (size < 1 || size > LINE_MAX_LEN)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	checks[data[0] % ARRAY_SIZE(checks)](text);
	return 0;
}
