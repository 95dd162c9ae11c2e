/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What may change a policy's file is counted, so that a launch needn't look at all of them. By
 * inode: which of its names it is done by, and in which mount namespace, doesn't matter. A count
 * too many makes launches slower until the next `lsm load`, and nothing else.
 */
#ifndef SBX_BPF_WATCH_H
#define SBX_BPF_WATCH_H

#include "maps.h"

static __always_inline void watch_key(const struct sbx_inode_key *key)
{
	struct sbx_counters *c;
	__u32 zero = 0;

	if (!bpf_map_lookup_elem(&policy_files, key))
		return;
	c = bpf_map_lookup_elem(&counters, &zero);
	if (c)
		__sync_fetch_and_add(&c->policy_changes, 1);
}

static __always_inline void watch_change(const struct inode *inode)
{
	struct sbx_inode_key key = { .ino = inode->i_ino, .dev = inode->i_sb->s_dev };

	watch_key(&key);
}

/* From now on it may be changed elsewhere, before it is mounted again by the same number. */
static __always_inline void watch_end(const struct super_block *sb)
{
	struct sbx_inode_key key = { .ino = SBX_INO_OF_DEV, .dev = sb->s_dev };

	watch_key(&key);
}

#endif
