/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of subcommands as each shell reads it, on stdout.
 *
 * What an option or operand is completed with follows from its word in the usage line: TENANT,
 * TENANT/NAME (a sandbox that runs), FILE (a policy's), FILE.json, DIR, PATH, SIGNAL, COMMAND, ACT,
 * and one of several words where there are bars between them. Whatever else there is, only its user
 * knows.
 */
#ifndef SBX_COMPLETION_ROWS_H
#define SBX_COMPLETION_ROWS_H

#include "cmd/cmd.h"

void bash_put_rows(void);
void zsh_put_commands(void);
void zsh_put_groups(void);
void zsh_put_options(void);
void zsh_put_rows(void);
void fish_put_rows(void);

/* Operands of a usage line may be "[X]" or "X...". */
struct operand {
	char word[32];
	bool more; /* may be repeated */
};

/* The next one of *LINE, which moves on; false at its end. */
bool next_operand(const char **line, struct operand *ret);

/* Whether there are several words to choose from: "tcp|udp". */
bool is_choice(const char *word);

/*
 * Between single quotes, which are the caller's, each of the shells reads it as it stands. What is
 * in SPECIAL gets a backslash before it, for who reads it next.
 */
void put_text(const char *s, const char *special);

/* Whether the row is the first of those that begin with its first word. */
bool is_first_of_group(const struct cmd *cmd);

#endif
