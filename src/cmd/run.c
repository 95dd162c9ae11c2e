/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/report.h"
#include "launch/launch.h"
#include "policy/values.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>

#define CACHE_DIR "/var/cache/sandboxctl/seccomp"

struct run_arguments {
	struct run_options options;
	struct strv env;
	bool dry_run;
	int status_fd; /* -1: none */
};

enum {
	OPT_POLICY = 256,
	OPT_NAME,
	OPT_ENV,
	OPT_TIMEOUT,
	OPT_DRY_RUN,
	OPT_STATUS_FD,
	OPT_HELP,
	OPT_NOT_BUILT,
};

static const struct option long_options[] = {
	{ "tenant", required_argument, NULL, 't' },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "env", required_argument, NULL, OPT_ENV },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "json-status-fd", required_argument, NULL, OPT_STATUS_FD },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, OPT_HELP },
	/* Of sandboxctl(1), for later builds: refused by name, and never ignored. */
	{ "set", required_argument, NULL, OPT_NOT_BUILT },
	{ "mount", required_argument, NULL, OPT_NOT_BUILT },
	{ "tty", no_argument, NULL, OPT_NOT_BUILT },
	{ "detach", no_argument, NULL, OPT_NOT_BUILT },
	{ "explain", no_argument, NULL, OPT_NOT_BUILT },
	{ "log", required_argument, NULL, OPT_NOT_BUILT },
	{ 0 },
};

static void print_help(void)
{
	(void)printf(
		"usage: sandboxctl run [-t TENANT] [OPTION]... [--] COMMAND [ARG]...\n\n"
		"  -t, --tenant TENANT   whose policy; else the host's default tenant\n"
		"  --policy FILE         this file instead of the tenant's\n"
		"  --name NAME           name of the sandbox, unique in its tenant\n"
		"  --env K[=V]           set a variable; without V, with the value it has here\n"
		"  --timeout DURATION    kill all of it after that time: 500ms, 30s, 5m, 1h\n"
		"  --dry-run             print what would be done, and do nothing\n"
		"  --json-status-fd N    write how it ended to descriptor N, as JSON\n"
		"  -v, --verbose         say each step on stderr\n\n"
		"The exit status is the command's; 128+n: signal n; 124: timeout; 125: nothing\n"
		"was run; 126: not executable; 127: not found.\n");
}

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

static void trace(const char *step)
{
	(void)fprintf(stderr, "sandboxctl: step %s\n", step);
}

/* -1 to go on, else the exit code. */
static int take_option(struct run_arguments *a, int option, int index)
{
	switch (option) {
	case 't':
		a->options.tenant = optarg;
		return -1;
	case 'v':
		a->options.trace = trace;
		return -1;
	case OPT_POLICY:
		a->options.policy_file = optarg;
		return -1;
	case OPT_NAME:
		a->options.name = optarg;
		return -1;
	case OPT_ENV:
		return strv_add(&a->env, optarg) < 0 ? SANDBOXCTL_EXIT_SETUP : -1;
	case OPT_TIMEOUT:
		return parse_timeout(optarg, &a->options.timeout);
	case OPT_DRY_RUN:
		a->dry_run = true;
		return -1;
	case OPT_STATUS_FD:
		return parse_status_fd(optarg, &a->status_fd);
	case OPT_HELP:
		print_help();
		return 0;
	case OPT_NOT_BUILT:
		(void)fprintf(stderr, "sandboxctl: run: --%s is not supported by this build\n",
			long_options[index].name);
		return SANDBOXCTL_EXIT_SETUP;
	default:
		return SANDBOXCTL_EXIT_SETUP;
	}
}

static int parse(struct run_arguments *a, int argc, char **argv)
{
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "+t:v", long_options, &index)) != -1) {
		int exit_code = take_option(a, option, index);

		if (exit_code >= 0)
			return exit_code;
	}
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
	if (a->status_fd >= 0)
		report_outcome_json(&outcome, a->status_fd);
	return outcome.exit_code;
}

int cmd_run(const struct cmd_context *context, int argc, char **argv)
{
	struct run_arguments a = {
		.options = {
			.dirs = context->dirs,
			.libexec = context->libexec,
			.cache = CACHE_DIR,
			.trace = context->verbose ? trace : NULL,
		},
		.status_fd = -1,
	};
	int exit_code;

	a.options.env = &a.env;
	exit_code = parse(&a, argc, argv);
	if (exit_code < 0)
		exit_code = run(&a);
	strv_clear(&a.env);
	return exit_code;
}
