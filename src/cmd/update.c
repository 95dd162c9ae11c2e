/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/update.h"
#include "cmd/cmd.h"
#include "launch/walls.h"

#include <stdio.h>

static bool is_updated(const struct updated *u)
{
	return !*u->policy && !*u->changed;
}

/* A line for who keeps something, and nothing for who doesn't. */
static void print_kept(const char *tenant, const struct updated *u)
{
	char list[WALLS_TEXT_MAX];

	walls_list(u->kept, list);
	if (*u->policy)
		(void)printf("%s/%s keeps all: its policy is '%s'\n", tenant, u->name, u->policy);
	else if (*u->changed)
		(void)printf(
			"%s/%s keeps all: it was started with %s\n", tenant, u->name, u->changed);
	else if (u->kept || u->module_gone)
		(void)printf("%s/%s%s%s%s\n", tenant, u->name,
			u->kept ? " keeps what it was started with: " : "", list,
			!u->module_gone ? ""
			: u->kept	? "; its module is gone and can't be read again"
					: ": its module is gone and can't be read again");
}

static json_t *to_json(const struct updated *u)
{
	json_t *kept = json_array();

	for (size_t i = 0; walls_name(i); i++)
		if (u->kept & 1U << i)
			(void)json_array_append_new(kept, json_string(walls_name(i)));
	return json_pack("{s:s, s:b, s:b, s:o}", "name", u->name, "updated", is_updated(u),
		"module_gone", u->module_gone, "kept", kept);
}

static void print_json(const char *tenant, const struct update *update)
{
	json_t *sandboxes = json_array();

	for (size_t i = 0; i < update->n; i++)
		(void)json_array_append_new(sandboxes, to_json(&update->v[i]));
	cmd_print_json(json_pack("{s:s, s:o}", "tenant", tenant, "sandboxes", sandboxes));
}

int cmd_update(const struct cmd_context *context, int argc, char **argv)
{
	const struct strv none = { 0 };
	struct run_options options = {
		.dirs = context->dirs,
		.libexec = context->libexec,
		.cache = CMD_CACHE_DIR,
		.env = &none,
	};
	_cleanup_update_ struct update update = { 0 };
	struct sbx_error err = { 0 };
	unsigned int given;
	int exit_code;

	if (cmd_operands("update", argc, argv, 1, 1, &given, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("update"))
		return CMD_FAILED;
	options.tenant = argv[optind];
	options.only_plan = given & CMD_DRY_RUN;
	if (update_tenant(&options, &update, &err) < 0) {
		(void)error_prefix(&err, 0, "update");
		return cmd_fail(&err);
	}
	if (given & CMD_JSON)
		print_json(options.tenant, &update);
	else
		for (size_t i = 0; i < update.n; i++)
			print_kept(options.tenant, &update.v[i]);
	return CMD_DONE;
}
