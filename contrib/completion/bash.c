/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include <stdio.h>

/* "--policy=FILE", "-t=TENANT" for what an option takes. */
static void put_option(const char *dashes, const char *name, const char *arg)
{
	(void)printf(" '%s%s%s%s'", dashes, name, arg ? "=" : "", arg ? arg : "");
}

static void put_options(const struct cmd_option *options)
{
	(void)printf("\t\toptions=('--%s'", cmd_help_option.name);
	for (const struct cmd_option *o = options; o->name; o++) {
		put_option("--", o->name, o->arg);
		if (o->letter)
			put_option("-", (char[]){ o->letter, '\0' }, o->arg);
	}
	(void)printf(")\n");
}

static void put_row(const struct cmd *cmd)
{
	const char *args = cmd->args;
	struct operand operand;

	(void)printf("\t'%s')\n", cmd->name);
	put_options(cmd->options);
	if (*args) {
		(void)printf("\t\toperands=(");
		for (const char *space = ""; next_operand(&args, &operand); space = " ")
			(void)printf("%s'%s%s'", space, operand.word, operand.more ? "..." : "");
		(void)printf(")\n");
	}
	if (cmd->acts) {
		(void)printf("\t\tacts=(");
		for (const struct cmd_act *act = cmd->acts; act->name; act++)
			(void)printf(
				"%s'%s %s'", act == cmd->acts ? "" : " ", act->name, act->args);
		(void)printf(")\n");
	}
	(void)printf("\t\t;;\n");
}

void bash_put_rows(void)
{
	(void)printf("_sandboxctl_commands=(");
	for (size_t i = 0; i < n_cmds; i++)
		(void)printf("%s'%s'", i ? " " : "", cmds[i].name);
	(void)printf(")\n\n_sandboxctl_row() { # SUBCOMMAND\n"
		     "\toptions=() operands=() acts=()\n\tcase $1 in\n\t'')\n");
	put_options(cmd_global_options);
	(void)printf("\t\t;;\n");
	for (size_t i = 0; i < n_cmds; i++)
		put_row(&cmds[i]);
	(void)printf("\t*) return 1 ;;\n\tesac\n}\n");
}
