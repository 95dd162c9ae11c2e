/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a policy file, through lines, keys, values and cross-field checks.
 */
#include "policy/key.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct policy_dirs dirs = { "/nonexistent", FIXTURES_DIR "/policy/shipped" };
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct policy *policy = calloc(1, sizeof(*policy));
	struct sbx_error err = { 0 };
	struct key_load load = {
		.table = &policy_keys,
		.dirs = &dirs,
		.tenant = "acme",
		.target = policy,
		.sources = &policy->sources,
		.report = &report,
	};
	int r = key_begin(&load, &err);

	if (r == 0)
		r = key_read_text(&load, "fuzz.ini", (const char *)data, size, &err);
	if (key_end(&load, &err) == 0 && r == 0 && report.n_errors)
		abort(); /* an error that lets the policy pass */
	policy->assignments = load.assignments;
	policy->n_assignments = load.n_assignments;
	fuzz_print(&report);
	(void)policy_free(policy);
	return 0;
}
