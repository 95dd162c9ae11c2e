/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>

static const struct cmd *find(const char *name)
{
	for (size_t i = 0; i < n_cmds; i++)
		if (streq(cmds[i].name, name))
			return &cmds[i];
	return NULL;
}

int cmd_fail(const struct sbx_error *err)
{
	(void)fprintf(stderr, "sandboxctl: %s%s%s\n", err->text, *err->cure ? ": " : "", err->cure);
	return CMD_FAILED;
}

int cmd_load_tenant(const struct policy_dirs *dirs, const char *tenant, struct policy **ret_policy)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct sbx_error err = { 0 };
	int r = policy_load_tenant(dirs, tenant, ret_policy, &report, &err);

	/* A tenant without a policy has none that could be wrong. */
	if (r == -ENOENT || (r < 0 && report.n_errors == 0))
		(void)cmd_fail(&err);
	else
		policy_report_print(&report, stderr);
	return r;
}

void cmd_print_json(json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(json);
}

json_t *cmd_name_to_json(const char *name)
{
	json_t *json = json_string(name);

	return json ? json : json_string("(not UTF-8)");
}

bool cmd_is_root(const char *name)
{
	if (geteuid() == 0)
		return true;
	(void)fprintf(stderr, "sandboxctl: %s: not root: use sudo\n", name);
	return false;
}

int cmd_usage(const char *name)
{
	(void)fprintf(stderr, "usage: sandboxctl %s %s\n", name, find(name)->args);
	return CMD_USAGE;
}

int cmd_no_operands(const char *name, int argc, char **argv, bool *ret_json, int *ret_exit)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'j' && ret_json) {
			*ret_json = true;
		} else if (option == 'h') {
			const struct cmd *cmd = find(name);

			(void)printf("usage: sandboxctl %s %s\n\n%s\n", name, cmd->args, cmd->help);
			*ret_exit = CMD_DONE;
			return -1;
		} else {
			*ret_exit = cmd_usage(name);
			return -1;
		}
	}
	if (optind == argc)
		return 0;
	*ret_exit = cmd_usage(name);
	return -1;
}
