/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The step that gets together the sockets which the command is handed.
 */
#ifndef SBX_LAUNCH_SOCKETS_H
#define SBX_LAUNCH_SOCKETS_H

#include "launch/run.h"

bool sockets_are_handed(const struct run *run);

/* Opens those of the policy in the tenant's network, and copies what this process was given. */
int sockets_open(struct run *run, struct sbx_error *err);

/* The command has its own by then: nobody is kept waiting at one whose command has ended. */
int sockets_close(struct run *run, struct sbx_error *err);

#endif
