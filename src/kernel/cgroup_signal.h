/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signal to one process, if it is in a cgroup.
 */
#ifndef SBX_KERNEL_CGROUP_SIGNAL_H
#define SBX_KERNEL_CGROUP_SIGNAL_H

#include "kernel/cgroup.h"

#include <sys/types.h>

/* 0: that process is in the cgroup itself; -ESRCH: it isn't; -errno: nobody can say. */
int cgroup_has_process(const struct cgroup *cgroup, pid_t pid);

/*
 * To the process PID, which must be in the cgroup itself; never to another one that got its number.
 * -ESRCH: it isn't there any more.
 */
int cgroup_signal(const struct cgroup *cgroup, pid_t pid, int signal_number, struct sbx_error *err);

#endif
