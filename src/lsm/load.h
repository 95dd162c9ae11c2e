/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading the BPF programs: the one place that opens the skeleton, for libexec/lsm-load alone.
 */
#ifndef SBX_LSM_LOAD_H
#define SBX_LSM_LOAD_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct loaded_programs;

/* What is watched. */
struct load_base {
	uint64_t id; /* of the base cgroup */
	unsigned int level; /* its depth below the root */
	uint64_t control_id; /* of its child in which nobody is watched; 0: there is none */
};

/*
 * Whether `bpf` is among the kernel's active LSMs. 0, or -ENOTSUP with the cure. Where securityfs
 * isn't mounted nobody can say: 0, and the canary will.
 */
int load_check_kernel(struct sbx_error *err);

/*
 * Loads all programs for that base cgroup and attaches them. From here on they enforce, until the
 * process ends or they are pinned. With `verbose` libbpf and the verifier write to stderr.
 */
int load_programs(const struct load_base *base, bool verbose, struct loaded_programs **ret_programs,
	struct sbx_error *err);

/* Pins links, maps and the iterator in the home, which the process must be in. */
int load_pin(struct loaded_programs *programs, struct sbx_error *err);

/* Fills `ready` and pins it: from now on `run` accepts what is there. */
int load_pin_ready(struct loaded_programs *programs, struct sbx_error *err);

void load_free(struct loaded_programs **programs);
#define _cleanup_load_ _cleanup_(load_free)

#endif
