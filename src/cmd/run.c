/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/report.h"
#include "cmd/run_explain.h"
#include "cmd/sandboxes.h"
#include "launch/detach.h"
#include "launch/launch.h"
#include "policy/values.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <stdio.h>

struct run_arguments {
	const char *command; /* "run" or "exec" */
	struct run_options options;
	struct strv settings, env, mounts;
	struct sandbox_operand sandbox; /* of exec */
	bool dry_run;
	bool quiet;
	bool explain;
	char *explanation; /* owned */
	int status_fd; /* -1: none */
};

enum {
	OPT_TENANT,
	OPT_POLICY,
	OPT_SET,
	OPT_NAME,
	OPT_ENV,
	OPT_MOUNT,
	OPT_TIMEOUT,
	OPT_DRY_RUN,
	OPT_STATUS_FD,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_DETACH,
	OPT_LOG,
	OPT_TTY,
	OPT_EXPLAIN,
};

/* clang-format off */
const struct cmd_option cmd_run_options[] = {
	{ "tenant", 't', OPT_TENANT, "TENANT", "whose policy; else the host's default tenant" },
	{ "policy", 0, OPT_POLICY, "FILE", "this file instead of the tenant's" },
	{ "set", 0, OPT_SET, "SECTION.KEY=VALUE", "as a line of the policy's that comes last" },
	{ "name", 0, OPT_NAME, "NAME", "name of the sandbox, unique in its tenant" },
	{ "env", 0, OPT_ENV, "K[=V]", "set a variable; without V, to the value it has here" },
	{ "mount", 0, OPT_MOUNT, "SRC:DST[:ro]", "show a tree at another place, to write or to read" },
	{ "timeout", 0, OPT_TIMEOUT, "DURATION", "kill all of it after that time: 500ms, 30s, 1h" },
	{ "tty", 0, OPT_TTY, NULL, "give it a terminal of its own, shown in this one" },
	{ "detach", 0, OPT_DETACH, NULL, "leave it in the background, and print TENANT/NAME" },
	{ "log", 0, OPT_LOG, "FILE|journal", "append its output to FILE, or tell systemd's journal" },
	{ "dry-run", 0, OPT_DRY_RUN, NULL, "print what would be done, and do nothing" },
	{ "explain", 0, OPT_EXPLAIN, NULL, "say at its end which line of the policy stopped it" },
	{ "json-status-fd", 0, OPT_STATUS_FD, "N", "write how it ended to descriptor N, as JSON" },
	{ "verbose", 'v', OPT_VERBOSE, NULL, "say each step on stderr" },
	{ "quiet", 'q', OPT_QUIET, NULL, "say nothing on stderr about how it ended" },
	{ 0 },
};

const struct cmd_option cmd_exec_options[] = {
	{ "tty", 0, OPT_TTY, NULL, "give it a terminal of its own, shown in this one" },
	{ "env", 0, OPT_ENV, "K[=V]", "set a variable; without V, to the value it has here" },
	{ "timeout", 0, OPT_TIMEOUT, "DURATION", "kill the command after that time: 500ms, 30s, 1h" },
	{ "json-status-fd", 0, OPT_STATUS_FD, "N", "write how it ended to descriptor N, as JSON" },
	{ "verbose", 'v', OPT_VERBOSE, NULL, "say each step on stderr" },
	{ "quiet", 'q', OPT_QUIET, NULL, "say nothing on stderr about how it ended" },
	{ 0 },
};
/* clang-format on */

static int bad_argument(
	const struct run_arguments *a, const char *option, const char *value, const char *why)
{
	(void)fprintf(stderr, "sandboxctl: %s: %s '%s': %s\n", a->command, option, value, why);
	return SANDBOXCTL_EXIT_SETUP;
}

static int parse_timeout(struct run_arguments *a, const char *value)
{
	uint64_t *usec = &a->options.timeout;

	if (value_duration(value, usec) < 0 || *usec == 0)
		return bad_argument(
			a, "--timeout", value, "not a duration, such as 500ms, 30s or 1h");
	return -1;
}

static int parse_status_fd(struct run_arguments *a, const char *value)
{
	uint32_t fd;

	if (str_to_u32(value, &fd) < 0 || fd > INT_MAX || fcntl((int)fd, F_GETFD) < 0)
		return bad_argument(a, "--json-status-fd", value, "not an open descriptor");
	a->status_fd = (int)fd;
	return -1;
}

