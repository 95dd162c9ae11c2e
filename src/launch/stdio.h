/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of the parent that are about what the command gets as 0, 1 and 2, where it isn't what the
 * caller has.
 */
#ifndef SBX_LAUNCH_STDIO_H
#define SBX_LAUNCH_STDIO_H

#include "launch/run.h"

int stdio_open_log(struct run *run, struct sbx_error *err);

/* What it writes goes to the log; in the background nothing of the caller's goes on. */
int stdio_open(struct run *run, struct sbx_error *err);

#endif
