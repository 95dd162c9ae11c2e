/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include "base/str.h"

#include <stdio.h>

bool next_operand(const char **line, struct operand *ret)
{
	size_t n = 0;

	*line += strspn(*line, " ");
	if (strncmp(*line, "[--]", 4) == 0)
		*line += 4 + strspn(*line + 4, " ");
	if (!**line)
		return false;
	*ret = (struct operand){ 0 };
	for (; **line && **line != ' '; ++*line)
		if (str_after(*line, "...")) {
			ret->more = true;
			*line += strlen("..");
		} else if (!strchr("[]", **line) && n < sizeof(ret->word) - 1) {
			ret->word[n++] = **line;
		}
	return true;
}

bool is_choice(const char *word)
{
	return strchr(word, '|') != NULL;
}

void put_text(const char *s, const char *special)
{
	for (; *s; s++) {
		if (strchr(special, *s))
			(void)putchar('\\');
		if (*s == '\'')
			(void)fputs("'\\''", stdout);
		else
			(void)putchar(*s);
	}
}

bool is_first_of_group(const struct cmd *cmd)
{
	size_t n = strcspn(cmd->name, " ");

	for (const struct cmd *other = cmds; other < cmd; other++)
		if (strncmp(other->name, cmd->name, n) == 0 && strcspn(other->name, " ") == n)
			return false;
	return true;
}
