/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/plan.h"
#include "policy/allowlist.h"

int plan_syscalls(struct plan *plan, struct sbx_error *err)
{
	const struct policy *policy = plan->policy;
	const char *fallback = plan->runtime ? plan->runtime->profile : POLICY_DEFAULT_PROFILE;
	const char *name = policy->seccomp.profile ? policy->seccomp.profile : fallback;
	_cleanup_calls_ struct policy_calls profile = { 0 };
	struct seccomp_spec spec = {
		.allow = &plan->syscalls,
		.action = policy->seccomp.action,
		.errnum = policy->seccomp.errnum,
		.exec_fd = PLAN_EXEC_FD,
	};
	int r = policy_load_profile(&plan->options->dirs, name, &profile, err);

	if (r == 0)
		r = allowlist_make(policy, &profile, &plan->syscalls, err);
	return r < 0 ? r : seccomp_compile_cached(plan->options->cache, &spec, &plan->filter, err);
}
