/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/allowlist.h"

#include "policy/test.h"

/*
 * One call's rows are alternatives. In a user namespace of its own a tenant would have every
 * capability again. The launcher sets the limit of core dumps to 1 byte, for at 0 the kernel would
 * feed a core_pattern that is a pipe, outside of the sandbox; asking for it is allowed.
 */
static const struct {
	const char *name, *test;
} limits[] = {
	{ "clone", "flags & CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|"
		   "CLONE_NEWPID|CLONE_NEWNET == 0" },
	{ "prlimit64", "resource != RLIMIT_CORE" },
	{ "prlimit64", "resource == RLIMIT_CORE && new_rlim == 0" },
	{ "setrlimit", "resource != RLIMIT_CORE" },
};

static int add_cases(struct call_cases *to, const struct call_cases *from)
{
	int r = 0;

	for (size_t i = 0; i < from->n && r == 0; i++)
		r = cases_add(to, &from->v[i]);
	return r;
}

int allowlist_limit(const char *name, struct call_cases *ret_cases)
{
	_cleanup_cases_ struct call_cases all = { 0 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(limits) && r == 0; i++) {
		_cleanup_cases_ struct call_cases cases = { 0 };
		struct test_error err;

		if (!streq(limits[i].name, name))
			continue;
		r = test_parse(name, limits[i].test, &cases, &err);
		if (r == 0)
			r = add_cases(&all, &cases);
	}
	if (r == 0 && !all.n)
		r = cases_add(&all, &call_always);
	if (r < 0)
		return r;
	*ret_cases = all;
	all = (struct call_cases){ 0 };
	return 0;
}

bool allowlist_is_idle(const struct policy *policy, const struct policy_calls *profile,
	const struct policy_call *call)
{
	return call->cases.n && (calls_find_whole(profile, call->name) ||
					calls_find_whole(&policy->seccomp.allow, call->name));
}

static int check_idle(
	const struct policy *policy, const struct policy_calls *profile, struct sbx_error *err)
{
	for (size_t i = 0; i < policy->seccomp.allow.n; i++) {
		const struct policy_call *call = &policy->seccomp.allow.v[i];

		if (!allowlist_is_idle(policy, profile, call))
			continue;
		(void)error_set(err, EINVAL,
			"%s:%u: allow: '%s(%s)' restricts nothing: '%s' is allowed as a whole",
			place_file(&call->at), call->at.line, call->name, call->test, call->name);
		return error_cure(err, -EINVAL, "deny the other cases instead");
	}
	return 0;
}

/* Of N entries that allow the same call. None: nothing is left of it. */
static int reduce(const struct policy_call *entries, size_t n, const struct policy_calls *deny,
	struct call_cases *cases)
{
	const char *name = entries->name;
	_cleanup_cases_ struct call_cases limit = { 0 };
	bool whole = false;
	int r = allowlist_limit(name, &limit);

	for (size_t i = 0; i < n && r == 0; i++) {
		whole |= !entries[i].cases.n;
		if (!whole)
			r = add_cases(cases, &entries[i].cases);
	}
	if (whole) {
		cases_clear(cases);
		r = cases_add(cases, &call_always);
	}
	if (r == 0)
		r = cases_meet(cases, &limit);
	for (size_t i = 0; i < deny->n && r == 0; i++) {
		if (!streq(deny->v[i].name, name))
			continue;
		if (!deny->v[i].cases.n)
			cases_clear(cases);
		r = cases_subtract(cases, &deny->v[i].cases);
	}
	return r;
}

static bool is_always(const struct call_cases *cases)
{
	return cases->n == 1 && memcmp(cases->v, &call_always, sizeof(call_always)) == 0;
}

static int add_reduced(struct policy_calls *to, const struct policy_call *entries, size_t n,
	const struct policy_calls *deny)
{
	_cleanup_cases_ struct call_cases cases = { 0 };
	int r = reduce(entries, n, deny, &cases);

	if (r < 0 || !cases.n)
		return r;
	if (is_always(&cases))
		cases_clear(&cases);
	return calls_add(to, entries->name, NULL, &cases, NULL);
}

int allowlist_make(const struct policy *policy, const struct policy_calls *profile,
	struct policy_calls *ret_calls, struct sbx_error *err)
{
	_cleanup_calls_ struct policy_calls all = { 0 }, reduced = { 0 };
	int r = check_idle(policy, profile, err);

	if (r < 0)
		return r;
	r = calls_add_all(&all, profile, NULL);
	if (r == 0)
		r = calls_add_all(&all, &policy->seccomp.allow, NULL);
	calls_sort(&all);
	for (size_t i = 0, n; i < all.n && r == 0; i += n) {
		for (n = 1; i + n < all.n && streq(all.v[i].name, all.v[i + n].name);)
			n++;
		r = add_reduced(&reduced, &all.v[i], n, &policy->seccomp.deny);
		if (r == -E2BIG)
			return error_set(err, EINVAL,
				"'%s': its tests make more cases than a filter takes, %d",
				all.v[i].name, CALL_CASES_MAX);
	}
	if (r < 0)
		return error_errno(err, -r, "collect the system calls");
	*ret_calls = reduced;
	reduced = (struct policy_calls){ 0 };
	return 0;
}
