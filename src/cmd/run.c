/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/report.h"
#include "launch/launch.h"
#include "policy/values.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <stdio.h>

struct run_arguments {
	struct run_options options;
	struct strv env, mounts;
	bool dry_run;
	int status_fd; /* -1: none */
};

enum {
	OPT_TENANT,
	OPT_POLICY,
	OPT_NAME,
	OPT_ENV,
	OPT_MOUNT,
	OPT_TIMEOUT,
	OPT_DRY_RUN,
	OPT_STATUS_FD,
	OPT_VERBOSE,
};

/* clang-format off */
const struct cmd_option cmd_run_options[] = {
	{ "tenant", 't', OPT_TENANT, "TENANT", "whose policy; else the host's default tenant" },
	{ "policy", 0, OPT_POLICY, "FILE", "this file instead of the tenant's" },
	{ "name", 0, OPT_NAME, "NAME", "name of the sandbox, unique in its tenant" },
	{ "env", 0, OPT_ENV, "K[=V]", "set a variable; without V, to the value it has here" },
	{ "mount", 0, OPT_MOUNT, "SRC:DST[:ro]", "show a tree at another place, to write or to read" },
	{ "timeout", 0, OPT_TIMEOUT, "DURATION", "kill all of it after that time: 500ms, 30s, 1h" },
	{ "dry-run", 0, OPT_DRY_RUN, NULL, "print what would be done, and do nothing" },
	{ "json-status-fd", 0, OPT_STATUS_FD, "N", "write how it ended to descriptor N, as JSON" },
	{ "verbose", 'v', OPT_VERBOSE, NULL, "say each step on stderr" },
	/* Of later builds. */
	{ .name = "set", .arg = "SECTION.KEY=VALUE" },
	{ .name = "tty" },
	{ .name = "detach" },
	{ .name = "explain" },
	{ .name = "log", .arg = "FILE" },
	{ 0 },
};
/* clang-format on */

static int bad_argument(const char *option, const char *value, const char *why)
{
	(void)fprintf(stderr, "sandboxctl: run: %s '%s': %s\n", option, value, why);
	return SANDBOXCTL_EXIT_SETUP;
}

static int parse_timeout(const char *value, uint64_t *ret_usec)
{
	if (value_duration(value, ret_usec) < 0 || *ret_usec == 0)
		return bad_argument("--timeout", value, "not a duration, such as 500ms, 30s or 1h");
	return -1;
}

static int parse_status_fd(const char *value, int *ret_fd)
{
	uint32_t fd;

	if (str_to_u32(value, &fd) < 0 || fd > INT_MAX || fcntl((int)fd, F_GETFD) < 0)
		return bad_argument("--json-status-fd", value, "not an open descriptor");
	*ret_fd = (int)fd;
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
	case OPT_NAME:
		a->options.name = optarg;
		return -1;
	case OPT_ENV:
		return strv_add(&a->env, optarg) < 0 ? SANDBOXCTL_EXIT_SETUP : -1;
	case OPT_MOUNT:
		return strv_add(&a->mounts, optarg) < 0 ? SANDBOXCTL_EXIT_SETUP : -1;
	case OPT_TIMEOUT:
		return parse_timeout(optarg, &a->options.timeout);
	case OPT_DRY_RUN:
		a->dry_run = true;
		return -1;
	case OPT_STATUS_FD:
		return parse_status_fd(optarg, &a->status_fd);
	default: /* OPT_VERBOSE */
		a->options.trace = trace;
		return -1;
	}
}

static int parse(struct run_arguments *a, int argc, char **argv)
{
	int option;

	while ((option = cmd_next_option(cmd_run_options, argc, argv)) >= 0) {
		int exit_code = take_option(a, option);

		if (exit_code >= 0)
			return exit_code;
	}
	if (option == CMD_OPTION_HELP) {
		cmd_print_help("run");
		return CMD_DONE;
	}
	if (option == CMD_OPTION_BAD)
		return SANDBOXCTL_EXIT_SETUP;
	if (optind == argc) {
		(void)fprintf(stderr,
			"sandboxctl: run: no command was given: sandboxctl run [-t TENANT] -- "
			"COMMAND\n");
		return SANDBOXCTL_EXIT_SETUP;
	}
	a->options.command = argv + optind;
	return -1;
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

static bool is_root(void)
{
	if (geteuid() == 0)
		return true;
	(void)fprintf(stderr, "sandboxctl: run: not root: cgroups, namespaces and the LSM need it: "
			      "use sudo\n");
	return false;
}

static int run(struct run_arguments *a)
{
	struct outcome outcome;

	if (!is_root())
		return SANDBOXCTL_EXIT_SETUP;
	a->options.only_plan = a->dry_run;
	if (a->dry_run)
		return dry_run(&a->options);
	launch(&a->options, &outcome);
	report_outcome(&outcome);
	if (a->status_fd >= 0 && report_outcome_json(&outcome, a->status_fd) < 0)
		(void)fprintf(stderr, "sandboxctl: run: --json-status-fd: could not be written\n");
	return outcome.exit_code;
}

int cmd_run(const struct cmd_context *context, int argc, char **argv)
{
	struct run_arguments a = {
		.options = {
			.dirs = context->dirs,
			.libexec = context->libexec,
			.cache = CMD_CACHE_DIR,
			.report = report_outcome_json,
			.trace = context->verbose ? trace : NULL,
		},
		.status_fd = -1,
	};
	int exit_code;

	a.options.env = &a.env;
	a.options.mounts = &a.mounts;
	exit_code = parse(&a, argc, argv);
	if (exit_code < 0)
		exit_code = run(&a);
	strv_clear(&a.env);
	strv_clear(&a.mounts);
	return exit_code;
}
