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

/* Entries that allow the same call. */
struct group {
	const struct policy_call *const *entries;
	size_t n;
};

static bool is_whole(const struct group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (!group->entries[i]->cases.n)
			return true;
	return false;
}

static bool is_limited(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (streq(limits[i].name, name))
			return true;
	return false;
}

/* The cases that are left: none, where nothing of the call is. */
static int reduce(
	const struct group *group, const struct policy_calls *deny, struct call_cases *cases)
{
	const char *name = group->entries[0]->name;
	_cleanup_cases_ struct call_cases limit = { 0 };
	int r = allowlist_limit(name, &limit);

	if (r == 0 && is_whole(group))
		r = cases_add(cases, &call_always);
	else
		for (size_t i = 0; i < group->n && r == 0; i++)
			r = add_cases(cases, &group->entries[i]->cases);
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

static int add_group(
	struct policy_calls *to, const struct group *group, const struct policy_calls *deny)
{
	const char *name = group->entries[0]->name;
	_cleanup_cases_ struct call_cases cases = { 0 };
	int r;

	/* Nearly all, and every launch does it. */
	if (is_whole(group) && !is_limited(name) && !calls_find(deny, name))
		return calls_add(to, name, NULL, NULL, NULL);
	r = reduce(group, deny, &cases);
	if (r < 0 || !cases.n)
		return r;
	if (is_always(&cases))
		cases_clear(&cases);
	return calls_add(to, name, NULL, &cases, NULL);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp((*(const struct policy_call *const *)a)->name,
		(*(const struct policy_call *const *)b)->name);
}

static size_t point_at(const struct policy_call **entries, const struct policy_calls *calls)
{
	for (size_t i = 0; i < calls->n; i++)
		entries[i] = &calls->v[i];
	return calls->n;
}

int allowlist_make(const struct policy *policy, const struct policy_calls *profile,
	struct policy_calls *ret_calls, struct sbx_error *err)
{
	const struct policy_calls *allow = &policy->seccomp.allow;
	_cleanup_free_ const struct policy_call **entries =
		calloc(profile->n + allow->n + 1, sizeof(*entries));
	_cleanup_calls_ struct policy_calls reduced = { 0 };
	size_t n;
	int r = check_idle(policy, profile, err);

	if (r < 0)
		return r;
	if (!entries)
		return error_errno(err, ENOMEM, "collect the system calls");
	n = point_at(entries, profile);
	n += point_at(entries + n, allow);
	qsort(entries, n, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < n && r == 0;) {
		struct group group = { &entries[i], 0 };

		while (i < n && streq(entries[i]->name, group.entries[0]->name))
			i++, group.n++;
		r = add_group(&reduced, &group, &policy->seccomp.deny);
		if (r == -E2BIG)
			return error_set(err, EINVAL,
				"'%s': its tests make more cases than a filter takes, %d",
				group.entries[0]->name, CALL_CASES_MAX);
	}
	if (r < 0)
		return error_errno(err, -r, "collect the system calls");
	*ret_calls = reduced;
	reduced = (struct policy_calls){ 0 };
	return 0;
}
