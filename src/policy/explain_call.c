/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says of a system call, in all of its cases or in some. */
#include "policy/allowlist.h"
#include "policy/explain.h"
#include "policy/key.h"

struct asked {
	const struct policy *policy;
	const struct policy_calls *profile;
	const char *profile_name;
	const struct explain_call *call;
	struct call_cases allowed; /* what of the call the list allows, before it is denied */
	struct call_cases denied;
	struct call_cases met; /* what of the question is allowed, before it is denied */
};

static void asked_clear(struct asked *a)
{
	cases_clear(&a->allowed);
	cases_clear(&a->denied);
	cases_clear(&a->met);
}

static int look_up(struct asked *a, struct sbx_error *err)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };
	int r = allowlist_make(a->policy, a->profile, &list, err);

	if (r < 0)
		return r;
	r = calls_gather(&list.allow, a->call->name, &a->allowed);
	if (r == 0)
		r = calls_gather(&list.deny, a->call->name, &a->denied);
	if (r == 0)
		r = cases_add_all(&a->met, &a->call->cases);
	if (r == 0)
		r = cases_meet(&a->met, &a->allowed);
	if (r == -E2BIG)
		return error_set(err, EINVAL, "'%s': too many cases to compare", a->call->name);
	return r < 0 ? error_errno(err, -r, "compare the cases of '%s'", a->call->name) : 0;
}

static const char *answer_of(const struct asked *a)
{
	if (streq(a->call->name, "clone3") && !a->allowed.n)
		return "it is answered with ENOSYS, so that libraries fall back to clone";
	switch (a->policy->seccomp.action) {
	case POLICY_SECCOMP_KILL:
		return "the process is killed";
	case POLICY_SECCOMP_TRAP:
		return "the process gets SIGSYS";
	case POLICY_SECCOMP_ERRNO:
		break;
	}
	return "it is answered with an error";
}

static bool speaks_of(
	const struct policy_call *entry, const char *name, const struct call_cases *cases)
{
	return streq(entry->name, name) && (!entry->cases.n || cases_overlap(&entry->cases, cases));
}

/* The first entry that says something of these cases, and how many others do. */
static const struct policy_call *find_entry(const struct policy_calls *calls, const char *name,
	const struct call_cases *cases, size_t *ret_others)
{
	const struct policy_call *first = NULL;

	*ret_others = 0;
	for (size_t i = 0; i < calls->n; i++) {
		if (!speaks_of(&calls->v[i], name, cases))
			continue;
		if (first)
			++*ret_others;
		else
			first = &calls->v[i];
	}
	return first;
}

/* "socket(domain == AF_INET), and 2 more" */
static const char *format_entry(
	const struct policy_call *entry, size_t others, char text[static LINE_MAX_LEN])
{
	int n = snprintf(
		text, LINE_MAX_LEN, entry->test ? "%s(%s)" : "%s", entry->name, entry->test);

	if (others && n < LINE_MAX_LEN)
		(void)snprintf(text + n, (size_t)(LINE_MAX_LEN - n), ", and %zu more", others);
	return text;
}

static void say_allowed(const struct asked *a, struct explanation *ret)
{
	const char *limit = a->call->test ? "" : allowlist_limit_text(a->call->name);
	char text[LINE_MAX_LEN];
	size_t others;
	const struct policy_call *allow =
		find_entry(&a->policy->seccomp.allow, a->call->name, &a->call->cases, &others);

	if (allow && !calls_find_whole(a->profile, a->call->name))
		explain_say(ret, true, &allow->at, "allow = %s%s",
			format_entry(allow, others, text), limit);
	else
		explain_say(ret, true, NULL, "the profile '%s' has it%s", a->profile_name, limit);
}

static void say_denied(
	const struct asked *a, const struct call_cases *cases, struct explanation *ret)
{
	char text[LINE_MAX_LEN];
	size_t others;
	const struct policy_call *deny =
		find_entry(&a->policy->seccomp.deny, a->call->name, cases, &others);

	if (!deny) {
		explain_say(ret, false, NULL, "no policy can allow that: %s", answer_of(a));
		return;
	}
	explain_say(ret, false, &deny->at, "deny = %s: %s", format_entry(deny, others, text),
		answer_of(a));
}

/* Nothing of it is allowed by any entry. */
static int say_lacking(const struct asked *a, struct explanation *ret)
{
	_cleanup_cases_ struct call_cases limit = { 0 };
	const struct policy_call *deny = calls_find_whole(&a->policy->seccomp.deny, a->call->name);
	int r = allowlist_limit(a->call->name, &limit);

	if (r < 0)
		return r;
	if (deny) {
		say_denied(a, &a->call->cases, ret);
		return 0;
	}
	if (!cases_overlap(&limit, &a->call->cases)) {
		explain_say(ret, false, NULL, "no policy can allow that: %s", answer_of(a));
		return 0;
	}
	explain_say(
		ret, false, NULL, "the profile '%s' lacks it: %s", a->profile_name, answer_of(a));
	explain_cure(ret, "seccomp", a->call->test ? "allow = %s(%s)" : "allow = %s", a->call->name,
		a->call->test);
	return 0;
}

static void say_partly(const struct asked *a, struct explanation *ret)
{
	char text[LINE_MAX_LEN];
	size_t others;
	const struct policy_call *entry =
		find_entry(&a->policy->seccomp.deny, a->call->name, &a->met, &others);

	if (entry)
		explain_say(ret, false, &entry->at, "not where deny = %s",
			format_entry(entry, others, text));
	else if (cases_cover(&a->allowed, &a->call->cases))
		explain_say(ret, false, NULL, "all of it%s", allowlist_limit_text(a->call->name));
	else if ((entry = find_entry(&a->policy->seccomp.allow, a->call->name, &a->met, &others)))
		explain_say(ret, false, &entry->at, "only where allow = %s",
			format_entry(entry, others, text));
	else
		explain_say(ret, false, NULL, "only a part of it is in the profile '%s'%s",
			a->profile_name, allowlist_limit_text(a->call->name));
	ret->partly = true;
}

static int answer(const struct asked *a, struct explanation *ret)
{
	if (!a->met.n)
		return say_lacking(a, ret);
	if (cases_cover(&a->denied, &a->met))
		say_denied(a, &a->met, ret);
	else if (cases_overlap(&a->denied, &a->met) || !cases_cover(&a->allowed, &a->call->cases))
		say_partly(a, ret);
	else
		say_allowed(a, ret);
	return 0;
}

int explain_syscall(const struct policy *policy, const struct policy_calls *profile,
	const char *profile_name, const struct explain_call *call, struct explanation *ret,
	struct sbx_error *err)
{
	_cleanup_(asked_clear) struct asked a = {
		.policy = policy,
		.profile = profile,
		.profile_name = profile_name,
		.call = call,
	};
	int r = look_up(&a, err);

	if (r < 0)
		return r;
	r = answer(&a, ret);
	return r < 0 ? error_errno(err, -r, "compare the cases of '%s'", call->name) : 0;
}
