/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child that is born in its cgroup. clone(2), "clone3()".
 */
#ifndef SBX_KERNEL_CLONE_H
#define SBX_KERNEL_CLONE_H

#include "base/error.h"

#include <linux/sched.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * As fork(2): 0 in the child, its pid in the parent, with a pidfd for the caller to close. `cgroup`
 * is a descriptor of the cgroup's folder; `flags` are CLONE_NEW*.
 */
pid_t clone_into_cgroup(uint64_t flags, int cgroup, int *ret_pidfd, struct sbx_error *err);

#endif
