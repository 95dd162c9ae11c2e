/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launcher as a child of this process.
 */
#ifndef SBX_LIB_SPAWN_H
#define SBX_LIB_SPAWN_H

#include "lib/lib.h"

/* The descriptor that the launcher has `report` as. */
enum { SPAWN_REPORT_FD = 3, SPAWN_N_FDS };

/*
 * Starts `path` with these arguments, an empty environment, and these descriptors as 0 to
 * SPAWN_REPORT_FD; -1: /dev/null. No other is inherited. All signals are blocked in it, so that
 * none ends it before it listens. `ret_pidfd` is the caller's, and readable from its end on.
 */
int spawn_launcher(const char *path, char *const argv[], const int fds[static SPAWN_N_FDS],
	pid_t *ret_pid, int *ret_pidfd, struct sbx_error *err);

#endif
