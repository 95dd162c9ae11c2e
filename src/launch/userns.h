/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sandbox's own user namespace: a parent's step.
 */
#ifndef SBX_LAUNCH_USERNS_H
#define SBX_LAUNCH_USERNS_H

#include "launch/run.h"

/* Makes it, for the children to join, and shows it what root owns in what is only read. */
int userns_open(struct run *run, struct sbx_error *err);

#endif
