/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the outcome says of a command that never ran, for one of the children's steps failed: which,
 * with what, and the cure.
 */
#ifndef SBX_LAUNCH_FAILURE_H
#define SBX_LAUNCH_FAILURE_H

#include "launch/ending.h"

/* When both children have ended, and ending_count() has been asked. */
void failure_set(struct run *run, const struct ending *ending);

#endif
