/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_explain.h"

#include "cmd/denial.h"
#include "cmd/report.h"
#include "launch/module_watch.h"
#include "policy/key.h"

#include <stdarg.h>

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
	if (t->outcome->lsm)
		tell(t, "which call it was, and what would allow it: sandboxctl events -t %s",
			t->plan->policy->tenant);
	else
		tell(t, "which call is not known: --set 'seccomp.default=errno EPERM' lets the "
			"command go on, and say it");
}

/* ---- the LSM ---- */

static void tell_explanation(struct telling *t, const char *what, const struct explanation *e)
{
	char where[PLACE_TEXT_MAX];

	if (e->at.source)
		tell(t, "%s: %s: %s", what, place_text(&e->at, where), e->why);
	else if (*e->why)
		tell(t, "%s: %s", what, e->why);
	if (*e->cure)
		tell(t, "would allow it: %s", e->cure);
}

static void tell_denial(struct telling *t)
{
	_cleanup_free_ struct reach_place *places = plan_places(t->plan);
	_cleanup_free_ int *tops = calloc(t->plan->n_places + 1, sizeof(*tops));
	unsigned int names = NAMES_MAX;
	const struct denial_subject subject = { &t->plan->options->dirs, t->plan->policy,
		{ places, t->plan->n_places }, tops, &names };
	_cleanup_denial_answer_ struct denial_answer answer = { 0 };

	for (size_t i = 0; tops && i < t->plan->n_places; i++)
		tops[i] = t->plan->places[i].fd;
	if (!places || !tops || denial_explain(&subject, &t->outcome->leaf.last, &answer) < 0)
		return;
	tell_explanation(t, *answer.path ? answer.path : "network", &answer.e);
}

static void tell_denials(struct telling *t)
{
	char text[450];

	report_describe_denials(t->outcome, text, sizeof(text));
	if (!*text)
		return;
	tell(t, "lsm: denied %s", text);
	tell_denial(t);
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
