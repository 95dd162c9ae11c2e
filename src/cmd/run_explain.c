/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_explain.h"

#include "cmd/lookup.h"
#include "cmd/report.h"
#include "kernel/find_inode.h"
#include "launch/module_watch.h"
#include "policy/explain.h"
#include "policy/key.h"

#include <netinet/in.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

/* How many names are looked at for a file whose numbers alone are known. */
enum { NAMES_MAX = 100000 };

struct telling {
	const struct plan *plan;
	const struct outcome *outcome;
	FILE *out;
	bool told;
};

__attribute__((format(printf, 2, 3))) static void tell(struct telling *t, const char *fmt, ...)
{
	char text[PLACE_TEXT_MAX + PATH_MAX + 512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_make_printable(text);
	(void)fprintf(t->out, "sandboxctl: explain: %s\n", text);
	t->told = true;
}

/* ---- lines of the policy ---- */

/* "WHY: FILE:LINE: KEY = VALUE in [SECTION]"; nothing where the policy has nothing of the kind. */
static void tell_line(struct telling *t, const char *why, const char *section, const char *name)
{
	const struct policy_assignment *line = policy_find_value(t->plan->policy, section, name);
	const char *value = line ? line->text : policy_initial_value(section, name);
	const struct policy_place nowhere = { 0 };
	char where[PLACE_TEXT_MAX];

	if (value && *value)
		tell(t, "%s: %s: %s = %s in [%s]", why,
			place_text(line ? &line->at : &nowhere, where), name, value, section);
}

/* ---- cgroups and time ---- */

/* Which of the two was met isn't counted. */
static void tell_limit(struct telling *t, const char *why, const char *file)
{
	tell_line(t, why, "cgroup.sandbox", file);
	tell_line(t, why, "cgroup", file);
}

static void tell_limits(struct telling *t)
{
	const struct outcome *o = t->outcome;
	char why[64];

	(void)snprintf(why, sizeof(why), "cgroup: out of memory, %llu killed",
		(unsigned long long)o->oom_kills);
	if (o->oom_kills)
		tell_limit(t, why, "memory.max");
	(void)snprintf(why, sizeof(why), "cgroup: %llu fork%s refused",
		(unsigned long long)o->pids_max_hits, o->pids_max_hits == 1 ? "" : "s");
	if (o->pids_max_hits)
		tell_limit(t, why, "pids.max");
}

static void tell_timeout(struct telling *t)
{
	if (t->outcome->reason != OUTCOME_TIMEOUT)
		return;
	if (streq(t->outcome->step, MODULE_WATCH_STEP))
		tell_line(t, "time: its start is over", "runtime", "start.timeout");
	else if (t->plan->options->timeout)
		tell(t, "time: --timeout is over");
	else
		tell_line(t, "time: it is over", "runtime", "timeout");
}

/* ---- seccomp ---- */

static void tell_seccomp(struct telling *t)
{
	if (t->outcome->reason != OUTCOME_SECCOMP)
		return;
	if (t->plan->policy->seccomp.action == POLICY_SECCOMP_ERRNO) {
		tell(t, "seccomp: a call of another architecture, which no policy can allow, or "
			"SIGSYS by somebody else");
		return;
	}
	tell_line(t, "seccomp: ended for a call that it may not make", "seccomp", "default");
	tell(t, "which call is not known: --set 'seccomp.default=errno EPERM' lets the command go "
		"on, and say it");
}

/* ---- the LSM ---- */

static void tell_explanation(struct telling *t, const char *what, const struct explanation *e)
{
	char where[PLACE_TEXT_MAX];

	if (e->at.source)
		tell(t, "%s: %s: %s", what, place_text(&e->at, where), e->why);
	else
		tell(t, "%s: %s", what, e->why);
	if (*e->cure)
		tell(t, "would allow it: %s", e->cure);
}

/*
 * What the LSM saw is an inode. In a private root it is in one of the places; a host's root is too
 * large to look for it.
 */
static int find_denied(const struct telling *t, const struct reach *reach,
	char outside[static PATH_MAX], char inside[static PATH_MAX])
{
	const struct sbx_denial *d = &t->outcome->leaf.last;
	const struct inode_sought sought = { makedev(d->dev >> 20, d->dev & 0xfffff), d->ino };
	unsigned int budget = NAMES_MAX;
	char below[PATH_MAX];

	for (size_t i = 0; i < reach->n; i++) {
		const char *top = reach->places[i].path;

		if (streq(top, "/") ||
			find_inode(t->plan->places[i].fd, &sought, &budget, below) < 0 ||
			snprintf(outside, PATH_MAX, "%s%s", top, below) >= PATH_MAX)
			continue;
		return reach_shown(&reach->places[i], outside, inside, PATH_MAX);
	}
	return -ENOENT;
}

/* Others' are looked for where one of them is the reason: there may be thousands. */
static int find_owns(const struct telling *t, struct lookup_tenants *others,
	struct policy_own **ret_owns, size_t *ret_n)
{
	const struct strv self = { (char *[]){ t->plan->policy->tenant, NULL }, 1 };
	struct sbx_error ignored;
	struct policy_own *owns;
	size_t n = 0;

	if (t->outcome->leaf.last.why == SBX_WHY_OWNED &&
		lookup_tenants(&t->plan->options->dirs, &self, others, &ignored) < 0)
		return -ENOMEM;
	owns = calloc(others->owns.n + 1, sizeof(*owns));
	if (!owns)
		return -ENOMEM;
	for (size_t i = 0; i < others->owns.n; i++)
		if (others->owns.v[i].r == 0)
			owns[n++] = (struct policy_own){ others->owns.v[i].place.path,
				others->owns.v[i].tenant, others->owns.v[i].grant->at };
	own_sort(owns, n);
	*ret_owns = owns;
	*ret_n = n;
	return 0;
}

/* By the order of what is harder to get. */
static const struct {
	unsigned int right;
	enum policy_rights wanted;
} rights[] = { { SBX_METADATA, POLICY_OWN }, { SBX_WRITE, POLICY_WRITE }, { SBX_EXEC, POLICY_EXEC },
	{ SBX_READ, POLICY_READ } };

static void tell_right(struct telling *t)
{
	const struct sbx_denial *d = &t->outcome->leaf.last;
	size_t i = 0;

	if (d->why != SBX_WHY_NO_GRANT && d->why != SBX_WHY_RIGHTS)
		return;
	while (i < ARRAY_SIZE(rights) - 1 && !(d->wanted & rights[i].right))
		i++;
	tell(t, "would allow it: %s = its path in [filesystem]",
		policy_rights_name(rights[i].wanted));
}

static void tell_found(struct telling *t, const struct explain_files *files, const char *outside,
	const char *inside)
{
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		struct explanation e;

		if (!(t->outcome->leaf.last.wanted & rights[i].right))
			continue;
		explain_file(files, inside, rights[i].wanted, &e);
		if (e.allowed)
			continue;
		tell_explanation(t, outside, &e);
		return;
	}
}

