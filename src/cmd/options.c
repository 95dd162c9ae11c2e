/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options and operands, as the rows of subcommands have them.
 */
#include "base/str.h"
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>

enum { OPTIONS_MAX = 31, SHORTS_MAX = 2 + 2 * OPTIONS_MAX, LONG_FIRST = 256 };

const struct cmd_option cmd_help_option = {
	"help",
	.id = CMD_OPTION_HELP,
	.help = "print this text",
};

static const struct cmd *find(const char *name)
{
	for (size_t i = 0; i < n_cmds; i++)
		if (streq(cmds[i].name, name))
			return &cmds[i];
	return NULL;
}

/* The usage line names one option, and speaks of several. */
static void print_usage(const struct cmd *cmd, FILE *out)
{
	const struct cmd_option *options = cmd->options;

	(void)fprintf(out, "usage: sandboxctl %s", cmd->name);
	if (options[0].name && options[1].name)
		(void)fprintf(out, " [OPTION]...");
	else if (options[0].name)
		(void)fprintf(out, " [--%s%s%s]", options[0].name, options[0].arg ? " " : "",
			options[0].arg ? options[0].arg : "");
	(void)fprintf(out, "%s%s\n", *cmd->args ? " " : "", cmd->args);
}

int cmd_usage(const char *name)
{
	print_usage(find(name), stderr);
	return CMD_USAGE;
}

static void print_option(const struct cmd_option *o)
{
	char text[64];
	int n = o->letter ? snprintf(text, sizeof(text), "-%c, ", o->letter) : 0;

	(void)snprintf(text + n, sizeof(text) - (size_t)n, "--%s%s%s", o->name, o->arg ? " " : "",
		o->arg ? o->arg : "");
	(void)printf("  %-20s  %s\n", text, o->help);
}

void cmd_print_options(const struct cmd_option *options)
{
	for (const struct cmd_option *o = options; o->name; o++)
		print_option(o);
	print_option(&cmd_help_option);
}

void cmd_print_help(const char *name)
{
	const struct cmd *cmd = find(name);

	print_usage(cmd, stdout);
	(void)printf("\n%s\n\n", cmd->help);
	for (const struct cmd_act *act = cmd->acts; act && act->name; act++)
		(void)printf("  %s %s\n", act->name, act->args);
	if (cmd->acts)
		(void)putchar('\n');
	cmd_print_options(cmd->options);
	if (cmd->more)
		(void)printf("\n%s", cmd->more);
}

/* For getopt_long(3), which must stop at the first operand. */
static size_t fill_tables(
	const struct cmd_option *options, struct option *longs, char shorts[static SHORTS_MAX])
{
	size_t n = 0;

	*shorts++ = '+';
	*shorts++ = ':';
	for (; n < OPTIONS_MAX - 1 && options[n].name; n++) {
		longs[n] = (struct option){ options[n].name,
			options[n].arg ? required_argument : no_argument, NULL,
			LONG_FIRST + (int)n };
		if (!options[n].letter)
			continue;
		*shorts++ = options[n].letter;
		if (options[n].arg)
			*shorts++ = ':';
	}
	*shorts = '\0';
	longs[n] = (struct option){ cmd_help_option.name, no_argument, NULL, LONG_FIRST + (int)n };
	return n;
}

#define SEE_HELP ": see sandboxctl%s --help\n"

/* " lsm load", for main() has "sandboxctl: lsm load" in argv[0]; "" of sandboxctl's own options. */
static const char *subcommand_of(char **argv)
{
	const char *colon = strchr(argv[0], ':');

	return colon ? colon + 1 : "";
}

static const char *option_at(const void *list, size_t i)
{
	return ((const struct cmd_option *)list)[i].name;
}

