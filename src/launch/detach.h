/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sandbox in the background: its supervisor is a process of its own, which the caller leaves
 * behind as soon as the command has been executed.
 */
#ifndef SBX_LAUNCH_DETACH_H
#define SBX_LAUNCH_DETACH_H

#include "launch/run.h"

/* "TENANT/NAME", terminated. */
#define DETACH_ID_SIZE (2 * NAME_MAX_LEN + 2)

/*
 * Makes this process two. The new one gets 0: it is to launch() with `ret_caller` as
 * options->caller, and to exit with the outcome's code. Of the caller's descriptors it keeps 0, 1,
 * 2, for errors until the command is executed, and `kept` (-1: none), under another number if it
 * is one of these.
 *
 * The caller's gets 1 when that has come to its point: `ret_id` names the sandbox that was left in
 * the background and `ret_exit` is 0; or `ret_id` is "", for it ended with `ret_exit` before, and
 * has said why. -errno: nothing was begun, or it was killed.
 */
int detach_begin(int *kept, int *ret_caller, char ret_id[static DETACH_ID_SIZE], int *ret_exit,
	struct sbx_error *err);

/* A step of the parent: out of the caller's cgroup, to where nobody's end takes it along. */
int detach_leave_cgroup(struct run *run, struct sbx_error *err);

/*
 * The command was executed: lets go of all that was the caller's, and tells it. An error where the
 * caller is gone: nobody knows of the sandbox then. Does nothing in the foreground.
 */
int detach_finish(const struct run *run, struct sbx_error *err);

#endif
