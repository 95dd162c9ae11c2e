/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/sandboxes.h"
#include "kernel/cgroup_freeze.h"

static int set_frozen(const struct sandbox_status *s,
	int (*set)(const struct cgroup *cgroup, struct sbx_error *err), struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	int r = sandbox_open(s, &leaf, err);

	return r < 0 ? r : set(&leaf, err);
}

static int freeze(const struct sandbox_status *s, void *arg, struct sbx_error *err)
{
	(void)arg;
	return set_frozen(s, cgroup_freeze, err);
}

static int thaw(const struct sandbox_status *s, void *arg, struct sbx_error *err)
{
	(void)arg;
	return set_frozen(s, cgroup_thaw, err);
}

static int for_each(const char *name, int argc, char **argv,
	int (*act)(const struct sandbox_status *s, void *arg, struct sbx_error *err))
{
	int exit_code;

	if (cmd_operands(name, argc, argv, 1, 1, NULL, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root(name))
		return CMD_FAILED;
	return sandboxes_each(argv[optind], act, NULL);
}

int cmd_freeze(const struct cmd_context *context, int argc, char **argv)
{
	(void)context;
	return for_each("freeze", argc, argv, freeze);
}

int cmd_thaw(const struct cmd_context *context, int argc, char **argv)
{
	(void)context;
	return for_each("thaw", argc, argv, thaw);
}
