/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subcommands: argv in, exit code out. This room alone prints.
 */
#ifndef SBX_CMD_CMD_H
#define SBX_CMD_CMD_H

#include "base/error.h"
#include "policy/allowlist.h"

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

#define CMD_CONFIG_DIR "/etc/sandboxctl"
#define CMD_CACHE_DIR  "/var/cache/sandboxctl/seccomp"

/* An option. All subcommands take --help besides theirs. Lists end in a row without a name. */
struct cmd_option {
	const char *name; /* the long form, less its dashes */
	char letter; /* the short one; 0: none */
	int id; /* for who asks cmd_next_option(); one of CMD_JSON... where cmd_operands() does */
	const char *arg; /* what follows it, in capitals; NULL: nothing */
	const char *help;
};

enum {
	CMD_JSON = 1 << 0,
	CMD_FORCE = 1 << 1,
	CMD_STRICT = 1 << 2,
	CMD_DRY_RUN = 1 << 3,
	CMD_ALL = 1 << 4,
	CMD_SET = 1 << 5, /* with an argument: for cmd_next_option() only */
};

struct asked;
struct explanation;
struct runtime;

/* What a policy can be asked about. Lists end in a row without a name. */
struct cmd_act {
	const char *name;
	const char *args; /* the words after it, for the usage line */
	int n_args;
	/* What is wrong with the words alone, before the policy is read; NULL: nothing can be. */
	int (*read)(struct asked *a, struct sbx_error *err);
	int (*ask)(struct asked *a, struct explanation *ret, struct sbx_error *err);
};

/*
 * The words in capitals, of operands and of options' arguments, also say how they are completed:
 * see contrib/completion/generate.c.
 */
struct cmd {
	const char *name; /* of one word or two: "lsm load" */
	const char *args; /* the operands, for the usage line */
	const char *help; /* one line */
	int (*main)(const struct cmd_context *context, int argc, char **argv);
	const struct cmd_option *options;
	const struct cmd_act *acts; /* what ACT among the operands may be; may be NULL */
	const char *more; /* further help, in lines; may be NULL */
};

extern const struct cmd cmds[];
extern const size_t n_cmds;
extern const struct cmd_option cmd_global_options[], cmd_run_options[], cmd_score_options[];
extern const struct cmd_option cmd_explain_options[], cmd_kill_options[], cmd_exec_options[];
extern const struct cmd_option cmd_logs_options[], cmd_events_options[];
extern const struct cmd_option cmd_show_options[];
extern const struct cmd_option cmd_help_option;
extern const struct cmd_act cmd_explain_acts[];

int cmd_run(const struct cmd_context *context, int argc, char **argv);
int cmd_exec(const struct cmd_context *context, int argc, char **argv);
int cmd_list(const struct cmd_context *context, int argc, char **argv);
int cmd_status(const struct cmd_context *context, int argc, char **argv);
int cmd_stats(const struct cmd_context *context, int argc, char **argv);
int cmd_kill(const struct cmd_context *context, int argc, char **argv);
int cmd_freeze(const struct cmd_context *context, int argc, char **argv);
int cmd_thaw(const struct cmd_context *context, int argc, char **argv);
int cmd_wait(const struct cmd_context *context, int argc, char **argv);
int cmd_logs(const struct cmd_context *context, int argc, char **argv);
int cmd_events(const struct cmd_context *context, int argc, char **argv);
int cmd_update(const struct cmd_context *context, int argc, char **argv);
int cmd_gc(const struct cmd_context *context, int argc, char **argv);
int cmd_tenant_list(const struct cmd_context *context, int argc, char **argv);
int cmd_tenant_forget(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_check(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_show(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_explain(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_score(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_import(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_export(const struct cmd_context *context, int argc, char **argv);
int cmd_policy_keys(const struct cmd_context *context, int argc, char **argv);
int cmd_lsm_load(const struct cmd_context *context, int argc, char **argv);
int cmd_lsm_status(const struct cmd_context *context, int argc, char **argv);
int cmd_lsm_unload(const struct cmd_context *context, int argc, char **argv);
int cmd_doctor(const struct cmd_context *context, int argc, char **argv);

/* "sandboxctl: TEXT: CURE" on stderr, one line. Returns CMD_FAILED. */
int cmd_fail(const struct sbx_error *err);

/*
 * The policy of a tenant, with what `--set` says (NULL: nothing); its problems go to stderr as
 * `policy check` prints them. -errno where it has none, or an error: all is said then.
 */
int cmd_load_tenant(const struct policy_dirs *dirs, const char *tenant, const struct strv *settings,
	struct policy **ret_policy);

/* What runs a module of the policy where it says so; NULL: it is for native programs, too. */
const struct runtime *cmd_runtime_of(const struct policy *policy);

/* The calls that it may make. 0 or -errno with `err`. */
int cmd_list_calls(const struct policy_dirs *dirs, const struct policy *policy,
	struct allowlist *ret_list, struct sbx_error *err);

/* An indented document and a newline on stdout. Takes the reference. */
void cmd_print_json(json_t *json);

/*
 * Of all that comes from a file, a path or an argument: JSON is UTF-8, and these needn't be. Each
 * odd byte is U+FFFD then. NULL without memory.
 */
json_t *cmd_text_to_json(const char *text);

/* Whether the caller is root; says so and how to be it where not. */
bool cmd_is_root(const char *name);

/* "usage: sandboxctl NAME ARGS" on stderr. Returns CMD_USAGE. */
int cmd_usage(const char *name);

/* What --help prints: all of it, and the options' part. */
void cmd_print_help(const char *name);
void cmd_print_options(const struct cmd_option *options);

enum {
	CMD_OPTIONS_END = -1,
	CMD_OPTION_BAD = -2, /* it was said on stderr */
	CMD_OPTION_HELP = -3,
};

/*
 * getopt_long(3) by a table: the id of the next option, its argument in `optarg`, or one of the
 * above. Options end at the first operand.
 */
int cmd_next_option(const struct cmd_option *options, int argc, char **argv);

/*
 * What comes behind the last OPTION that cmd_next_option() gave: 0 to go on with MIN to MAX
 * operands from argv[optind] on, -1 to end with `ret_exit`.
 */
int cmd_end_options(
	const char *name, int option, int argc, char **argv, int min, int max, int *ret_exit);

/*
 * Takes the options of subcommand NAME, which have no arguments, and counts what follows: 0 to go
 * on with MIN to MAX operands from argv[optind] on, -1 to end with `ret_exit`. `ret_options` has a
 * bit for each option that was given; NULL where there are none.
 */
int cmd_operands(const char *name, int argc, char **argv, int min, int max,
	unsigned int *ret_options, int *ret_exit);

#endif
