/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device program of a cgroup: the devices of policy/devices.h and no others, whatever a task in
 * there may otherwise do. It asks nothing of the LSM. Source: the kernel's cgroup-v2.rst, "Device
 * controller".
 */
#ifndef SBX_KERNEL_DEVICES_H
#define SBX_KERNEL_DEVICES_H

#include "base/error.h"

#include <linux/bpf.h>
#include <stddef.h>

enum { DEVICES_PROGRAM_MAX = 128 };

/* Makes the program; returns its length. No side effects. */
size_t devices_program(struct bpf_insn insns[static DEVICES_PROGRAM_MAX]);

/*
 * Has the program attached to a cgroup, for it and all below, and verifies that it is. What is
 * attached below, by a container engine for its containers, can only deny more. Two of them must
 * not run at once for one cgroup. `path` is for messages.
 */
int devices_guard(int cgroup, const char *path, struct sbx_error *err);

/* Whether this kernel takes the program: loads it and lets it go. */
int devices_check(struct sbx_error *err);

#endif
