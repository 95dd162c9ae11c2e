/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/allowlist.h"

#include "policy/test.h"

/* A test that holds for every call of this name, and how people are told of it. */
struct fixed {
	const char *name, *test, *text;
};

/*
 * One call's rows are alternatives. In a user namespace of its own a tenant would have every
 * capability again. The launcher sets the limit of core dumps to 1 byte, for at 0 the kernel would
 * feed a core_pattern that is a pipe, outside of the sandbox; asking for it is allowed. That there
 * are 16 limits (RLIM_NLIMITS) makes four cases of 31.
 */
static const struct fixed limits[] = {
	{ "clone",
		"flags & CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|"
		"CLONE_NEWPID|CLONE_NEWNET == 0",
		", but no namespaces are made by it" },
	{ "prlimit64", "resource < 16 && resource != RLIMIT_CORE",
		", but for setting RLIMIT_CORE" },
	{ "prlimit64", "resource == RLIMIT_CORE && new_rlim == 0",
		", but for setting RLIMIT_CORE" },
	{ "unshare",
		"flags & CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|"
		"CLONE_NEWPID|CLONE_NEWNET|CLONE_NEWTIME == 0",
		", but no namespaces are made by it" },
};

/*
 * Denied whatever allows the call: bytes put into a terminal's input are typed into the shell that
 * reads it next, outside of the sandbox (CVE-2017-5226). And what is one case to deny, and 31 to
 * allow.
 */
static const struct fixed denied[] = {
	{ "ioctl", "request == TIOCSTI", ", but for TIOCSTI and TIOCLINUX" },
	{ "ioctl", "request == TIOCLINUX", ", but for TIOCSTI and TIOCLINUX" },
	{ "setrlimit", "resource == RLIMIT_CORE", ", but for RLIMIT_CORE" },
};

static const struct fixed *find_fixed(const struct fixed *rows, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (streq(rows[i].name, name))
			return &rows[i];
	return NULL;
}

const char *allowlist_limit_text(const char *name)
{
	const struct fixed *row = find_fixed(limits, ARRAY_SIZE(limits), name);

	if (!row)
		row = find_fixed(denied, ARRAY_SIZE(denied), name);
	return row ? row->text : "";
}

/* The cases of all rows of this name. */
static int add_fixed(const struct fixed *rows, size_t n, const char *name, struct call_cases *cases)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		_cleanup_cases_ struct call_cases its = { 0 };
		struct test_error err;

		if (!streq(rows[i].name, name))
			continue;
		r = test_parse(name, rows[i].test, &its, &err);
		if (r == 0)
			r = cases_add_all(cases, &its);
	}
	return r;
}

/* The rows of `limits`, or any case. */
static int add_limit(const char *name, struct call_cases *cases)
{
	int r = add_fixed(limits, ARRAY_SIZE(limits), name, cases);

	return r == 0 && !cases->n ? cases_add(cases, &call_always) : r;
}

int allowlist_limit(const char *name, struct call_cases *ret_cases)
{
	_cleanup_cases_ struct call_cases cases = { 0 }, less = { 0 };
	int r = add_limit(name, &cases);

	if (r == 0)
		r = add_fixed(denied, ARRAY_SIZE(denied), name, &less);
	if (r == 0)
		r = cases_subtract(&cases, &less, CALL_CASES_MAX);
	if (r < 0)
		return r;
	*ret_cases = cases;
	cases = (struct call_cases){ 0 };
	return 0;
}

/* Entries that allow the same call. */
struct group {
	const struct policy_call *const *entries;
	size_t n;
};

/* All entries of a profile and of `allow`, in the order of their names. */
struct sorted {
	const struct policy_call **entries;
	size_t n;
};

static int compare_entries(const void *a, const void *b)
{
	return strcmp((*(const struct policy_call *const *)a)->name,
		(*(const struct policy_call *const *)b)->name);
}

static void point_at(struct sorted *sorted, const struct policy_calls *calls)
{
	for (size_t i = 0; i < calls->n; i++)
		sorted->entries[sorted->n++] = &calls->v[i];
}

static int sort_all(const struct policy_calls *profile, const struct policy_calls *allow,
	struct sorted *ret_sorted)
{
	struct sorted sorted = {
		.entries = calloc(profile->n + allow->n + 1, sizeof(*sorted.entries)),
	};

