/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subcommands: argv in, exit code out. This room alone prints.
 */
#ifndef SBX_CMD_CMD_H
#define SBX_CMD_CMD_H

#include "base/error.h"
#include "policy/policy.h"

#include <jansson.h>
#include <limits.h>

/* Exit codes of all subcommands but run and exec. */
enum {
	CMD_DONE = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
};

struct cmd_context {
	struct policy_dirs dirs;
	char libexec[PATH_MAX];
	char shipped[PATH_MAX];
	bool verbose;
};

struct cmd {
	const char *name; /* of one word or two: "lsm load" */
	const char *args; /* for the usage line */
	const char *help; /* one line */
	int (*main)(const struct cmd_context *context, int argc, char **argv);
};

extern const struct cmd cmds[];
extern const size_t n_cmds;

int cmd_run(const struct cmd_context *context, int argc, char **argv);
int cmd_list(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_check(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_show(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_explain(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_keys(const struct cmd_context *context, int argc, char **argv);
int cmd_lsm_load(const struct cmd_context *context, int argc, char **argv);
int cmd_lsm_status(const struct cmd_context *context, int argc, char **argv);
int cmd_lsm_unload(const struct cmd_context *context, int argc, char **argv);
int cmd_doctor(const struct cmd_context *context, int argc, char **argv);

/* "sandboxctl: TEXT: CURE" on stderr, one line. Returns CMD_FAILED. */
int cmd_fail(const struct sbx_error *err);

/*
 * The policy of a tenant; its problems go to stderr as `policy check` prints them. -errno where it
 * has none, or an error: all is said then.
 */
int cmd_load_tenant(const struct policy_dirs *dirs, const char *tenant, struct policy **ret_policy);

/* An indented document and a newline on stdout. Takes the reference. */
void cmd_print_json(json_t *json);

/* Of a file's name or what is said of one, which needn't be UTF-8. NULL without memory. */
json_t *cmd_name_to_json(const char *name);

/* Whether the caller is root; says so and how to be it where not. */
bool cmd_is_root(const char *name);

/* "usage: sandboxctl NAME ARGS" on stderr. Returns CMD_USAGE. */
int cmd_usage(const char *name);

/*
 * For subcommands whose only options are --help and --json (`ret_json` NULL: not even that) and
 * that take no operands: 0 to go on, -1 to end with `ret_exit`.
 */
int cmd_no_operands(const char *name, int argc, char **argv, bool *ret_json, int *ret_exit);

#endif
