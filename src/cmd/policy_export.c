/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "oci/seccomp_export.h"

#include <stdio.h>

/* Of one call: runtimes make one rule of each. */
enum { CASES_MAX = 2048 };

static int export(const struct policy_dirs *dirs, const struct policy *policy, char **ret_json,
	struct sbx_error *err)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };
	_cleanup_calls_ struct policy_calls allowed = { 0 };
	struct oci_host host;
	int r = oci_host_read(&host, err);

	if (r == 0)
		r = cmd_list_calls(dirs, policy, &list, err);
	if (r == 0)
		r = allowlist_flatten(&list, CASES_MAX, &allowed, err);
	return r < 0 ? r : oci_seccomp_export(policy, &allowed, host.arch, ret_json, err);
}

int cmd_policy_export(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_free_ char *json = NULL;
	struct sbx_error err = { 0 };
	int exit_code;

	if (cmd_operands("policy export", argc, argv, 1, 1, NULL, &exit_code) < 0)
		return exit_code;
	if (cmd_load_tenant(&context->dirs, argv[optind], NULL, &policy) < 0)
		return CMD_FAILED;
	if (export(&context->dirs, policy, &json, &err) < 0)
		return cmd_fail(&err);
	(void)fputs(json, stdout);
	return CMD_DONE;
}
