/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include "policy/key.h"
#include "policy/net.h"
#include "policy/text.h"

#include <limits.h>

__attribute__((format(printf, 3, 0))) static void write_text(
	char *text, size_t size, const char *fmt, va_list ap)
{
	(void)vsnprintf(text, size, fmt, ap);
}

__attribute__((format(printf, 4, 5))) static void say(
	struct explanation *e, bool allowed, const struct policy_place *at, const char *fmt, ...)
{
	va_list ap;

	*e = (struct explanation){ .allowed = allowed };
	if (at)
		e->at = *at;
	va_start(ap, fmt);
	write_text(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 3, 4))) static void add_cure(
	struct explanation *e, const char *section, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	write_text(e->cure, sizeof(e->cure), fmt, ap);
	va_end(ap);
	n = strlen(e->cure);
	(void)snprintf(e->cure + n, sizeof(e->cure) - n, " in [%s]", section);
}

/* ---- files ---- */

/* What a grant allows, of read, write and exec. */
static unsigned int rights_of(enum policy_rights grant)
{
	switch (grant) {
	case POLICY_READ:
		return POLICY_READ;
	case POLICY_EXEC:
		return POLICY_READ | POLICY_EXEC;
	case POLICY_WRITE:
	case POLICY_OWN:
		return POLICY_READ | POLICY_WRITE;
	}
	return 0;
}

/* The grant on the nearest folder above that allows what is wanted, else any on that folder. */
static const struct explain_place *nearest(
	const struct explain_files *files, const char *path, enum policy_rights wanted)
{
	const struct explain_place *best = NULL;

	for (size_t i = 0; i < files->n_places; i++) {
		const struct explain_place *p = &files->places[i];
		size_t n = strlen(p->path), best_n = best ? strlen(best->path) : 0;

		if (!path_lies_in(path, p->path) || (best && n < best_n))
			continue;
		if (!best || n > best_n || (rights_of(p->grant->rights) & wanted))
			best = p;
	}
	return best;
}

static bool is_above_a_grant(const struct explain_files *files, const char *path)
{
	for (size_t i = 0; i < files->n_places; i++)
		if (path_lies_in(files->places[i].path, path))
			return true;
	return streq(path, "/dev");
}

/* What each private root holds besides. */
static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
	"/dev/urandom", "/dev/tty" };

static void explain_private(const struct explain_files *files, const char *path,
	enum policy_rights wanted, struct explanation *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (streq(path, devices[i])) {
			say(ret, wanted != POLICY_EXEC, NULL, "the private root has this device");
			return;
		}
	if (path_lies_in(path, "/tmp")) {
		say(ret, wanted != POLICY_EXEC, NULL,
			wanted == POLICY_EXEC
				? "nothing is executed from the sandbox's own /tmp"
				: "it lies in the sandbox's own /tmp, and is not the host's");
		return;
	}
	if (is_above_a_grant(files, path)) {
		say(ret, wanted == POLICY_READ, NULL,
			"a folder of the private root, which holds what is granted and can't be "
			"written");
		return;
	}
	say(ret, false, NULL, "no grant covers it: it is not in the private root");
	add_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), path);
}

void explain_file(const struct explain_files *files, const char *path, enum policy_rights wanted,
	struct explanation *ret)
{
	const struct explain_place *p = nearest(files, path, wanted);

	for (size_t i = 0; i < files->n_owns; i++)
		if (path_lies_in(path, files->owns[i].path)) {
			say(ret, false, &files->owns[i].at, "tenant '%s' owns '%s'",
				files->owns[i].tenant, files->owns[i].path);
			return;
		}
	if (!p) {
		explain_private(files, path, wanted, ret);
		return;
	}
	say(ret, (rights_of(p->grant->rights) & wanted) != 0, &p->grant->at, "%s = %s",
		policy_rights_name(p->grant->rights), p->grant->path);
	if (!ret->allowed)
		add_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), path);
}

/* ---- network ---- */

