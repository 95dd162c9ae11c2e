/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map `ready`: what the load made, and whether that stands. The process must be in the home.
 */
#ifndef SBX_LSM_READY_H
#define SBX_LSM_READY_H

#include "base/error.h"
#include "bpf/abi.h"

/* Of another version only what comes before `pins` is there. -ESTALE: there is none. */
int ready_read(struct sbx_ready *ret_ready, struct sbx_error *err);

/* Reads it; -ESTALE unless it is of this version and each hook is attached as it says. */
int ready_check(struct sbx_ready *ret_ready, struct sbx_error *err);

#endif