/* "GIVEN": no option begins so, or several do. */
static void complain_of_name(const struct cmd_option *options, char **argv, const char *given)
{
	const char *name = given + strspn(given, "-"), *nearest;
	size_t n = 0, n_alike = 0, length = strcspn(name, "=");
	char word[64];

	for (; options[n].name; n++)
		n_alike += strncmp(options[n].name, name, length) == 0;
	n_alike += strncmp(cmd_help_option.name, name, length) == 0;
	(void)snprintf(word, sizeof(word), "%.*s", (int)length, name);
	nearest = n_alike > 1 ? NULL : str_nearest(word, options, n, option_at);
	if (nearest)
		(void)fprintf(stderr, "%s: unrecognized option '%s': did you mean '--%s'?\n",
			argv[0], given, nearest);
	else
		(void)fprintf(stderr,
			n_alike > 1 ? "%s: option '%s' is ambiguous" SEE_HELP
				    : "%s: unrecognized option '%s'" SEE_HELP,
			argv[0], given, subcommand_of(argv));
}

/* As getopt(3) of the GNU C library says it, others have other words; and where to read on. */
static void complain(
	const struct cmd_option *options, const struct option *longs, int what, char **argv)
{
	if (optopt >= LONG_FIRST)
		(void)fprintf(stderr, "%s: option '--%s' %s" SEE_HELP, argv[0],
			longs[optopt - LONG_FIRST].name,
			what == ':' ? "requires an argument" : "doesn't allow an argument",
			subcommand_of(argv));
	else if (optopt)
		(void)fprintf(stderr, "%s: %s -- '%c'" SEE_HELP, argv[0],
			what == ':' ? "option requires an argument" : "invalid option", optopt,
			subcommand_of(argv));
	else
		complain_of_name(options, argv, argv[optind - 1]);
}

int cmd_next_option(const struct cmd_option *options, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX + 1] = { 0 };
	char shorts[SHORTS_MAX];
	size_t i = 0, n = fill_tables(options, longs, shorts);
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, shorts, longs, NULL);
	if (option == -1)
		return CMD_OPTIONS_END;
	/* musl counts the argument that isn't there. */
	if (optind > argc)
		optind = argc;
	if (option == '?' || option == ':') {
		complain(options, longs, option, argv);
		return CMD_OPTION_BAD;
	}
	if (option == LONG_FIRST + (int)n)
		return CMD_OPTION_HELP;
	if (option >= LONG_FIRST)
		i = (size_t)(option - LONG_FIRST);
	else
		while (options[i].letter != option)
			i++;
	return options[i].id;
}

static bool has_late_option(int argc, char **argv)
{
	/* Behind "--" it is an operand. */
	if (optind > 1 && streq(argv[optind - 1], "--"))
		return false;
	for (int i = optind; i < argc; i++)
		if (argv[i][0] == '-' && argv[i][1] == '-' && argv[i][2]) {
			(void)fprintf(stderr,
				"%s: '%s' stands behind an operand: options come first, and '--' "
				"before a name that looks like one\n",
				argv[0], argv[i]);
			return true;
		}
	return false;
}

int cmd_end_options(
	const char *name, int option, int argc, char **argv, int min, int max, int *ret_exit)
{
	if (option == CMD_OPTION_HELP) {
		cmd_print_help(name);
		*ret_exit = CMD_DONE;
		return -1;
	}
	/* Said already. */
	if (option == CMD_OPTION_BAD || has_late_option(argc, argv)) {
		*ret_exit = CMD_USAGE;
		return -1;
	}
	if (argc - optind < min || argc - optind > max) {
		*ret_exit = cmd_usage(name);
		return -1;
	}
	return 0;
}

int cmd_operands(const char *name, int argc, char **argv, int min, int max,
	unsigned int *ret_options, int *ret_exit)
{
	unsigned int seen = 0;
	int option;

	while ((option = cmd_next_option(find(name)->options, argc, argv)) >= 0)
		seen |= (unsigned int)option;
	if (cmd_end_options(name, option, argc, argv, min, max, ret_exit) < 0)
		return -1;
	if (ret_options)
		*ret_options = seen;
	return 0;
}
