/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "kernel/mntns.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <stdio.h>

#ifndef SBX_VERSION
#error "SBX_VERSION comes from the Makefile"
#endif

/* Of sandboxctl(1), but not built yet: an answer that can't be taken for a mistyped name. */
static const char *const planned[] = { "top", "learn", "metrics", "oci" };

static void print_help(void)
{
	(void)printf("usage: sandboxctl [--config-dir DIR] [-v] SUBCOMMAND [ARG]...\n\n"
		     "Runs the code of many tenants on one machine, each behind its own limits,\n"
		     "syscalls, files and sockets.\n\n");
	for (size_t i = 0; i < n_cmds; i++)
		(void)printf("  %-14s  %s\n", cmds[i].name, cmds[i].help);
	(void)putchar('\n');
	cmd_print_options(cmd_global_options);
	(void)printf(
		"\nSee sandboxctl SUBCOMMAND --help, sandboxctl(1) and sandboxctl-policy(5).\n");
}

/* -1 to go on, else the exit code. */
static int parse_options(struct cmd_context *context, int argc, char **argv)
{
	int option;

	while ((option = cmd_next_option(cmd_global_options, argc, argv)) >= 0)
		switch (option) {
		case 'c':
			/* Mistyped, it would be an installation without tenants. */
			if (access(optarg, F_OK) < 0) {
				(void)fprintf(stderr, "sandboxctl: --config-dir '%s': %s\n", optarg,
					strerror(errno));
				return CMD_USAGE;
			}
			context->dirs.config = optarg;
			break;
		case 'v':
			context->verbose = true;
			break;
		case 'V':
			(void)puts("sandboxctl " SBX_VERSION);
			return CMD_DONE;
		}
	if (option != CMD_OPTION_HELP)
		return option == CMD_OPTION_BAD ? CMD_USAGE : -1;
	print_help();
	return CMD_DONE;
}

/*
 * The other files of this installation lie relative to the program, PREFIX/bin/sandboxctl, so that
 * it can be moved as a whole and never takes them from the environment.
 */
static int find_installation(struct cmd_context *context, struct sbx_error *err)
{
	char prefix[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", prefix, sizeof(prefix) - 1);

	if (n < 0)
		return error_errno(err, errno, "read '/proc/self/exe'");
	prefix[n] = '\0';
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(prefix, '/');

		if (slash)
			*slash = '\0';
	}
	if (strlen(prefix) + sizeof("/share/sandboxctl/policies") > PATH_MAX)
		return error_errno(err, ENAMETOOLONG, "find the installation of sandboxctl");
	(void)stpcpy(stpcpy(context->libexec, prefix), "/libexec/sandboxctl");
	(void)stpcpy(stpcpy(context->shipped, prefix), "/share/sandboxctl/policies");
	context->dirs.shipped = context->shipped;
	return 0;
}

/* How many words of argv name the command; 0: none does. */
static int match(const struct cmd *cmd, int argc, char **argv)
{
	const char *space = strchr(cmd->name, ' ');

	if (!space)
		return streq(cmd->name, argv[0]) ? 1 : 0;
	return argc > 1 && strncmp(cmd->name, argv[0], (size_t)(space - cmd->name)) == 0 &&
			       argv[0][space - cmd->name] == '\0' && streq(space + 1, argv[1])
		       ? 2
		       : 0;
}

static const char *cmd_at(const void *list, size_t i)
{
	return ((const struct cmd *)list)[i].name;
}

/* "lsm" alone, or with a word that is none of its own. */
static bool is_group(const char *word)
{
	bool found = false;

	for (size_t i = 0; i < n_cmds; i++) {
		const char *rest = str_after(cmds[i].name, word);

		if (!rest || *rest != ' ')
			continue;
		if (found)
			(void)fprintf(stderr, ", %s", rest + 1);
		else
			(void)fprintf(stderr, "sandboxctl: '%s' is followed by one of: %s", word,
				rest + 1);
		found = true;
	}
	if (found)
		(void)fputc('\n', stderr);
	return found;
}

/* "lsm --help": those that begin with the word. Whether there are any. */
static bool print_group(const char *word)
{
	bool found = false;

	for (size_t i = 0; i < n_cmds; i++) {
		const char *rest = str_after(cmds[i].name, word);

		if (!rest || *rest != ' ')
			continue;
		if (!found)
			(void)printf("usage: sandboxctl %s SUBCOMMAND [ARG]...\n\n", word);
		(void)printf("  %-14s  %s\n", cmds[i].name, cmds[i].help);
		found = true;
	}
	if (found)
		(void)printf("\nSee sandboxctl %s SUBCOMMAND --help.\n", word);
	return found;
}

static int unknown(int argc, char **argv)
{
	char words[256];
	const char *nearest;

	if (argc > 1 && streq(argv[1], "--help") && print_group(argv[0]))
		return CMD_DONE;

	(void)snprintf(words, sizeof(words), "%s%s%s", argv[0], argc > 1 ? " " : "",
		argc > 1 ? argv[1] : "");
	for (size_t i = 0; i < ARRAY_SIZE(planned); i++)
		if (streq(argv[0], planned[i])) {
			(void)fprintf(stderr, "sandboxctl: '%s' is not supported by this build\n",
				argv[0]);
			return CMD_USAGE;
		}
	if (is_group(argv[0]))
		return CMD_USAGE;
	nearest = str_nearest(argv[0], cmds, n_cmds, cmd_at);
	if (!nearest)
		nearest = str_nearest(words, cmds, n_cmds, cmd_at);
	(void)fprintf(stderr, "sandboxctl: '%s' is not a subcommand%s%s%s\n", words,
		nearest ? ": did you mean '" : ": see sandboxctl --help", nearest ? nearest : "",
		nearest ? "'?" : "");
	return CMD_USAGE;
}

/*
 * Where the caller closed 0, 1 or 2, the next file that we open would take its place and be the
 * command's.
 */
static int fill_standard_descriptors(struct sbx_error *err)
{
	/* Each becomes the lowest that is free. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			return error_errno(err, errno, "open '/dev/null'");
	return 0;
}

int main(int argc, char **argv)
{
	struct cmd_context context = { .dirs.config = CMD_CONFIG_DIR };
	struct sbx_error err = { 0 };
	static char line[4096];
	char name[64];
	int exit_code;

	/* getopt(3) says by this name what is wrong with an option. */
	argv[0] = (char *)"sandboxctl";
	process_normalise();
	/* Each line in one piece, for several of us may write to one file. */
	(void)setvbuf(stderr, line, _IOLBF, sizeof(line));
	if (fill_standard_descriptors(&err) < 0)
		return cmd_fail(&err);
	exit_code = parse_options(&context, argc, argv);
	if (exit_code >= 0)
		return exit_code;
	argc -= optind;
	argv += optind;
	if (argc == 0) {
		(void)fprintf(
			stderr, "usage: sandboxctl SUBCOMMAND [ARG]...: see sandboxctl --help\n");
		return CMD_USAGE;
	}
	if (find_installation(&context, &err) < 0 || (geteuid() == 0 && mntns_enter_host(&err) < 0))
		return cmd_fail(&err);
	for (size_t i = 0; i < n_cmds; i++) {
		int n = match(&cmds[i], argc, argv);

		if (n > 0) {
			/* getopt(3) says by this name what is wrong with an option. */
			(void)snprintf(name, sizeof(name), "sandboxctl: %s", cmds[i].name);
			argv[n - 1] = name;
			optind = 1;
			return cmds[i].main(&context, argc - n + 1, argv + n - 1);
		}
	}
	return unknown(argc, argv);
}