static void trace(const char *step, uint64_t nsec)
{
	if (nsec == TRACE_BEGINS)
		(void)fprintf(stderr, "sandboxctl: step %s\n", step);
	else
		(void)fprintf(stderr, "sandboxctl: took %llu.%03llu ms: %s\n",
			(unsigned long long)(nsec / 1000000),
			(unsigned long long)(nsec / 1000 % 1000), step);
}

/* -1 to go on, else the exit code. */
static int take_option(struct run_arguments *a, int option)
{
	switch (option) {
	case OPT_TENANT:
		a->options.tenant = optarg;
		return -1;
	case OPT_POLICY:
		a->options.policy_file = optarg;
		return -1;
	case OPT_SET:
		return strv_add(&a->settings, optarg) < 0 ? SANDBOXCTL_EXIT_SETUP : -1;
	case OPT_NAME:
		a->options.name = optarg;
		return -1;
	case OPT_ENV:
		return strv_add(&a->env, optarg) < 0 ? SANDBOXCTL_EXIT_SETUP : -1;
	case OPT_MOUNT:
		return strv_add(&a->mounts, optarg) < 0 ? SANDBOXCTL_EXIT_SETUP : -1;
	case OPT_TIMEOUT:
		return parse_timeout(a, optarg);
	case OPT_DRY_RUN:
		a->dry_run = true;
		return -1;
	case OPT_STATUS_FD:
		return parse_status_fd(a, optarg);
	case OPT_QUIET:
		a->quiet = true;
		return -1;
	case OPT_LOG:
		a->options.log = optarg;
		return -1;
	case OPT_TTY:
		a->options.tty = true;
		return -1;
	case OPT_EXPLAIN:
		a->explain = true;
		return -1;
	case OPT_DETACH:
		a->options.detach = true;
		return -1;
	default: /* OPT_VERBOSE */
		a->options.trace = trace;
		return -1;
	}
}

static int parse_options(
	struct run_arguments *a, const struct cmd_option *options, int argc, char **argv)
{
	int option;

	while ((option = cmd_next_option(options, argc, argv)) >= 0) {
		int exit_code = take_option(a, option);

		if (exit_code >= 0)
			return exit_code;
	}
	if (option == CMD_OPTION_HELP) {
		cmd_print_help(a->command);
		return CMD_DONE;
	}
	return option == CMD_OPTION_BAD ? SANDBOXCTL_EXIT_SETUP : -1;
}

/* Who is at a terminal reads what the command writes there, and is there. */
static int check_terminal(const struct run_options *options)
{
	if (!options->tty || (!options->detach && !options->log))
		return -1;
	(void)fprintf(stderr, "sandboxctl: run: --tty speaks with the caller: leave %s out\n",
		options->detach ? "--detach" : "--log");
	return SANDBOXCTL_EXIT_SETUP;
}

/* As --tty: who asks reads it here. */
static int check_explain(const struct run_arguments *a)
{
	if (!a->explain || !a->options.detach)
		return -1;
	(void)fprintf(stderr, "sandboxctl: run: --explain speaks with the caller: leave --detach "
			      "out\n");
	return SANDBOXCTL_EXIT_SETUP;
}

static int parse(struct run_arguments *a, int argc, char **argv)
{
	int exit_code = parse_options(a, cmd_run_options, argc, argv);

	if (exit_code >= 0)
		return exit_code;
	if (optind == argc) {
		(void)fprintf(stderr,
			"sandboxctl: run: no command was given: sandboxctl run [-t TENANT] -- "
			"COMMAND\n");
		return SANDBOXCTL_EXIT_SETUP;
	}
	a->options.command = argv + optind;
	exit_code = check_terminal(&a->options);
	return exit_code < 0 ? check_explain(a) : exit_code;
}

static int dry_run(const struct run_options *options)
{
	_cleanup_plan_ struct plan *plan = NULL;
	struct sbx_error err = { 0 };
	int exit_code;

	if (plan_make(options, &plan, &exit_code, &err) < 0) {
		(void)cmd_fail(&err);
		return exit_code;
	}
	report_plan(plan);
	return CMD_DONE;
}

static bool is_root(const char *command)
{
	if (geteuid() == 0)
		return true;
	(void)fprintf(stderr,
		"sandboxctl: %s: not root: cgroups, namespaces and the LSM need it: use sudo\n",
		command);
	return false;
}

/* Told behind how it ended, when the plan is gone. */
static void explain(const struct plan *plan, const struct outcome *outcome, void *arg)
{
	struct run_arguments *a = arg;
	size_t size;
	FILE *text = open_memstream(&a->explanation, &size);

	if (!text)
		return;
	run_explain(plan, outcome, text);
	(void)fclose(text);
}

