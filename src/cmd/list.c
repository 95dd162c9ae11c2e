/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/sandboxes.h"

#include <stdio.h>

static int print_line(const struct sandbox_status *s, void *arg)
{
	char started[32];

	(void)arg;
	sandbox_started(s, started);
	(void)printf("%-20s %-20s %-8s %7d  %s  %s\n", s->tenant, s->name, sandbox_state(s),
		(int)s->pid, started, s->cgroup);
	return 0;
}

static int add_json(const struct sandbox_status *s, void *arg)
{
	return json_array_append_new(
		arg, json_pack("{s:s, s:s, s:s, s:i, s:i, s:I, s:o}", "tenant", s->tenant, "name",
			     s->name, "state", sandbox_state(s), "pid", (int)s->pid, "supervisor",
			     (int)s->supervisor, "started", (json_int_t)s->started, "cgroup",
			     cmd_text_to_json(s->cgroup)));
}

static int each(bool all, int (*visit)(const struct sandbox_status *s, void *arg), void *arg,
	struct sbx_error *err)
{
	int r = registry_each(NULL, visit, arg, err);

	return r == 0 && all ? registry_each_ended(visit, arg, err) : r;
}

static int list_json(bool all, struct sbx_error *err)
{
	json_t *list = json_array();
	int r = each(all, add_json, list, err);

	if (r < 0)
		json_decref(list);
	else
		cmd_print_json(list);
	return r;
}

int cmd_list(const struct cmd_context *context, int argc, char **argv)
{
	struct sbx_error err = { 0 };
	unsigned int options;
	int r, exit_code;

	(void)context;
	if (cmd_operands("list", argc, argv, 0, 0, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("list"))
		return CMD_FAILED;
	if (options & CMD_JSON) {
		r = list_json(options & CMD_ALL, &err);
	} else {
		(void)printf("%-20s %-20s %-8s %7s  %-19s  %s\n", "TENANT", "NAME", "STATE", "PID",
			"STARTED", "CGROUP");
		r = each(options & CMD_ALL, print_line, NULL, &err);
	}
	return r < 0 ? cmd_fail(&err) : CMD_DONE;
}
