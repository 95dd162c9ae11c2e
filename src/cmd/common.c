/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "launch/runtime.h"
#include "policy/allowlist.h"

#include "base/utf8.h"

#include <stdio.h>

int cmd_fail(const struct sbx_error *err)
{
	(void)fprintf(stderr, "sandboxctl: %s%s%s\n", err->text, *err->cure ? ": " : "", err->cure);
	return CMD_FAILED;
}

int cmd_load_tenant(const struct policy_dirs *dirs, const char *tenant, const struct strv *settings,
	struct policy **ret_policy)
{
	const struct policy_wanted wanted = { .tenant = tenant, .settings = settings };
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct sbx_error err = { 0 };
	int r = policy_load(dirs, &wanted, ret_policy, &report, &err);

	/* A tenant without a policy has none that could be wrong. */
	if (r == -ENOENT || (r < 0 && report.n_errors == 0))
		(void)cmd_fail(&err);
	else
		policy_report_print(&report, stderr);
	return r;
}

const struct runtime *cmd_runtime_of(const struct policy *policy)
{
	if (policy->runtime.type == POLICY_RUNTIME_DEFAULT)
		return NULL;
	return runtime_get(policy->runtime.type);
}

int cmd_list_calls(const struct policy_dirs *dirs, const struct policy *policy,
	struct allowlist *ret_list, struct sbx_error *err)
{
	_cleanup_calls_ struct policy_calls profile = { 0 };
	int r = policy_load_profile(dirs, policy_profile_name(policy), &profile, err);

	return r < 0 ? r : allowlist_make(policy, &profile, ret_list, err);
}

void cmd_print_json(json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	(void)putchar('\n');
	json_decref(json);
}

json_t *cmd_text_to_json(const char *text)
{
	_cleanup_free_ char *repaired = utf8_repair(text);

	return repaired ? json_string(repaired) : NULL;
}

bool cmd_is_root(const char *name)
{
	if (geteuid() == 0)
		return true;
	(void)fprintf(stderr, "sandboxctl: %s: not root: use sudo\n", name);
	return false;
}
