/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's step that tells others of the sandbox: what is in its registry entry.
 */
#ifndef SBX_LAUNCH_PUBLISH_H
#define SBX_LAUNCH_PUBLISH_H

#include "launch/run.h"

int publish_status(struct run *run, struct sbx_error *err);

#endif
