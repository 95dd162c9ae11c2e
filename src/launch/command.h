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

/*
 * A word with a '/' is a path from here; any other is looked for in `path` ("/usr/bin:/bin"), and
 * then, as a WASM module only, in this folder. What the file is says its own first bytes, read
 * through the descriptor that is used from then on, never its name.
 *
 * On failure `ret_exit` is 127 when there is no such file and 126 when it can't be executed.
 */
int command_find(const char *word, const char *path, struct command *ret_command, int *ret_exit,
	struct sbx_error *err);

void command_clear(struct command *command);

#endif