	if (!sorted.entries)
		return -ENOMEM;
	point_at(&sorted, profile);
	point_at(&sorted, allow);
	qsort(sorted.entries, sorted.n, sizeof(*sorted.entries), compare_entries);
	*ret_sorted = sorted;
	return 0;
}

/* The group that begins at *next, which moves on behind it; false at the end. */
static bool next_group(const struct sorted *sorted, size_t *next, struct group *ret_group)
{
	const char *name;

	if (*next == sorted->n)
		return false;
	name = sorted->entries[*next]->name;
	*ret_group = (struct group){ &sorted->entries[*next], 0 };
	while (*next < sorted->n && streq(sorted->entries[*next]->name, name)) {
		++*next;
		ret_group->n++;
	}
	return true;
}

static bool is_whole(const struct group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (!group->entries[i]->cases.n)
			return true;
	return false;
}

static void say_idle(const struct group *group, const struct policy_calls *allow,
	void (*say)(const struct policy_call *call, void *arg), void *arg)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct policy_call *call = group->entries[i];

		if (call->cases.n && call >= allow->v && call < allow->v + allow->n)
			say(call, arg);
	}
}

static void each_idle(const struct sorted *sorted, const struct policy_calls *allow,
	void (*say)(const struct policy_call *call, void *arg), void *arg)
{
	struct group group;
	size_t next = 0;

	while (next_group(sorted, &next, &group))
		if (group.n > 1 && is_whole(&group))
			say_idle(&group, allow, say, arg);
}

int allowlist_each_idle(const struct policy *policy, const struct policy_calls *profile,
	void (*say)(const struct policy_call *call, void *arg), void *arg)
{
	struct sorted sorted;

	if (sort_all(profile, &policy->seccomp.allow, &sorted) < 0)
		return -ENOMEM;
	each_idle(&sorted, &policy->seccomp.allow, say, arg);
	free(sorted.entries);
	return 0;
}

static void note_idle(const struct policy_call *call, void *arg)
{
	const struct policy_call **first = arg;

	if (!*first)
		*first = call;
}

static int refuse_idle(
	const struct sorted *sorted, const struct policy_calls *allow, struct sbx_error *err)
{
	const struct policy_call *idle = NULL;
	char where[PLACE_TEXT_MAX];

	each_idle(sorted, allow, note_idle, &idle);
	if (!idle)
		return 0;
	(void)error_set(err, EINVAL,
		"%s: allow: '%s(%s)' restricts nothing: '%s' is allowed as a whole",
		place_text(&idle->at, where), idle->name, idle->test, idle->name);
	return error_cure(err, -EINVAL, "deny the other cases instead");
}

/* The cases that are left within the limit: none, where nothing of the call is. */
static int reduce(const struct group *group, struct call_cases *cases)
{
	_cleanup_cases_ struct call_cases limit = { 0 };
	int r = add_limit(group->entries[0]->name, &limit);

	if (r == 0 && is_whole(group))
		r = cases_add(cases, &call_always);
	else
		for (size_t i = 0; i < group->n && r == 0; i++)
			r = cases_add_all(cases, &group->entries[i]->cases);
	return r < 0 ? r : cases_meet(cases, &limit);
}

static int add_group(
	struct policy_calls *to, const struct group *group, const struct policy_calls *deny)
{
	const char *name = group->entries[0]->name;
	_cleanup_cases_ struct call_cases cases = { 0 };
	int r;

	if (calls_find_whole(deny, name))
		return 0;
	/* Nearly all. */
	if (is_whole(group) && !find_fixed(limits, ARRAY_SIZE(limits), name))
		return calls_add(to, name, NULL, NULL, NULL);
	r = reduce(group, &cases);
	if (r < 0 || !cases.n)
		return r;
	return calls_add(to, name, NULL, &cases, NULL);
}

static int add_denied(
	struct policy_calls *to, const struct policy_calls *deny, const struct policy_calls *allow)
{
	int r = 0;

