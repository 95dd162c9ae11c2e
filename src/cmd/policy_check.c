/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check.h"
#include "cmd/cmd.h"

#include <stdio.h>

static json_t *problem_to_json(const struct policy_problem *p)
{
	json_t *json = json_pack("{s:o, s:I, s:I, s:s, s:o}", "file", cmd_text_to_json(p->file),
		"line", (json_int_t)p->line, "column", (json_int_t)p->column, "severity",
		p->warning ? "warning" : "error", "text", cmd_text_to_json(p->text));

	if (json && p->excerpt)
		(void)json_object_set_new(json, "excerpt", cmd_text_to_json(p->excerpt));
	return json;
}

static json_t *report_to_json(const char *path, const struct policy_report *report)
{
	json_t *problems = json_array();

	for (size_t i = 0; i < report->n; i++)
		(void)json_array_append_new(problems, problem_to_json(&report->problems[i]));
	return json_pack("{s:o, s:I, s:I, s:o}", "file", cmd_text_to_json(path), "errors",
		(json_int_t)report->n_errors, "warnings",
		(json_int_t)(report->n - report->n_errors), "problems", problems);
}

/* "/etc/sandboxctl/tenants/acme.ini.d/10.ini": as a policy of its own it would say other things. */
static bool is_drop_in(const char *path)
{
	const char *base = strrchr(path, '/');

	return base && base - path > 6 && strncmp(base - 6, ".ini.d", 6) == 0;
}

static void refuse_drop_in(struct checked *file)
{
	struct policy_source source = { .name = (char *)file->path };
	const struct policy_place whole = { &source, 0, 0 };
	int folder = (int)(strrchr(file->path, '/') - file->path);

	report_error(&file->report, &whole,
		"is a drop-in: check the policy that it belongs to, '%.*s'", folder - 2,
		file->path);
}

/* What could not even be read is an error of its own, unless the report says it. */
static int read_file(const struct policy_dirs *dirs, struct checked *file)
{
	struct sbx_error err = { 0 };
	int r;

	if (is_drop_in(file->path)) {
		refuse_drop_in(file);
		return CMD_FAILED;
	}
	r = policy_load_file(dirs, file->path, NULL, &file->policy, &file->report, &err);
	if (r == 0)
		r = lookup_settle(dirs, &file->policy, NULL, &err);
	if (r == 0)
		r = lookup_grants(&file->grants, file->policy, ~0U, &err);
	if (r < 0 && file->report.n_errors == 0)
		return cmd_fail(&err);
	return CMD_DONE;
}

/* All are read before one is compared: each may take the place of what another is compared with. */
static int check(const struct policy_dirs *dirs, struct checked *files, size_t n)
{
	struct sbx_error err = { 0 };
	int exit_code = CMD_DONE;

	for (size_t i = 0; i < n; i++)
		if (read_file(dirs, &files[i]) != CMD_DONE)
			exit_code = CMD_FAILED;
	if (check_tenants(dirs, files, n, &err) < 0)
		return cmd_fail(&err);
	check_host(dirs, files, n);
	for (size_t i = 0; i < n; i++) {
		if (files[i].policy)
			check_files(&files[i]);
		report_sort(&files[i].report, 0);
		if (files[i].report.n_errors)
			exit_code = CMD_FAILED;
	}
	return exit_code;
}

static void print(const struct checked *files, size_t n, bool as_json)
{
	json_t *all = as_json ? json_array() : NULL;

	for (size_t i = 0; i < n; i++)
		if (as_json)
			(void)json_array_append_new(
				all, report_to_json(files[i].path, &files[i].report));
		else
			policy_report_print(&files[i].report, stderr);
	if (as_json)
		cmd_print_json(json_pack("{s:o}", "files", all));
}

static int check_and_print(const struct policy_dirs *dirs, char **paths, size_t n, bool as_json)
{
	_cleanup_free_ struct checked *files = calloc(n, sizeof(*files));
	struct sbx_error err = { 0 };
	int exit_code;

	if (!files) {
		(void)error_errno(&err, ENOMEM, "check the policies");
		return cmd_fail(&err);
	}
	for (size_t i = 0; i < n; i++)
		files[i].path = paths[i];
	exit_code = check(dirs, files, n);
	print(files, n, as_json);
	for (size_t i = 0; i < n; i++) {
		lookups_clear(&files[i].grants);
		policy_report_clear(&files[i].report);
		(void)policy_free(files[i].policy);
	}
	return exit_code;
}

int cmd_policy_check(const struct cmd_context *context, int argc, char **argv)
{
	unsigned int options;
	int exit_code;

	if (cmd_operands("policy check", argc, argv, 1, INT_MAX, &options, &exit_code) < 0)
		return exit_code;
	return check_and_print(
		&context->dirs, argv + optind, (size_t)(argc - optind), options & CMD_JSON);
}
