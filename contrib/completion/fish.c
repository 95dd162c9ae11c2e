/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include "base/str.h"

#include <stdio.h>

/* See complete(1) of fish. */
static const struct {
	const char *word;
	const char *options;
} actions[] = {
	{ "TENANT", " -x -a '(__sandboxctl_tenants)'" },
	{ "TENANT/NAME", " -x -a '(__sandboxctl_sandboxes)'" },
	{ "SIGNAL", " -x -a 'HUP INT QUIT KILL USR1 USR2 TERM STOP CONT'" },
	{ "FILE", " -r -F" },
	{ "FILE.json", " -r -F" },
	{ "FILE|journal", " -r -F -a journal" },
	{ "DIR", " -x -a '(__fish_complete_directories)'" },
	{ "PATH", " -r -F" },
	{ "COMMAND", " -r -F -a '(__fish_complete_command)'" },
	{ "ARG", " -r -F" },
};

static bool put_action(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (streq(actions[i].word, word)) {
			(void)fputs(actions[i].options, stdout);
			return true;
		}
	return false;
}

static void put_description(const char *s)
{
	(void)fputs(" -d '", stdout);
	put_text(s, "\\");
	(void)putchar('\'');
}

static void put_option(const char *condition, const struct cmd_option *o)
{
	(void)printf("complete -c sandboxctl -n '%s'", condition);
	if (o->letter)
		(void)printf(" -s %c", o->letter);
	(void)printf(" -l %s", o->name);
	if (o->arg && !put_action(o->arg))
		(void)printf(" -x");
	put_description(o->help);
	(void)putchar('\n');
}

static void put_options(const char *condition, const struct cmd_option *options)
{
	for (const struct cmd_option *o = options; o->name; o++)
		put_option(condition, o);
	put_option(condition, &cmd_help_option);
}

static void put_acts(const struct cmd *cmd, const struct operand *operand, unsigned int number)
{
	const char *args;
	struct operand what;

	for (const struct cmd_act *act = cmd->acts; act->name; act++) {
		if (streq(operand->word, "ACT")) {
			(void)printf("complete -c sandboxctl -n '__sandboxctl_at %u %s' -x -a %s "
				     "-d '%s'\n",
				number, cmd->name, act->name, act->args);
			continue;
		}
		args = act->args;
		for (unsigned int n = number; next_operand(&args, &what); n++) {
			(void)printf("complete -c sandboxctl -n '__sandboxctl_at %u %s; and "
				     "__sandboxctl_word %u %s'",
				n, cmd->name, number - 1 + (strchr(cmd->name, ' ') ? 2 : 1),
				act->name);
			if (is_choice(what.word))
				(void)printf(" -x -a '(string split \"|\" \"%s\")'", what.word);
			else if (!put_action(what.word))
				(void)printf(" -x");
			(void)putchar('\n');
		}
	}
}

static void put_row(const struct cmd *cmd)
{
	const char *args = cmd->args;
	struct operand operand;
	char condition[64];

	(void)printf("\n");
	(void)snprintf(condition, sizeof(condition), "__sandboxctl_at 1 %s", cmd->name);
	put_options(condition, cmd->options);
	for (unsigned int n = 1; next_operand(&args, &operand); n++) {
		if (streq(operand.word, "ACT") || streq(operand.word, "WHAT")) {
			put_acts(cmd, &operand, n);
			continue;
		}
		(void)printf("complete -c sandboxctl -n '__sandboxctl_at %u%s %s'", n,
			operand.more ? "+" : "", cmd->name);
		(void)put_action(operand.word);
		(void)putchar('\n');
	}
}

static void put_with_argument(const struct cmd_option *options)
{
	for (const struct cmd_option *o = options; o->name; o++) {
		if (!o->arg)
			continue;
		(void)printf(" --%s", o->name);
		if (o->letter)
			(void)printf(" -%c", o->letter);
	}
}

/* "policy" of "policy check", and "check" after it. */
static void put_name(const struct cmd *cmd)
{
	size_t n = strcspn(cmd->name, " ");

	if (is_first_of_group(cmd)) {
		(void)printf("complete -c sandboxctl -n '__sandboxctl_at 1' -x -a %.*s", (int)n,
			cmd->name);
		if (!cmd->name[n])
			put_description(cmd->help);
		(void)putchar('\n');
	}
	if (!cmd->name[n])
		return;
	(void)printf("complete -c sandboxctl -n '__sandboxctl_at 1 %.*s' -x -a %s", (int)n,
		cmd->name, cmd->name + n + 1);
	put_description(cmd->help);
	(void)putchar('\n');
}

void fish_put_rows(void)
{
	(void)printf("set -g __sandboxctl_with_argument");
	put_with_argument(cmd_global_options);
	for (size_t i = 0; i < n_cmds; i++)
		put_with_argument(cmds[i].options);
	(void)printf("\n\n");
	put_options("__sandboxctl_at 1", cmd_global_options);
	for (size_t i = 0; i < n_cmds; i++)
		put_name(&cmds[i]);
	for (size_t i = 0; i < n_cmds; i++)
		put_row(&cmds[i]);
}
