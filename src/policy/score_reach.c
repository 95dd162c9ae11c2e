/* SPDX-License-Identifier: Apache-2.0 */
/* Judges of what can be reached: networks and files. */
#include "policy/net.h"
#include "policy/score_judge.h"

/* ---- network ---- */

enum {
	V4_PREFIX = 96, /* of ::ffff:0:0/96 */
	MANY_PORTS = 1024,
};

static bool concerns(
	const struct policy_net_rule *rule, const char *network, const struct score_row *row)
{
	const struct net asked = { rule->address, rule->prefix };
	bool v4 = IN6_IS_ADDR_V4MAPPED(&rule->address) && rule->prefix >= V4_PREFIX;
	struct net known;

	(void)net_parse(network, &known.address, &known.prefix);
	if (row->port && !net_has_port(rule, POLICY_TCP, row->port))
		return false;
	if (net_holds(&asked, &known))
		return true;
	return net_holds(&known, &asked) &&
	       (v4 ? rule->prefix - V4_PREFIX < row->v4 : rule->prefix < row->v6);
}

static bool has_many_ports(const struct policy_net_rule *rule)
{
	unsigned int n = 0;

	for (size_t i = 0; i < rule->n_ports; i++)
		n += rule->ports[i].last - rule->ports[i].first + 1U;
	return n > MANY_PORTS;
}

static unsigned int judge_rule(const struct policy_net_rule *rule, const struct score_row *row)
{
	for (const char *const *network = row->words; *network; network++)
		if (concerns(rule, *network, row))
			return row->range > 1 && has_many_ports(rule) ? 2 : 1;
	return 0;
}

unsigned int judge_connect(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	unsigned int worst = 0;

	for (size_t i = 0; i < s->policy->network.n_connect; i++) {
		const struct policy_net_rule *rule = &s->policy->network.connect[i];
		unsigned int badness = judge_rule(rule, row);
		char network[NET_TEXT_SIZE];

		if (badness <= worst)
			continue;
		worst = badness;
		net_format(&rule->address, rule->prefix, network);
		score_note(f, &rule->at, "%s %s", rule->protocol == POLICY_TCP ? "tcp" : "udp",
			network);
	}
	return worst;
}

/* ---- files ---- */

static void note_grant(struct score_finding *f, const struct policy_grant *grant)
{
	char text[sizeof(f->what)];

	policy_grant_text(grant, text, sizeof(text));
	score_note(f, &grant->at, "%s", text);
}

static unsigned int judge_path(const char *path, const struct score_row *row)
{
	static const char *const none[] = { NULL };
	unsigned int badness = 0;

	/* A link to /run, wherever we run. */
	if (path_lies_in(path, "/var/run"))
		path += strlen("/var");
	for (const char *const *top = row->tops ? row->tops : none; *top; top++)
		if (path_lies_in(*top, path))
			return row->range;
	for (const char *const *word = row->words ? row->words : none; *word; word++) {
		if (path_lies_in(*word, path))
			return row->range;
		if (path_lies_in(path, *word))
			badness = 1;
	}
	return badness;
}

unsigned int judge_grants(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	unsigned int worst = 0;

	for (size_t i = 0; i < s->policy->filesystem.n_grants; i++) {
		const struct policy_grant *grant = &s->policy->filesystem.grants[i];
		unsigned int badness = 0;

		if (grant->rights & row->rights)
			badness = judge_path(grant->path, row);
		if (badness <= worst)
			continue;
		worst = badness;
		note_grant(f, grant);
	}
	return worst;
}

/* Grants inside each other don't add up, the nearest decides: only those on one folder do. */
unsigned int judge_code(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const struct policy_grant *grants = s->policy->filesystem.grants;
	size_t n = s->policy->filesystem.n_grants;

	(void)row;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n && grants[i].rights == POLICY_EXEC; j++)
			if ((grants[j].rights & (POLICY_WRITE | POLICY_OWN)) &&
				streq(grants[i].path, grants[j].path)) {
				note_grant(f, &grants[j]);
				return 1;
			}
	return 0;
}
