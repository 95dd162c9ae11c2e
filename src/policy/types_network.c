/* SPDX-License-Identifier: Apache-2.0 */
/* [network]: one rule a line, "tcp 10.0.0.0/8 443,8000-8099". */
#include "policy/array.h"
#include "policy/key.h"
#include "policy/net.h"

#include <arpa/inet.h>

static const struct key_word protocols[] = {
	{ "tcp", POLICY_TCP },
	{ "udp", POLICY_UDP },
	{ "unix", KEY_WORD_NOT_BUILT },
	{ 0 },
};

static int parse_protocol(const struct key_use *use, const char *word, struct policy_net_rule *rule)
{
	for (const struct key_word *p = protocols; p->word; p++) {
		if (!streq(p->word, word))
			continue;
		if (p->value == KEY_WORD_NOT_BUILT)
			return key_error(use, "'%s' is not supported by this build", word);
		rule->protocol = (enum policy_protocol)p->value;
		return 0;
	}
	return key_error(use, "'%s' is no protocol: a rule starts with tcp or udp", word);
}

/* Where S is an IPv6 address that only lacks its brackets. */
static bool lacks_brackets(const char *s)
{
	char address[INET6_ADDRSTRLEN];
	size_t n = strcspn(s, "/");
	struct in6_addr v6;

	if (n >= sizeof(address))
		return false;
	memcpy(address, s, n);
	address[n] = '\0';
	return inet_pton(AF_INET6, address, &v6) == 1;
}

static int report_address(const struct key_use *use, const char *word, int r)
{
	size_t n = strcspn(word, "/");

	if (r == -ENOMEM)
		return r;
	if (r == -ERANGE)
		return key_error(use, "'%s': the prefix is too long", word);
	if (str_after(word, "tenant:"))
		return key_error(
			use, "'%s': tenants as peers are not supported by this build", word);
	if (lacks_brackets(word))
		return key_error(use, "'%s': IPv6 stands in brackets: '[%.*s]%s'", word, (int)n,
			word, word + n);
	return key_error(use,
		"'%s' is no network: '10.0.0.0/8', '[2001:db8::]/32' and single addresses are",
		word);
}

static int parse_network(const struct key_use *use, const char *word, struct policy_net_rule *rule)
{
	char right[NET_TEXT_SIZE];
	bool v4;
	int r = net_parse(word, &rule->address, &rule->prefix);

	if (r < 0)
		return report_address(use, word, r);
	if (net_mask(&rule->address, rule->prefix)) {
		net_format(&rule->address, rule->prefix, right);
		return key_error(use, "'%s' has bits set below its prefix: its network is '%s'",
			word, right);
	}
	/* IPv4 has one spelling, or two rules that look apart would be the same. */
	v4 = IN6_IS_ADDR_V4MAPPED(&rule->address) && rule->prefix >= 96;
	net_format(&rule->address, rule->prefix, right);
	if (v4 && *word == '[')
		return key_error(use, "'%s' is IPv4: write '%s'", word, right);
	/* The kernel takes it for an address of this host, which one depends on the socket. */
	if (rule->prefix == 128 && (streq(right, "0.0.0.0/32") || streq(right, "[::]/128")))
		return key_error(use, "'%s' names no host: all of them are '%s'", word,
			v4 ? "0.0.0.0/0" : "[::]/0");
	return 0;
}

static int parse_ports(const struct key_use *use, const char *word, struct policy_net_rule *rule)
{
	struct policy_ports ports[NET_PORTS_MAX];
	size_t n;
	int r = net_parse_ports(word, ports, &n);

	if (r == -ENOMEM)
		return r;
	if (r == -E2BIG)
		return key_error(use,
			"'%s': a rule holds %d ports or ranges: write another rule for the rest",
			word, NET_PORTS_MAX);
	if (r < 0)
		return key_error(use,
			"'%s' is no list of ports: '443,8000-8099', each from 1 to 65535", word);
	rule->ports = malloc(n * sizeof(*ports));
	if (!rule->ports)
		return -ENOMEM;
	memcpy(rule->ports, ports, n * sizeof(*ports));
	rule->n_ports = n;
	return 0;
}

