/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what the LSM knows of the tenants is what their folder says.
 */
#ifndef SBX_LAUNCH_LOADED_H
#define SBX_LAUNCH_LOADED_H

#include "lsm/lsm.h"

/* -ESTALE with the cure where it isn't. */
int loaded_check(const struct lsm *lsm, const char *config, struct sbx_error *err);

#endif