static void format_rule(const struct policy_net_rule *rule, uint16_t port, char *text, size_t size)
{
	char network[NET_TEXT_SIZE];

	net_format(&rule->address, rule->prefix, network);
	(void)snprintf(text, size, "connect = %s %s ...%u...",
		rule->protocol == POLICY_TCP ? "tcp" : "udp", network, port);
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
	add_cure(ret, "network", "connect = %s %s %u", protocol == POLICY_TCP ? "tcp" : "udp",
		network, port);
}

void explain_connect(const struct policy *policy, enum policy_protocol protocol,
	const struct in6_addr *address, uint16_t port, struct explanation *ret)
{
	const struct net to = { *address, 128 };
	char text[160];

	if (is_unspecified(&to)) {
		say(ret, false, NULL,
			"what 0.0.0.0 and :: reach depends on the socket: no rule "
			"can allow it");
		return;
	}
	for (size_t i = 0; i < policy->network.n_connect; i++) {
		const struct policy_net_rule *rule = &policy->network.connect[i];
		const struct net network = { rule->address, rule->prefix };

		if (!net_holds(&network, &to) || !net_has_port(rule, protocol, port))
			continue;
		format_rule(rule, port, text, sizeof(text));
		say(ret, true, &rule->at, "%s", text);
		return;
	}
	if (policy->network.mode == POLICY_NETWORK_NONE) {
		say(ret, false, NULL, "with 'mode = none' there is no network to reach it by");
		add_cure(ret, "network", "mode = host, and then a connect rule,");
		return;
	}
	say(ret, false, NULL, "no connect rule covers it");
	suggest_rule(protocol, &to, port, ret);
}

/* ---- system calls ---- */

static bool has_word(const char *text, const char *wanted)
{
	char word[LINE_MAX_LEN + 1];
	bool found = true;

	while (!text_next_word(&text, word, &found) && found)
		if (streq(word, wanted))
			return true;
	return false;
}

/* Where a list of [seccomp] has the call; nowhere where it was made otherwise. */
static struct policy_place place_of_call(
	const struct policy *policy, const char *key, const char *name)
{
	/* A call of a group stands in no line by its name. */
	for (size_t i = 0; i < policy->n_assignments; i++) {
		const struct policy_assignment *a = &policy->assignments[i];

		if (streq(a->key->section, "seccomp") && streq(a->key->name, key) &&
			has_word(a->text, name))
			return a->at;
	}
	return (struct policy_place){ 0 };
}

/* What the filter says besides, whatever the lists say. */
static const struct {
	const char *name, *but;
} limited[] = {
	{ "clone", ", but no namespaces are made by it" },
	{ "setrlimit", ", but for RLIMIT_CORE" },
	{ "prlimit64", ", but for setting RLIMIT_CORE" },
};

static const char *limit_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(limited); i++)
		if (streq(limited[i].name, name))
			return limited[i].but;
	return "";
}

static const char *answer_of(const struct policy *policy, const char *name)
{
	if (streq(name, "clone3"))
		return "it is answered with ENOSYS, so that libraries fall back to clone";
	switch (policy->seccomp.action) {
	case POLICY_SECCOMP_KILL:
		return "the process is killed";
	case POLICY_SECCOMP_TRAP:
		return "the process gets SIGSYS";
	case POLICY_SECCOMP_ERRNO:
		break;
	}
	return "it is answered with an error";
}

void explain_syscall(const struct policy *policy, const struct strv *profile,
	const char *profile_name, const char *name, struct explanation *ret)
{
	struct policy_place at;

	if (strv_contains(&policy->seccomp.deny, name)) {
		at = place_of_call(policy, "deny", name);
		say(ret, false, &at, "deny = %s: %s", name, answer_of(policy, name));
		return;
	}
	if (strv_contains(&policy->seccomp.allow, name)) {
		at = place_of_call(policy, "allow", name);
		say(ret, true, &at, "allow = %s%s", name, limit_of(name));
		return;
	}
	if (strv_contains(profile, name)) {
		say(ret, true, NULL, "the profile '%s' has it%s", profile_name, limit_of(name));
		return;
	}
	say(ret, false, NULL, "the profile '%s' lacks it: %s", profile_name,
		answer_of(policy, name));
	add_cure(ret, "seccomp", "allow = %s", name);
}
