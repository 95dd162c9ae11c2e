/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/gc.h"
#include "cmd/cmd.h"

#include <stdio.h>

static void say_removed(const char *what)
{
	(void)printf("removed %s\n", what);
}

static void say_would(const char *what)
{
	(void)printf("would remove %s\n", what);
}

int cmd_gc(const struct cmd_context *context, int argc, char **argv)
{
	struct gc_options options = { .dirs = context->dirs, .cache = CMD_CACHE_DIR };
	struct sbx_error err = { 0 };
	unsigned int seen;
	int exit_code;

	if (cmd_operands("gc", argc, argv, 0, 0, &seen, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("gc"))
		return CMD_FAILED;
	options.dry_run = seen & CMD_DRY_RUN;
	options.say = options.dry_run ? say_would : say_removed;
	return gc(&options, &err) < 0 ? cmd_fail(&err) : CMD_DONE;
}

int cmd_tenant_forget(const struct cmd_context *context, int argc, char **argv)
{
	struct gc_options options = { .dirs = context->dirs, .say = say_removed };
	struct sbx_error err = { 0 };
	const char *tenant;
	int exit_code, r;

	if (cmd_operands("tenant forget", argc, argv, 1, 1, NULL, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("tenant forget"))
		return CMD_FAILED;
	tenant = argv[optind];
	r = name_is_valid(tenant) ? gc_forget_tenant(&options, tenant, &err)
				  : error_set(&err, EINVAL, "'%s' is not a tenant's name", tenant);
	return r < 0 ? cmd_fail(&err) : CMD_DONE;
}
