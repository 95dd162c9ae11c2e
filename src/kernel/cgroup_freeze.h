/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stopping all that is in a cgroup. Source: the kernel's Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef SBX_KERNEL_CGROUP_FREEZE_H
#define SBX_KERNEL_CGROUP_FREEZE_H

#include "kernel/cgroup.h"

/*
 * Stops all that is in it, and comes back when all has stopped. -ETIMEDOUT when that took more than
 * 10 s: then all of it runs again. What is frozen can be killed.
 */
int cgroup_freeze(const struct cgroup *cgroup, struct sbx_error *err);

/* The other way round. */
int cgroup_thaw(const struct cgroup *cgroup, struct sbx_error *err);

/* False also where nobody can tell. */
bool cgroup_is_frozen(const struct cgroup *cgroup);

#endif