	for (size_t i = 0; i < deny->n && r == 0; i++) {
		_cleanup_cases_ struct call_cases cases = { 0 };

		if (!deny->v[i].cases.n || !calls_find(allow, deny->v[i].name))
			continue;
		r = cases_add_all(&cases, &deny->v[i].cases);
		if (r == 0)
			r = calls_add(to, deny->v[i].name, NULL, &cases, NULL);
	}
	return r;
}

static int add_always_denied(struct policy_calls *to, const struct policy_calls *allow)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(denied) && r == 0; i++) {
		_cleanup_cases_ struct call_cases cases = { 0 };

		if (!calls_find(allow, denied[i].name))
			continue;
		r = add_fixed(&denied[i], 1, denied[i].name, &cases);
		if (r == 0)
			r = calls_add(to, denied[i].name, NULL, &cases, NULL);
	}
	return r;
}

static size_t count_cases(const struct policy_calls *calls)
{
	size_t n = 0;

	for (size_t i = 0; i < calls->n; i++)
		n += calls->v[i].cases.n;
	return n;
}

static int collect(const struct policy *policy, const struct sorted *sorted, struct allowlist *list,
	struct sbx_error *err)
{
	struct group group;
	size_t next = 0;
	int r = 0;

	while (r == 0 && next_group(sorted, &next, &group))
		r = add_group(&list->allow, &group, &policy->seccomp.deny);
	if (r == -E2BIG)
		return error_set(err, EINVAL, "'%s': its tests make more than %d cases",
			group.entries[0]->name, CALL_CASES_MAX);
	if (r == 0)
		r = add_denied(&list->deny, &policy->seccomp.deny, &list->allow);
	if (r == 0)
		r = add_always_denied(&list->deny, &list->allow);
	if (r < 0)
		return error_errno(err, ENOMEM, "collect the system calls");
	if (count_cases(&list->allow) + count_cases(&list->deny) > CALLS_CASES_MAX)
		return error_set(err, EINVAL, "the tests of all calls make more than %d cases",
			CALLS_CASES_MAX);
	return 0;
}

int allowlist_make(const struct policy *policy, const struct policy_calls *profile,
	struct allowlist *ret_list, struct sbx_error *err)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };
	struct sorted sorted;
	int r;

	if (sort_all(profile, &policy->seccomp.allow, &sorted) < 0)
		return error_errno(err, ENOMEM, "collect the system calls");
	r = refuse_idle(&sorted, &policy->seccomp.allow, err);
	if (r == 0)
		r = collect(policy, &sorted, &list, err);
	free(sorted.entries);
	if (r < 0)
		return r;
	*ret_list = list;
	list = (struct allowlist){ 0 };
	return 0;
}

void allowlist_clear(struct allowlist *list)
{
	calls_clear(&list->allow);
	calls_clear(&list->deny);
}

static int flatten_call(const struct policy_call *call, const struct policy_calls *deny, size_t max,
	struct policy_calls *calls)
{
	_cleanup_cases_ struct call_cases cases = { 0 }, less = { 0 };
	int r = cases_add_all(&cases, &call->cases);

	if (r == 0)
		r = calls_gather(deny, call->name, &less);
	if (r == 0 && less.n && !cases.n)
		r = cases_add(&cases, &call_always);
	if (r == 0)
		r = cases_subtract(&cases, &less, max);
	/* All of it may be denied, case by case. */
	return r < 0 || (less.n && !cases.n) ? r : calls_add(calls, call->name, NULL, &cases, NULL);
}

int allowlist_flatten(const struct allowlist *list, size_t max, struct policy_calls *ret_calls,
	struct sbx_error *err)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };

	for (size_t i = 0; i < list->allow.n; i++) {
		const struct policy_call *call = &list->allow.v[i];
		int r = flatten_call(call, &list->deny, max, &calls);

		if (r == -E2BIG)
			return error_set(err, EINVAL, "'%s': its tests leave more than %zu cases",
				call->name, max);
		if (r < 0)
			return error_errno(err, ENOMEM, "collect the system calls");
	}
	*ret_calls = calls;
	calls = (struct policy_calls){ 0 };
	return 0;
}

bool allowlist_has_tests(const struct policy *policy)
{
	return calls_have_cases(&policy->seccomp.allow) || calls_have_cases(&policy->seccomp.deny);
}
