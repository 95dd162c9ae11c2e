/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp program of a run. Reading a profile of 330 calls takes longer than the clone, so the
 * cache is asked before, by the text of the profile.
 */
#include "base/build.h"
#include "launch/plan.h"
#include "policy/allowlist.h"

static void describe_calls(FILE *out, const char *name, const struct policy_calls *calls)
{
	(void)fprintf(out, "%s\n", name);
	for (size_t i = 0; i < calls->n; i++) {
		const struct policy_call *call = &calls->v[i];

		(void)fprintf(out, call->test ? "%s(%s)\n" : "%s\n", call->name, call->test);
	}
}

/*
 * All that the program comes of: this build with what is linked into it (what libseccomp makes of a
 * name depends on the machine, and so does a build), and what it reads.
 */
static int describe(const struct plan *plan, const struct seccomp_spec *spec,
	const struct policy_profile *profile, char **ret_key, size_t *ret_size)
{
	const struct policy *policy = plan->policy;
	_cleanup_free_ char *key = NULL;
	size_t size = 0, id_size;
	const void *id;
	FILE *out;
	int r = build_id(&id, &id_size);

	if (r < 0)
		return r;
	out = open_memstream(&key, &size);
	if (!out)
		return -ENOMEM;
	(void)fwrite(id, 1, id_size, out);
	(void)fprintf(out, " %d %d %d\n", (int)spec->action, spec->errnum, spec->exec_fd);
	describe_calls(out, "allow", &policy->seccomp.allow);
	describe_calls(out, "deny", &policy->seccomp.deny);
	(void)fwrite(profile->text, 1, profile->size, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	*ret_key = take_ptr(key);
	*ret_size = size;
	return 0;
}

static int compile(struct plan *plan, const struct seccomp_spec *spec,
	const struct policy_profile *profile, struct sbx_error *err)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };
	int r = policy_parse_profile(profile, &calls, err);

	if (r == 0)
		r = allowlist_make(plan->policy, &calls, &plan->syscalls, err);
	return r < 0 ? r : seccomp_compile(spec, &plan->filter, err);
}

int plan_syscalls(struct plan *plan, struct sbx_error *err)
{
	const char *cache = plan->options->cache, *name = plan->policy->seccomp.profile;
	const char *fallback = policy_runtime_profile(
		plan->runtime ? plan->runtime->type : POLICY_RUNTIME_DEFAULT);
	const struct seccomp_spec spec = {
		.allow = &plan->syscalls.allow,
		.deny = &plan->syscalls.deny,
		.action = plan->policy->seccomp.action,
		.errnum = plan->policy->seccomp.errnum,
		.exec_fd = PLAN_EXEC_FD,
	};
	_cleanup_profile_ struct policy_profile profile = { 0 };
	_cleanup_free_ char *key = NULL;
	size_t size;
	int r = policy_read_profile(&plan->options->dirs, name ? name : fallback, &profile, err);

	if (r < 0)
		return r;
	r = describe(plan, &spec, &profile, &key, &size);
	if (r == -ENOMEM)
		return error_errno(err, -r, "look for the seccomp program");
	/* A plan that is printed has the list in it. */
	if (key && !plan->options->only_plan &&
		seccomp_cache_read(cache, key, size, &plan->filter) == 0)
		return 0;
	r = compile(plan, &spec, &profile, err);
	return r < 0 || !key ? r : seccomp_cache_write(cache, key, size, &plan->filter, err);
}