static void tell_file(struct telling *t)
{
	_cleanup_lookup_tenants_ struct lookup_tenants others = { 0 };
	_cleanup_free_ struct reach_place *places = plan_places(t->plan);
	_cleanup_free_ struct policy_own *owns = NULL;
	struct explain_files files = {
		.reach = { places, t->plan->n_places },
		.proc = policy_proc(t->plan->policy),
	};
	char outside[PATH_MAX], inside[PATH_MAX];

	if (!places || find_owns(t, &others, &owns, &files.n_owns) < 0)
		return;
	files.owns = owns;
	if (find_denied(t, &files.reach, outside, inside) == 0)
		tell_found(t, &files, outside, inside);
	else
		tell_right(t);
}

static void tell_connect(struct telling *t)
{
	const struct sbx_denial *d = &t->outcome->leaf.last;
	struct in6_addr address;
	struct explanation e;

	memcpy(&address, d->address, sizeof(address));
	explain_connect(t->plan->policy, d->protocol == IPPROTO_TCP ? POLICY_TCP : POLICY_UDP,
		&address, d->port, &e);
	if (!e.allowed)
		tell_explanation(t, "network", &e);
}

static void tell_denials(struct telling *t)
{
	const struct sbx_denial *d = &t->outcome->leaf.last;
	char text[450];

	report_describe_denials(t->outcome, text, sizeof(text));
	if (!*text)
		return;
	tell(t, "lsm: denied %s", text);
	if (report_is_of_file(d))
		tell_file(t);
	else if (d->why == SBX_WHY_NO_RULE && d->family != AF_UNIX)
		tell_connect(t);
}

/* ---- all of it ---- */

void run_explain(const struct plan *plan, const struct outcome *outcome, FILE *out)
{
	struct telling t = { plan, outcome, out, false };

	tell_timeout(&t);
	tell_limits(&t);
	tell_seccomp(&t);
	tell_denials(&t);
	if (!t.told && outcome->reason != OUTCOME_SETUP && outcome->exit_code != 0)
		tell(&t,
			"nothing was denied that is counted; what seccomp answers by an errno, "
			"what a "
			"mount refuses and what isn't in sight are not: see sandboxctl policy "
			"explain %s",
			plan->policy->tenant);
}
