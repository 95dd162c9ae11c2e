/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp program of a run. Reading a profile of 330 calls takes longer than the clone, so the
 * cache is asked before, by the text of the profile.
 */
#include "base/build.h"
#include "base/siphash.h"
#include "launch/plan_parts.h"
#include "policy/allowlist.h"

#include <sys/syscall.h>

static void describe_calls(FILE *out, const char *name, const struct policy_calls *calls)
{
	(void)fprintf(out, "%s\n", name);
	for (size_t i = 0; i < calls->n; i++) {
		const struct policy_call *call = &calls->v[i];

		(void)fprintf(out, call->test ? "%s(%s)\n" : "%s\n", call->name, call->test);
	}
}

/*
 * All that the program comes of. Its last word is the number of a descriptor, another one where
 * there are sockets, and no part of what two sandboxes are compared by: this build with what is
 * linked into it (what libseccomp makes of a name depends on the machine, and so does a build), and
 * what it reads.
 */
static int describe(const struct plan *plan, const struct seccomp_spec *spec,
	const struct policy_profile *profile, char **ret_key, size_t *ret_size,
	size_t *ret_compared)
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
	(void)fprintf(out, " %d %d\n", (int)spec->action, spec->errnum);
	describe_calls(out, "allow", &policy->seccomp.allow);
	describe_calls(out, "deny", &policy->seccomp.deny);
	(void)fwrite(profile->text, 1, profile->size, out);
	(void)fflush(out);
	*ret_compared = size;
	(void)fprintf(out, "%d", spec->exec_fd);
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

/* Not a secret, and nobody's but root's: these are root's files. */
static void digest(struct plan *plan, const char *key, size_t size)
{
	struct siphash h;

	siphash_init(&h, 0, 0);
	siphash_add(&h, key, size);
	plan->filter_digest = siphash_end(&h).word[0];
}

/* Taken from the cache, or made. */
static int get_filter(struct plan *plan, struct sbx_error *err)
{
	const char *cache = plan->options->cache, *name = plan->policy->seccomp.profile;
	const char *fallback = policy_runtime_profile(
		plan->runtime ? plan->runtime->type : POLICY_RUNTIME_DEFAULT);
	const struct seccomp_spec spec = {
		.allow = &plan->syscalls.allow,
		.deny = &plan->syscalls.deny,
		.action = plan->policy->seccomp.action,
		.errnum = plan->policy->seccomp.errnum,
		.exec_fd = PLAN_EXEC_FD + plan_n_sockets(plan),
	};
	_cleanup_profile_ struct policy_profile profile = { 0 };
	_cleanup_free_ char *key = NULL;
	size_t size, compared_size;
	int r = policy_read_profile(&plan->options->dirs, name ? name : fallback, &profile, err);

	if (r < 0)
		return r;
	r = describe(plan, &spec, &profile, &key, &size, &compared_size);
	if (r == -ENOMEM)
		return error_errno(err, -r, "look for the seccomp program");
	if (key)
		digest(plan, key, compared_size);
	/* A plan that is printed has the list in it. */
	if (key && !plan->options->only_plan &&
		seccomp_cache_read(cache, key, size, &plan->filter) == 0)
		return 0;
	r = compile(plan, &spec, &profile, err);
	return r < 0 || !key ? r : seccomp_cache_write(cache, key, size, &plan->filter, err);
}

int plan_syscalls(struct plan *plan, struct sbx_error *err)
{
	int r = get_filter(plan, err);

	if (r == 0)
		plan->filter_allows_read = seccomp_always_allows(&plan->filter, SYS_read);
	return r;
}
