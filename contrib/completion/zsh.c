/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include "base/str.h"

#include <stdio.h>

/* For _arguments, see zshcompsys(1). */
static const struct {
	const char *word;
	const char *action;
} actions[] = {
	{ "TENANT", "_sandboxctl_tenants" },
	{ "TENANT/NAME", "_sandboxctl_sandboxes" },
	{ "SIGNAL", "_signals" },
	{ "FILE", "_files -g \"*.ini(-.)\"" },
	{ "FILE.json", "_files -g \"*.json(-.)\"" },
	{ "FILE|journal", "_files" },
	{ "DIR", "_files -/" },
	{ "PATH", "_files" },
	{ "COMMAND", "_command_names -e" },
};

static void put_action(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (streq(actions[i].word, word)) {
			(void)fputs(actions[i].action, stdout);
			return;
		}
	(void)putchar(' ');
}

/* "'(-n --name)'{-n+,--name=}'[help]:WORD:action'" */
static void put_option(const struct cmd_option *o, const char *indent)
{
	const char *argument = o->arg ? "=" : "";

	if (o->letter)
		(void)printf("%s'(-%c --%s)'{-%c%s,--%s%s}'[", indent, o->letter, o->name,
			o->letter, o->arg ? "+" : "", o->name, argument);
	else
		(void)printf("%s'%s--%s%s[", indent, o->id == CMD_OPTION_HELP ? "(- *)" : "",
			o->name, argument);
	put_text(o->help, "[]\\");
	(void)putchar(']');
	if (o->arg) {
		(void)putchar(':');
		put_text(o->arg, ":\\");
		(void)putchar(':');
		put_action(o->arg);
	}
	(void)fputs("' \\\n", stdout);
}

static void put_options(const struct cmd_option *options, const char *indent)
{
	for (const struct cmd_option *o = options; o->name; o++)
		put_option(o, indent);
	put_option(&cmd_help_option, indent);
}

void zsh_put_options(void)
{
	put_options(cmd_global_options, "\t\t");
}

void zsh_put_commands(void)
{
	for (size_t i = 0; i < n_cmds; i++) {
		if (strchr(cmds[i].name, ' '))
			continue;
		(void)printf("\t\t'%s:", cmds[i].name);
		put_text(cmds[i].help, ":\\");
		(void)printf("'\n");
	}
}

/* "policy 'check show'": what follows a first word. */
void zsh_put_groups(void)
{
	for (size_t i = 0; i < n_cmds; i++) {
		size_t n = strcspn(cmds[i].name, " ");

		if (!cmds[i].name[n] || !is_first_of_group(&cmds[i]))
			continue;
		(void)printf("\t\t%.*s '", (int)n, cmds[i].name);
		for (size_t j = i; j < n_cmds; j++)
			if (strncmp(cmds[j].name, cmds[i].name, n + 1) == 0)
				(void)printf("%s%s", j > i ? " " : "", cmds[j].name + n + 1);
		(void)printf("'\n");
	}
}

static void put_operand(const struct operand *operand, unsigned int number)
{
	/* The command is the operand before it. */
	if (streq(operand->word, "ARG")) {
		(void)printf("\t\t\t'*::ARG: _sandboxctl_arg %u' \\\n", number - 2);
		return;
	}
	if (operand->more)
		(void)printf("\t\t\t'*:%s:", operand->word);
	else
		(void)printf("\t\t\t'%u:%s:", number, operand->word);
	if (streq(operand->word, "ACT") || streq(operand->word, "WHAT"))
		(void)printf("_sandboxctl_%s", streq(operand->word, "ACT") ? "acts" : "what");
	else
		put_action(operand->word);
	(void)printf("' \\\n");
}

static void put_row(const struct cmd *cmd)
{
	const char *args = cmd->args;
	struct operand operand;

	(void)printf("\t'%s')\n", cmd->name);
	for (const struct cmd_act *act = cmd->acts; act && act->name; act++)
		(void)printf("%s'%s %s'%s", act == cmd->acts ? "\t\tacts=(" : " ", act->name,
			act->args, act[1].name ? "" : ")\n");
	(void)printf("\t\t_arguments -S \\\n");
	put_options(cmd->options, "\t\t\t");
	for (unsigned int n = 1; next_operand(&args, &operand); n++)
		put_operand(&operand, n);
	(void)printf("\t\t\t&& ret=0\n\t\t;;\n");
}

void zsh_put_rows(void)
{
	for (size_t i = 0; i < n_cmds; i++)
		put_row(&cmds[i]);
}
