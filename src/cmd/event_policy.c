/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/event_policy.h"

#include "launch/runtime.h"
#include "state/registry.h"

void event_policy_forget(struct event_policy *p)
{
	free(p->places);
	lookups_clear(&p->grants);
	calls_clear(&p->profile);
	(void)policy_free(p->policy);
	*p = (struct event_policy){ 0 };
}

static int add_lines(char *lines, int (*add)(const char *line, void *arg), void *arg)
{
	char *line;
	int r = 0;

	while (r == 0 && (line = strsep(&lines, "\n")))
		if (*line)
			r = add(line, arg);
	return r;
}

static int add_setting(const char *line, void *arg)
{
	return strv_add(arg, line);
}

static int add_mount(const char *line, void *arg)
{
	return policy_add_mount(arg, line, NULL);
}

/* A module's is its runtime's, where the policy says nothing. */
static const char *profile_of(const struct policy *policy, const struct sandbox_status *status)
{
	const struct runtime *runtime = runtime_named(status->runtime);

	if (policy->seccomp.profile || !*status->name)
		return policy_profile_name(policy);
	return policy_runtime_profile(runtime ? runtime->type : POLICY_RUNTIME_DEFAULT);
}

/* By the file and the options that it was started with, where anybody remembers them. */
static int load_policy(const struct policy_dirs *dirs, struct event_policy *p)
{
	struct sandbox_status status = { 0 };
	_cleanup_strv_ struct strv settings = { 0 };
	struct policy_wanted wanted = { .tenant = p->tenant, .settings = &settings };
	int r = registry_get(p->tenant, p->sandbox, &status);

	if (r < 0)
		r = registry_get_ended(p->tenant, p->sandbox, &status);
	if (r == 0 && *status.policy)
		wanted.file = status.policy;
	r = add_lines(status.settings, add_setting, &settings);
	if (r == 0)
		r = policy_load(dirs, &wanted, &p->policy, NULL, NULL);
	if (r == 0)
		r = lookup_settle(dirs, &p->policy, p->sandbox, NULL);
	if (r == 0)
		r = add_lines(status.mounts, add_mount, p->policy);
	if (r == 0)
		r = lookup_grants(&p->grants, p->policy, POLICY_ANY_RIGHT, NULL);
	if (r < 0)
		return r;
	p->profile_name = profile_of(p->policy, &status);
	p->places = lookups_places(&p->grants);
	return p->places ? 0 : -ENOMEM;
}

void event_policy_find(struct event_policy *last, const struct policy_dirs *dirs,
	const char *tenant, const char *sandbox)
{
	if (streq(last->tenant, tenant) && streq(last->sandbox, sandbox))
		return;
	event_policy_forget(last);
	(void)stpcpy(last->tenant, tenant);
	(void)stpcpy(last->sandbox, sandbox);
	if (load_policy(dirs, last) < 0) {
		(void)policy_free(last->policy);
		last->policy = NULL;
	}
}
