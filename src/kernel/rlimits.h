/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resource limits of setrlimit(2) that a command starts with: its policy's, or those of a
 * service, and never the caller's.
 */
#ifndef SBX_KERNEL_RLIMITS_H
#define SBX_KERNEL_RLIMITS_H

#include "policy/policy.h"

/*
 * Sets all limits of this process. 0 or -errno: -EPERM where one of the policy's is above what this
 * process may raise itself to; one that the policy says nothing of is then as high as it can be.
 * Async-signal-safe.
 */
int rlimits_set(const struct policy *policy);

#endif