static int run_to_end(struct run_arguments *a)
{
	struct outcome outcome;

	if (a->explain) {
		a->options.ended = explain;
		a->options.ended_arg = a;
	}
	launch(&a->options, &outcome);
	/* What kept the command from running is no news of how it ended, and is said somewhere. */
	if (!a->quiet || (outcome.reason == OUTCOME_SETUP && a->status_fd < 0))
		report_outcome(&outcome);
	if (a->explanation)
		(void)fputs(a->explanation, stderr);
	if (a->status_fd >= 0 && report_outcome_json(&outcome, a->status_fd) < 0)
		(void)fprintf(stderr, "sandboxctl: %s: --json-status-fd: could not be written\n",
			a->command);
	return outcome.exit_code;
}

/* Comes back twice: here, and in the background with the outcome. */
static int run_detached(struct run_arguments *a)
{
	char id[DETACH_ID_SIZE] = "";
	struct sbx_error err = { 0 };
	int exit_code = 0,
	    r = detach_begin(&a->status_fd, &a->options.caller, id, &exit_code, &err);

	if (r == 0)
		return run_to_end(a);
	if (r < 0) {
		(void)error_prefix(&err, r, "run --detach");
		(void)cmd_fail(&err);
		return SANDBOXCTL_EXIT_SETUP;
	}
	if (*id)
		(void)printf("%s\n", id);
	return exit_code;
}

static int run(struct run_arguments *a)
{
	if (!is_root(a->command))
		return SANDBOXCTL_EXIT_SETUP;
	a->options.only_plan = a->dry_run;
	if (a->dry_run)
		return dry_run(&a->options);
	return a->options.detach ? run_detached(a) : run_to_end(a);
}

/* One sandbox, and not all of a tenant's. */
static int take_sandbox(struct run_arguments *a, const char *operand)
{
	struct sbx_error err = { 0 };
	int r = sandbox_parse(operand, &a->sandbox, &err);

	if (r == 0 && !*a->sandbox.name)
		r = sandbox_is_none(operand, &err);
	a->options.tenant = a->sandbox.tenant;
	a->options.name = a->sandbox.name;
	if (r == 0)
		return -1;
	(void)fprintf(stderr, "sandboxctl: exec: %s: %s\n", err.text, err.cure);
	return SANDBOXCTL_EXIT_SETUP;
}

/* Options stand before the sandbox's name or behind it. */
static int parse_exec(struct run_arguments *a, int argc, char **argv)
{
	int exit_code = parse_options(a, cmd_exec_options, argc, argv);
	char *name = argv[0];

	if (exit_code < 0 && optind < argc) {
		argc -= optind;
		argv += optind;
		exit_code = take_sandbox(a, argv[0]);
	}
	if (exit_code >= 0)
		return exit_code;
	if (a->options.name) {
		argv[0] = name;
		optind = 1;
		exit_code = parse_options(a, cmd_exec_options, argc, argv);
	}
	if (exit_code < 0 && optind < argc) {
		a->options.command = argv + optind;
		return -1;
	}
	if (exit_code < 0)
		(void)fprintf(stderr,
			"sandboxctl: exec: no command was given: sandboxctl exec TENANT/NAME -- "
			"COMMAND\n");
	return exit_code < 0 ? SANDBOXCTL_EXIT_SETUP : exit_code;
}

static int with_arguments(const struct cmd_context *context, const char *command,
	int (*parse_all)(struct run_arguments *a, int argc, char **argv), int argc, char **argv)
{
	struct run_arguments a = {
		.command = command,
		.options = {
			.dirs = context->dirs,
			.libexec = context->libexec,
			.cache = CMD_CACHE_DIR,
			.report = report_outcome_json,
			.trace = context->verbose ? trace : NULL,
			.exec = parse_all == parse_exec,
		},
		.status_fd = -1,
	};
	int exit_code;

	a.options.settings = &a.settings;
	a.options.env = &a.env;
	a.options.mounts = &a.mounts;
	exit_code = parse_all(&a, argc, argv);
	if (exit_code < 0)
		exit_code = run(&a);
	strv_clear(&a.settings);
	strv_clear(&a.env);
	strv_clear(&a.mounts);
	free(a.explanation);
	return exit_code;
}

int cmd_run(const struct cmd_context *context, int argc, char **argv)
{
	return with_arguments(context, "run", parse, argc, argv);
}

int cmd_exec(const struct cmd_context *context, int argc, char **argv)
{
	return with_arguments(context, "exec", parse_exec, argc, argv);
}
