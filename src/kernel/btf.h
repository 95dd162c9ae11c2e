/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's functions by their names, as its BTF numbers them (Documentation/bpf/btf.rst).
 */
#ifndef SBX_KERNEL_BTF_H
#define SBX_KERNEL_BTF_H

#include <stddef.h>
#include <stdint.h>

/* Among the types of `btf`: 0, -ENOENT, or -EBADMSG where it isn't the BTF that we know. */
int btf_find_function_in(const void *btf, size_t size, const char *name, uint32_t *ret_id);

/* The same of the running kernel, or the negative errno for which its BTF can't be read. */
int btf_find_function(const char *name, uint32_t *ret_id);

#endif
