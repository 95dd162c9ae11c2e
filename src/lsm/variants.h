/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which program is for a hook, in a kernel whose BTF is at hand: kernels lack hooks, and give some
 * of them other arguments than others do.
 */
#ifndef SBX_LSM_VARIANTS_H
#define SBX_LSM_VARIANTS_H

#include "base/error.h"
#include "bpf/abi.h"

#include <stdbool.h>
#include <stdint.h>

struct btf;
struct btf_type;

/*
 * Fills in the program's name for each hook; NULL: the kernel lacks it, and it is one that it may
 * lack. -ENOTSUP when it lacks another, or has one with arguments that no program is for.
 */
int variants_choose(const struct btf *kernel, const char *ret_programs[static SBX_N_HOOKS],
	struct sbx_error *err);

/* The same of one hook: `function` is the one that the kernel attaches to; NULL: it has none. */
int variants_choose_one(const struct btf *kernel, enum sbx_hook hook,
	const struct btf_type *function, const char **ret_program, struct sbx_error *err);

/* Which probes have a function in the kernel that has their arguments. By its number; 0: none. */
void variants_find_probes(const struct btf *kernel, uint32_t ret_functions[static SBX_N_PROBES]);

/* All, of the running kernel; of the probes those that it lets programs be attached to. */
int variants_choose_here(const char *ret_programs[static SBX_N_HOOKS],
	bool ret_probes[static SBX_N_PROBES], struct sbx_error *err);

/* Whether it is a hook's program, in any kernel. */
bool variants_is_program(const char *name);

#endif
