/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include "policy/key.h"
#include "policy/net.h"

#include <limits.h>

void explain_say(
	struct explanation *e, bool allowed, const struct policy_place *at, const char *fmt, ...)
{
	va_list ap;

	*e = (struct explanation){ .allowed = allowed };
	if (at)
		e->at = *at;
	va_start(ap, fmt);
	(void)vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
}

void explain_cure(struct explanation *e, const char *section, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(e->cure, sizeof(e->cure), fmt, ap);
	va_end(ap);
	n = strlen(e->cure);
	(void)snprintf(e->cure + n, sizeof(e->cure) - n, " in [%s]", section);
}

/* ---- files ---- */

static void say_grant(bool allowed, const struct policy_grant *grant, struct explanation *ret)
{
	char text[sizeof(ret->why)];

	policy_grant_text(grant, text, sizeof(text));
	explain_say(ret, allowed, &grant->at, "%s", text);
}

/* What a mount has to let through: metadata is written, too. */
static enum policy_rights mount_needs(enum policy_rights wanted)
{
	return wanted == POLICY_OWN ? POLICY_WRITE : wanted;
}

/* The grants would allow it, and the mount doesn't. OUTSIDE is the path on the host. */
static void explain_mount(const struct reach_place *seen, const char *outside,
	enum policy_rights wanted, struct explanation *ret)
{
	const struct policy_grant *grant = seen->grant;

	say_grant(false, grant, ret);
	if (!grant->inside || policy_grant_is_root(grant))
		explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), outside);
	else if (mount_needs(wanted) == POLICY_WRITE && grant->rights == POLICY_READ)
		explain_cure(ret, "filesystem", "mount = %s:%s", grant->path, grant->inside);
	else
		explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), grant->path);
}

/* The path on the host, of what is seen under PATH. */
static void path_outside(
	const struct reach_place *seen, const char *path, char outside[static PATH_MAX])
{
	if (!seen || reach_outside(seen, path, outside, PATH_MAX) < 0)
		(void)snprintf(outside, PATH_MAX, "%s", path);
}

/* A root that isn't private shows more than is granted. */
static void explain_root(const struct policy_grant *root, const char *outside,
	enum policy_rights wanted, struct explanation *ret)
{
	explain_say(ret, false, &root->at, "no grant covers it: the host's root is only seen");
	explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), outside);
}

bool explain_owner(const struct explain_files *files, const char *path, struct explanation *ret)
{
	const struct policy_own *own = own_closing(files->owns, files->n_owns, NULL, path);

	if (!own)
		return false;
	explain_say(ret, false, &own->at, "tenant '%s' owns '%s'", own->tenant, own->path);
	(void)snprintf(ret->cure, sizeof(ret->cure),
		"share = %s in [filesystem] of tenant '%s', beside a grant here", path,
		own->tenant);
	ret->wall = EXPLAIN_OWNER;
	return true;
}

/* The grants decide, whether the mount would let it through or not. */
static void explain_grant(bool given, const struct policy_grant *grant, const char *outside,
	enum policy_rights wanted, struct explanation *ret)
{
	say_grant(given, grant, ret);
	if (!given)
		explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), outside);
}

void explain_file(const struct explain_files *files, const char *path, enum policy_rights wanted,
	struct explanation *ret)
{
	const struct reach_place *seen = reach_seen(&files->reach, path), *p;
	bool given, passes;
	char outside[PATH_MAX];

	path_outside(seen, path, outside);
	p = reach_nearest(&files->reach, outside, wanted);
	if (seen && explain_owner(files, outside, ret))
		return;
	if (!seen || (!p && !policy_grant_is_root(seen->grant))) {
		explain_private(files, path, wanted, ret);
		return;
	}
	given = p && (reach_of(p->grant->rights) & wanted);
	passes = reach_passes(&files->reach, seen, path) & mount_needs(wanted);
	if (!p)
		explain_root(seen->grant, outside, wanted, ret);
	else if (given && !passes)
		explain_mount(seen, outside, wanted, ret);
	else
		explain_grant(given, p->grant, outside, wanted, ret);
	if (!given && passes)
		ret->wall = EXPLAIN_GRANTS;
}

/* ---- network ---- */

/* As it stands in the file, so that it can be searched for. */
static const char *text_of_rule(const struct policy *policy, const struct policy_net_rule *rule)
{
	for (size_t i = 0; i < policy->n_assignments; i++)
		if (place_compare(&policy->assignments[i].at, &rule->at) == 0)
			return policy->assignments[i].text;
	return "?";
}

static bool is_unspecified(const struct net *to)
{
	static const struct in6_addr any = { 0 },
				     any_v4 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	return memcmp(&to->address, &any, sizeof(any)) == 0 ||
	       memcmp(&to->address, &any_v4, sizeof(any_v4)) == 0;
}

static void suggest_rule(
	enum policy_protocol protocol, const struct net *to, uint16_t port, struct explanation *ret)
{
	char network[NET_TEXT_SIZE], *slash;

	net_format(&to->address, to->prefix, network);
	slash = strchr(network, '/');
	if (slash)
		*slash = '\0';
	explain_cure(ret, "network", "connect = %s %s %u", protocol == POLICY_TCP ? "tcp" : "udp",
		network, port);
}

void explain_connect(const struct policy *policy, enum policy_protocol protocol,
	const struct in6_addr *address, uint16_t port, struct explanation *ret)
{
	const struct net to = { *address, 128 };

	if (is_unspecified(&to)) {
		explain_say(ret, false, NULL,
			"what 0.0.0.0 and :: reach depends on the socket: no rule "
			"can allow it");
		ret->wall = EXPLAIN_GRANTS;
		return;
	}
	for (size_t i = 0; i < policy->network.n_connect; i++) {
		const struct policy_net_rule *rule = &policy->network.connect[i];
		const struct net network = { rule->address, rule->prefix };

		if (!net_holds(&network, &to) || !net_has_port(rule, protocol, port))
			continue;
		explain_say(ret, true, &rule->at, "connect = %s", text_of_rule(policy, rule));
		return;
	}
	if (policy->network.mode == POLICY_NETWORK_NONE) {
		explain_say(
			ret, false, NULL, "with 'mode = none' there is no network to reach it by");
		explain_cure(ret, "network", "mode = host, and then a connect rule,");
		return;
	}
	explain_say(ret, false, NULL, "no connect rule covers it");
	ret->wall = EXPLAIN_GRANTS;
	suggest_rule(protocol, &to, port, ret);
}
