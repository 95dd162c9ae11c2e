/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the exit status of `sandboxctl run` means, for programs that call it. See sandboxctl(1).
 */
#ifndef SANDBOXCTL_EXIT_H
#define SANDBOXCTL_EXIT_H

/*
 * Anything else is the command's own status, or 128 + n when signal n ended it.
 */
enum sandboxctl_exit {
	SANDBOXCTL_EXIT_TIMEOUT = 124, /* killed: it ran too long, or hung at its start */
	SANDBOXCTL_EXIT_SETUP = 125, /* sandboxctl itself failed; nothing was run */
	SANDBOXCTL_EXIT_NOT_EXECUTABLE = 126, /* the command is there and can't be executed */
	SANDBOXCTL_EXIT_NOT_FOUND = 127, /* there is no such command */
};

#endif
