/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sandbox's own user namespace: a parent's step.
 */
#ifndef SBX_LAUNCH_USERNS_H
#define SBX_LAUNCH_USERNS_H

#include "launch/run.h"

/*
 * Makes it, for the children to join: `run->userns`. Trees that are only read show as its root's
 * what the host's root owns.
 */
int userns_open(struct run *run, struct sbx_error *err);

#endif
