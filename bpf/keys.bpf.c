// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel's keys: none is made or used in a sandbox. A key can't have its maker's label, for not
 * each kernel tells when it ends. What the kernel keeps for itself in a task's name, who is who on
 * an NFS server, say, it does by credentials of its own.
 */
#include "identity.h"

static __always_inline int mediate_key(enum sbx_hook hook)
{
	struct sbx_denial d = { 0 };

	return is_kernels_own() ? 0 : deny_tenants(hook, &d);
}

SEC("lsm/key_alloc")
int BPF_PROG(key_alloc)
{
	return mediate_key(SBX_HOOK_key_alloc);
}

/*
 * A search from where the kernel says that it is its caller's to search: the kernel's own keyrings,
 * when it checks a signature, and those that a task has, which were made before the sandbox began
 * and are empty. What is found is used by its number, and isn't the caller's. The lowest bit of the
 * first argument says it; the rest is an address, and of no type that the verifier would let it be
 * read as.
 */
SEC("lsm/key_permission")
int key_permission(unsigned long long *ctx)
{
	__u64 reference = 0;

	if ((__u32)ctx[2] == KEY_NEED_SEARCH && bpf_get_func_arg(ctx, 0, &reference) == 0 &&
		reference & 1)
		return 0;
	return mediate_key(SBX_HOOK_key_permission);
}
