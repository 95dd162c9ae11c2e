// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Superblocks: those that a sandbox's set-up makes are its own, and nobody in it makes others.
 */
#include "identity.h"
#include "watch.h"

/* A superblock that the set-up of a sandbox makes belongs to that sandbox. */
SEC("lsm/sb_alloc_security")
int BPF_PROG(sb_alloc_security, struct super_block *sb)
{
	__u64 address = (__u64)sb;
	struct sbx_denial d = { 0 };
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	if (a.standing != STANDING_SETUP)
		return refuse(&a, SBX_HOOK_sb_alloc_security, &d, SBX_WHY_NEVER);
	if (bpf_map_update_elem(&superblocks, &address, &a.leaf, BPF_ANY))
		return -ENOMEM;
	return 0;
}

SEC("lsm/sb_free_security")
int BPF_PROG(sb_free_security, struct super_block *sb)
{
	__u64 address = (__u64)sb;

	(void)bpf_map_delete_elem(&superblocks, &address);
	watch_end(sb);
	return 0;
}
