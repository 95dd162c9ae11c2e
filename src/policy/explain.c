/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include "policy/allowlist.h"
#include "policy/key.h"
#include "policy/net.h"

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
	const struct policy_own *own = own_above(files->owns, files->n_owns, NULL, path);

	if (own) {
		say(ret, false, &own->at, "tenant '%s' owns '%s'", own->tenant, own->path);
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

/* allowlist_limit() in words. */
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

/* The first entry that says something of the question; NULL: none does. */
static const struct policy_call *find_entry(
	const struct policy_calls *calls, const struct explain_call *call)
{
	for (size_t i = 0; i < calls->n; i++)
		if (streq(calls->v[i].name, call->name) &&
			(!calls->v[i].cases.n || cases_overlap(&calls->v[i].cases, &call->cases)))
			return &calls->v[i];
	return NULL;
}

static const char *format_call(const struct policy_call *call, char *text, size_t size)
{
	(void)snprintf(text, size, call->test ? "%s(%s)" : "%s%s", call->name,
		call->test ? call->test : "");
	return text;
}

static void say_allowed(const struct policy *policy, const struct policy_calls *profile,
	const char *profile_name, const struct explain_call *call, struct explanation *ret)
{
	const struct policy_call *allow = find_entry(&policy->seccomp.allow, call);
	const struct policy_call *shipped = find_entry(profile, call);
	char text[LINE_MAX_LEN];

	if (allow && !(shipped && !shipped->cases.n))
		say(ret, true, &allow->at, "allow = %s%s", format_call(allow, text, sizeof(text)),
			limit_of(call->name));
	else
		say(ret, true, NULL, "the profile '%s' has it%s", profile_name,
			limit_of(call->name));
}

static void say_denied(const struct policy *policy, const struct policy_calls *profile,
	const char *profile_name, const struct explain_call *call, struct explanation *ret)
{
	const struct policy_call *deny = find_entry(&policy->seccomp.deny, call);
	char text[LINE_MAX_LEN];

	if (deny) {
		say(ret, false, &deny->at, "deny = %s: %s", format_call(deny, text, sizeof(text)),
			answer_of(policy, call->name));
		return;
	}
	if (find_entry(profile, call) || find_entry(&policy->seccomp.allow, call)) {
		say(ret, false, NULL, "no policy can allow that: %s",
			answer_of(policy, call->name));
		return;
	}
	say(ret, false, NULL, "the profile '%s' lacks it: %s", profile_name,
		answer_of(policy, call->name));
	add_cure(ret, "seccomp", "allow = %s", call->name);
}

/* What takes something away, else what gives no more than a part. */
static void say_partly(const struct policy *policy, const struct policy_calls *profile,
	const char *profile_name, const struct explain_call *call, struct explanation *ret)
{
	const struct policy_call *deny = find_entry(&policy->seccomp.deny, call);
	const struct policy_call *allow = find_entry(&policy->seccomp.allow, call);
	const struct policy_call *shipped = find_entry(profile, call);
	char text[LINE_MAX_LEN];

	if (deny)
		say(ret, false, &deny->at, "not where deny = %s",
			format_call(deny, text, sizeof(text)));
	else if (allow)
		say(ret, false, &allow->at, "only where allow = %s",
			format_call(allow, text, sizeof(text)));
	else if (shipped && shipped->test)
		say(ret, false, NULL, "only where the profile '%s' has it: %s", profile_name,
			format_call(shipped, text, sizeof(text)));
	else
		say(ret, false, NULL, "not all of it can be allowed%s", limit_of(call->name));
	ret->partly = true;
}

int explain_syscall(const struct policy *policy, const struct policy_calls *profile,
	const char *profile_name, const struct explain_call *call, struct explanation *ret,
	struct sbx_error *err)
{
	_cleanup_calls_ struct policy_calls list = { 0 };
	_cleanup_cases_ struct call_cases rest = { 0 };
	const struct policy_call *listed;
	int r = allowlist_make(policy, profile, &list, err);

	if (r < 0)
		return r;
	listed = calls_find(&list, call->name);
	if (!listed || (listed->cases.n && !cases_overlap(&listed->cases, &call->cases))) {
		say_denied(policy, profile, profile_name, call, ret);
		return 0;
	}
	for (size_t i = 0; i < call->cases.n && r == 0; i++)
		r = cases_add(&rest, &call->cases.v[i]);
	if (r == 0)
		r = listed->cases.n ? cases_subtract(&rest, &listed->cases) : 0;
	if (r < 0)
		return error_errno(err, -r, "compare the cases of '%s'", call->name);
	if (!listed->cases.n || !rest.n) {
		say_allowed(policy, profile, profile_name, call, ret);
		return 0;
	}
	say_partly(policy, profile, profile_name, call, ret);
	return 0;
}
