/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSM, loaded by whoever is first to need it.
 */
#ifndef SBX_LAUNCH_AUTOLOAD_H
#define SBX_LAUNCH_AUTOLOAD_H

#include "launch/plan.h"

/* Runs lsm-load to its end. What it says is wrong is the error. */
int autoload(const struct run_options *options, struct sbx_error *err);

#endif
