/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COMMAND, from a word to a descriptor: where it is and what it is.
 */
#ifndef SBX_LAUNCH_COMMAND_H
#define SBX_LAUNCH_COMMAND_H

#include "kernel/resolve.h"

enum command_kind {
	COMMAND_PROGRAM, /* the kernel runs it from the descriptor */
	COMMAND_SCRIPT, /* "#!": the interpreter opens it by its path */
	COMMAND_MODULE, /* a WASM core module: a runtime runs it */
	COMMAND_COMPONENT, /* a WASM component: a runtime that takes components runs it */
};

struct command {
	struct resolved place;
	enum command_kind kind;
};

#define COMMAND_INIT ((struct command){ .place = RESOLVED_INIT })

/* Where a command is looked for. */
struct command_view {
	const char *path; /* "/usr/bin:/bin" */
	const char
		*here; /* what a word with a '/' that isn't absolute starts from; NULL: nothing */
	int (*resolve)(
		void *arg, const char *path, struct resolved *ret_place, struct sbx_error *err);
	void *arg;
};

/*
 * A word with a '/' is a path from `here`; any other is looked for in `path`, and then, as a WASM
 * module only, in `here`. What the file is says its own first bytes, read
 * through the descriptor that is used from then on, never its name.
 *
 * On failure `ret_exit` is 127 when there is no such file and 126 when it can't be executed.
 */
int command_find(const char *word, const struct command_view *view, struct command *ret_command,
	int *ret_exit, struct sbx_error *err);

void command_clear(struct command *command);

#endif
