/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/plan.h"

static int add_all(struct strv *to, const struct strv *from)
{
	int r = 0;

	for (size_t i = 0; i < from->n && r == 0; i++)
		r = strv_add(to, from->v[i]);
	return r;
}

/* Sorted, each once, and without what is denied: the cache's key is the text of this list. */
static int reduce(struct strv *names, const struct strv *deny, struct strv *ret_names)
{
	int r = 0;

	strv_sort(names);
	for (size_t i = 0; i < names->n && r == 0; i++)
		if ((i == 0 || !streq(names->v[i], names->v[i - 1])) &&
			!strv_contains(deny, names->v[i]))
			r = strv_add(ret_names, names->v[i]);
	return r;
}

static int collect(struct plan *plan, struct sbx_error *err)
{
	const char *fallback = plan->runtime ? plan->runtime->profile : POLICY_DEFAULT_PROFILE;
	const char *profile = plan->policy->seccomp.profile;
	_cleanup_strv_ struct strv names = { 0 };
	int r = policy_load_profile(
		&plan->options->dirs, profile ? profile : fallback, &names, err);

	if (r < 0)
		return r;
	r = add_all(&names, &plan->policy->seccomp.allow);
	if (r == 0)
		r = reduce(&names, &plan->policy->seccomp.deny, &plan->syscalls);
	return r < 0 ? error_errno(err, -r, "collect the syscalls") : 0;
}

int plan_syscalls(struct plan *plan, struct sbx_error *err)
{
	struct seccomp_spec spec = {
		.allow = &plan->syscalls,
		.action = plan->policy->seccomp.action,
		.errnum = plan->policy->seccomp.errnum,
		.exec_fd = PLAN_EXEC_FD,
	};
	int r = collect(plan, err);

	return r < 0 ? r : seccomp_compile_cached(plan->options->cache, &spec, &plan->filter, err);
}