static int parse_rule(
	const struct key_use *use, const struct strv *words, struct policy_net_rule *rule)
{
	int r;

	key_at_word(use, 0);
	r = words->n ? parse_protocol(use, words->v[0], rule) : 0;
	if (r < 0)
		return r;
	if (words->n != 3)
		return key_error(use,
			"'%s' is no rule: 'PROTOCOL NETWORK PORTS', as in 'tcp "
			"10.0.0.0/8 443,8000-8099'",
			use->text);
	key_at_word(use, 1);
	r = parse_network(use, words->v[1], rule);
	if (r < 0)
		return r;
	key_at_word(use, 2);
	return parse_ports(use, words->v[2], rule);
}

static int add_rule(
	struct policy_net_rule **rules, size_t *n, struct policy_net_rule *rule, int parsed)
{
	struct policy_net_rule *room = NULL;

	if (parsed == 0)
		room = array_room(*rules, *n, sizeof(*room));
	if (!room) {
		free(rule->ports);
		return parsed < 0 ? parsed : -ENOMEM;
	}
	*rules = room;
	room[(*n)++] = *rule;
	return 0;
}

static void clear_rules(struct policy_net_rule **rules, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		free((*rules)[i].ports);
	free(*rules);
	*rules = NULL;
	*n = 0;
}

/* One more rule, for which more than its form may be asked. */
static int parse_into(struct policy_net_rule **rules, size_t *n, const struct key_use *use,
	int (*check)(const struct key_use *use, const struct strv *words,
		const struct policy_net_rule *rule))
{
	_cleanup_strv_ struct strv words = { 0 };
	struct policy_net_rule rule = { .at = use->at };
	int r = key_words(use, &words);

	if (r == 0)
		r = parse_rule(use, &words, &rule);
	if (r == 0 && check)
		r = check(use, &words, &rule);
	return add_rule(rules, n, &rule, r);
}

static int parse_net_rules(const struct key_use *use, void *target)
{
	struct policy *policy = target;

	return parse_into(&policy->network.connect, &policy->network.n_connect, use, NULL);
}

static void clear_net_rules(const struct key *key, void *target)
{
	struct policy *policy = target;

	(void)key;
	clear_rules(&policy->network.connect, &policy->network.n_connect);
}

const struct key_type type_net_rules = {
	.form = "tcp|udp NETWORK PORTS",
	.parse = parse_net_rules,
	.clear = clear_net_rules,
	.list = true,
};

/* What rule->address and its prefix have in common with a socket. */
static bool is_socket(const struct policy_net_rule *rule)
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(&rule->address) && rule->prefix >= 96;

	return rule->prefix == 128 || rule->prefix == (v4 ? 96 : 0);
}

static int check_socket(
	const struct key_use *use, const struct strv *words, const struct policy_net_rule *rule)
{
	key_at_word(use, 0);
	if (rule->protocol != POLICY_TCP)
		return key_error(
			use, "'%s' is not supported by this build: only tcp listens", words->v[0]);
	key_at_word(use, 1);
	if (!is_socket(rule))
		return key_error(use,
			"'%s' is a network: a socket is on one address, or on all of a family: "
			"'0.0.0.0/0' and '[::]/0'",
			words->v[1]);
	key_at_word(use, 2);
	for (size_t i = 0; i < rule->n_ports; i++)
		if (rule->ports[i].first != rule->ports[i].last)
			return key_error(
				use, "'%s' has a range in it: a socket has one port", words->v[2]);
	return 0;
}

static int parse_listen(const struct key_use *use, void *target)
{
	struct policy *policy = target;

	return parse_into(&policy->network.listen, &policy->network.n_listen, use, check_socket);
}

static void clear_listen(const struct key *key, void *target)
{
	struct policy *policy = target;

	(void)key;
	clear_rules(&policy->network.listen, &policy->network.n_listen);
}

const struct key_type type_listen = {
	.form = "tcp ADDRESS PORTS",
	.parse = parse_listen,
	.clear = clear_listen,
	.list = true,
};
