/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small programs of libexec, for what not every run needs: loading the LSM, and making a
 * tenant's network namespace. What they are linked with doesn't cost the others.
 */
#ifndef SBX_LAUNCH_HELPER_H
#define SBX_LAUNCH_HELPER_H

#include "base/error.h"

/* Runs LIBEXEC/ARGV[0] to its end. What it says is wrong is the error. */
int helper_run(const char *libexec, char *const *argv, struct sbx_error *err);

#endif
