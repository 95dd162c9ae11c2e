/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cgroup.events tells, waited for: that a cgroup is without a process. Source: the kernel's
 * Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef SBX_KERNEL_CGROUP_EVENTS_H
#define SBX_KERNEL_CGROUP_EVENTS_H

#include "kernel/cgroup.h"

/* Waits, for as long as it takes, until no process is in PARENT/NAME, or there is no such cgroup.
 */
int cgroup_wait_gone(const struct cgroup *parent, const char *name, struct sbx_error *err);

#endif
