/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>

/* Whether the file is without errors; what there is to say of it is printed. */
static bool check(const struct policy_dirs *dirs, const char *path)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = NULL;
	struct sbx_error err = { 0 };
	int r = policy_load_file(dirs, path, NULL, &policy, &report, &err);

	policy_report_print(&report, stderr);
	if (r < 0 && report.n_errors == 0)
		(void)cmd_fail(&err);
	return r == 0;
}

int cmd_policy_check(const struct cmd_context *context, int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	int option, exit_code = CMD_DONE;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option != 'h')
			return cmd_usage("policy check");
		(void)printf("usage: sandboxctl policy check FILE...\n\n"
			     "Says what is wrong with each file: 0 when nothing is.\n");
		return CMD_DONE;
	}
	if (optind == argc)
		return cmd_usage("policy check");
	for (int i = optind; i < argc; i++)
		if (!check(&context->dirs, argv[i]))
			exit_code = CMD_FAILED;
	return exit_code;
}
