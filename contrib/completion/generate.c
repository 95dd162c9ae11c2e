/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the shells' completions from their templates and the table of subcommands.
 *
 * usage: generate TEMPLATE >COMPLETION
 *
 * A template is the shell's own code; a line "@NAME" in it stands for the table as that shell reads
 * it, see `parts`.
 */
#include "rows.h"

#include "base/str.h"

#include <stdio.h>

static const struct {
	const char *name;
	void (*put)(void);
} parts[] = {
	{ "bash-rows", bash_put_rows },
	{ "zsh-commands", zsh_put_commands },
	{ "zsh-groups", zsh_put_groups },
	{ "zsh-options", zsh_put_options },
	{ "zsh-rows", zsh_put_rows },
	{ "fish-rows", fish_put_rows },
};

static bool put_part(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (streq(parts[i].name, name)) {
			parts[i].put();
			return true;
		}
	return false;
}

static bool put_all(FILE *in, const char *name)
{
	_cleanup_free_ char *line = NULL;
	bool good = true;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, in)) > 0) {
		if (*line != '@') {
			(void)fputs(line, stdout);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		if (!put_part(line + 1)) {
			(void)fprintf(stderr, "%s: '%s' is unknown\n", name, line);
			good = false;
		}
	}
	return good && !ferror(in);
}

int main(int argc, char **argv)
{
	_cleanup_fclose_ FILE *in = argc == 2 ? fopen(argv[1], "re") : NULL;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: generate TEMPLATE >COMPLETION\n");
		return 2;
	}
	if (!in) {
		perror(argv[1]);
		return 1;
	}
	return put_all(in, argv[1]) && fflush(stdout) == 0 ? 0 : 1;
}
