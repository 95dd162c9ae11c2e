/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>

static json_t *problem_to_json(const struct policy_problem *p)
{
	json_t *json = json_pack("{s:o, s:I, s:I, s:s, s:s}", "file", cmd_name_to_json(p->file),
		"line", (json_int_t)p->line, "column", (json_int_t)p->column, "severity",
		p->warning ? "warning" : "error", "text", p->text);

	if (json && p->excerpt)
		(void)json_object_set_new(json, "excerpt", json_string(p->excerpt));
	return json;
}

static json_t *report_to_json(const char *path, const struct policy_report *report)
{
	json_t *problems = json_array();

	for (size_t i = 0; i < report->n; i++)
		(void)json_array_append_new(problems, problem_to_json(&report->problems[i]));
	return json_pack("{s:o, s:I, s:I, s:o}", "file", cmd_name_to_json(path), "errors",
		(json_int_t)report->n_errors, "warnings",
		(json_int_t)(report->n - report->n_errors), "problems", problems);
}

/* Whether the file is without errors; what there is to say of it is printed, or added to `files`.
 */
static bool check(const struct policy_dirs *dirs, const char *path, json_t *files)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = NULL;
	struct sbx_error err = { 0 };
	int r = policy_load_file(dirs, path, NULL, &policy, &report, &err);

	if (files)
		(void)json_array_append_new(files, report_to_json(path, &report));
	else
		policy_report_print(&report, stderr);
	if (r < 0 && report.n_errors == 0)
		(void)cmd_fail(&err);
	return r == 0;
}

int cmd_policy_check(const struct cmd_context *context, int argc, char **argv)
{
	int exit_code = CMD_DONE;
	unsigned int options;
	json_t *files;

	if (cmd_operands("policy check", argc, argv, 1, INT_MAX, &options, &exit_code) < 0)
		return exit_code;
	files = options & CMD_JSON ? json_array() : NULL;
	for (int i = optind; i < argc; i++)
		if (!check(&context->dirs, argv[i], files))
			exit_code = CMD_FAILED;
	if (files)
		cmd_print_json(json_pack("{s:o}", "files", files));
	return exit_code;
}
