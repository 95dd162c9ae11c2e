/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: containers' seccomp profiles. What becomes a policy allows nothing outside of [seccomp],
 * and what is exported of it becomes the same again, but for bits of pointers, which no policy may
 * test.
 */
#include "fuzz.h"

#include "oci/seccomp_export.h"
#include "oci/seccomp_import.h"
#include "policy/allowlist.h"
#include "policy/key.h"

static const struct policy_dirs dirs = { "/nonexistent", POLICIES_DIR };

static struct policy *read_policy(const char *text)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct policy *policy = calloc(1, sizeof(*policy));
	struct key_load load = { .table = &policy_keys, .dirs = &dirs, .report = &report };
	struct sbx_error err;

	expect(policy);
	load.target = policy;
	load.sources = &policy->sources;
	expect(key_begin(&load, &err) == 0);
	expect(key_read_text(&load, "x.ini", text, strlen(text), &err) == 0);
	expect(key_end(&load, &err) == 0);
	policy->assignments = load.assignments;
	policy->n_assignments = load.n_assignments;
	return policy;
}

/* Whether there are few enough cases. */
static bool list_calls(const struct policy *policy, struct policy_calls *ret)
{
	_cleanup_calls_ struct policy_calls profile = { 0 };
	_cleanup_allowlist_ struct allowlist list = { 0 };
	struct sbx_error err;

	expect(policy_load_profile(&dirs, policy->seccomp.profile, &profile, &err) == 0);
	expect(allowlist_make(policy, &profile, &list, &err) == 0);
	return allowlist_flatten(&list, CALL_CASES_MAX, ret, &err) == 0;
}

/* Whatever A allows, B does. An import gives exit_group to all. */
static void expect_within(const struct policy_calls *a, const struct policy_calls *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct policy_call *call = &a->v[i], *other = calls_find(b, call->name);

		if (streq(call->name, "exit_group"))
			continue;
		expect(other);
		if (!other->cases.n)
			continue;
		expect(call->cases.n && cases_cover(&other->cases, &call->cases));
	}
}

static void check_import(const char *text)
{
	const struct oci_host host = { oci_arch_native(), { 6, 12 } };
	_cleanup_oci_import_ struct oci_import import = { 0 }, back = { 0 };
	_cleanup_calls_ struct policy_calls before = { 0 }, after = { 0 };
	_cleanup_policy_ struct policy *policy = NULL, *again = NULL;
	_cleanup_free_ char *json = NULL;
	struct sbx_error err = { 0 };
	int r = oci_seccomp_import(&dirs, &host, "x.json", text, strlen(text), &import, &err);

	expect((r == 0) == (import.policy != NULL) && (r == 0) == (*err.text == '\0'));
	if (r < 0)
		return;
	policy = read_policy(import.policy);
	for (size_t i = 0; i < policy->n_assignments; i++)
		expect(streq(policy->assignments[i].key->section, "seccomp"));
	if (!list_calls(policy, &before))
		return;
	expect(oci_seccomp_export(policy, &before, host.arch, &json, &err) == 0);
	r = oci_seccomp_import(&dirs, &host, "x.json", json, strlen(json), &back, &err);
	/* What the list leaves may be more cases than the list. */
	expect(r == 0 || strstr(err.text, "cases"));
	if (r < 0)
		return;
	again = read_policy(back.policy);
	expect(list_calls(again, &after));
	expect_within(&after, &before);
	if (!back.notes.n)
		expect_within(&before, &after);
}

const struct fuzz_target fuzz_oci[] = {
	{ "oci_seccomp", .value = check_import },
	{ 0 },
};
