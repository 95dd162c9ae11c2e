/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The walk: from a file up to the root of its superblock, and what the labels on the way come to.
 */
#ifndef SBX_BPF_WALK_H
#define SBX_BPF_WALK_H

#include "identity.h"

/* Deeper files are denied: a bound that the verifier can see, and deeper than sane trees go. */
#define MAX_DEPTH 64

/* What a private superblock of the sandbox's allows: its mounts are noexec, this says so again. */
#define PRIVATE_RIGHTS (SBX_READ | SBX_WRITE | SBX_METADATA)

static __always_inline struct sbx_label *label_of(struct inode *inode)
{
	__u64 address = (__u64)inode;
	struct sbx_label *l = bpf_map_lookup_elem(&labels, &address);

	/* An address is used again once its inode is gone: the label is for that inode alone. */
	if (!l || l->ino != inode->i_ino || l->generation != inode->i_generation ||
		l->dev != inode->i_sb->s_dev)
		return 0;
	return l;
}

/* Asked where the walk ends without a grant: was this superblock made by the sandbox's set-up? */
static __always_inline bool is_private(const struct actor *a, struct inode *root)
{
	__u64 address = (__u64)root->i_sb;
	__u64 *leaf_id = bpf_map_lookup_elem(&superblocks, &address);

	return leaf_id && *leaf_id == a->leaf_id;
}

/* An inode on the way up. */
static __always_inline void meet(const struct actor *a, struct inode *inode, struct sbx_walk *walk)
{
	struct sbx_label *l = label_of(inode);

	if (l) {
		struct sbx_perm_key key = { .policy = a->policy, .label = l->label };

		sbx_walk_label(walk, a->tenant, l->owner, bpf_map_lookup_elem(&perms, &key));
	}
}

/*
 * What the actor may do with the file of a dentry that has an inode: SBX_WHY_NONE, and `walk` for
 * sbx_walk_end; or why nobody can say. A subprogram, since some hooks walk from several files.
 */
static __noinline enum sbx_why walk_up(
	const struct actor *a, struct dentry *d, struct sbx_walk *walk)
{
	struct inode *root = 0;

	for (int i = 0; i < MAX_DEPTH; i++) {
		struct inode *inode = d->d_inode;
		struct dentry *parent = d->d_parent;

		meet(a, inode, walk);
		if (parent == d) {
			root = inode;
			break;
		}
		d = parent;
	}
	if (!root)
		return SBX_WHY_DEPTH;
	if (!walk->decided && is_private(a, root)) {
		walk->rights = PRIVATE_RIGHTS;
		walk->decided = 1;
	}
	return leaf_stayed(a) ? SBX_WHY_NONE : SBX_WHY_UNLABELLED;
}

/* `ret_owner`: for SBX_WHY_OWNED. */
static __always_inline enum sbx_why judge(
	const struct actor *a, struct dentry *d, __u32 wanted, __u32 *ret_owner)
{
	struct sbx_walk walk = { 0 };
	enum sbx_why why = walk_up(a, d, &walk);

	*ret_owner = walk.owner;
	return why == SBX_WHY_NONE ? sbx_walk_end(&walk, wanted) : why;
}

/* `judged` is what denies it, and has an inode; `named` is of whom it is told. */
static __always_inline int deny_name(const struct actor *a, enum sbx_hook hook,
	struct dentry *judged, struct dentry *named, __u32 wanted, enum sbx_why why, __u32 owner)
{
	struct inode *inode = judged->d_inode;
	struct sbx_denial d = {
		.why = why,
		.wanted = wanted,
		.owner = owner,
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
	};

	(void)bpf_probe_read_kernel_str(d.name, sizeof(d.name), named->d_name.name);
	return deny(a, hook, &d);
}

static __always_inline int deny_file(const struct actor *a, enum sbx_hook hook,
	struct dentry *dentry, __u32 wanted, enum sbx_why why, __u32 owner)
{
	return deny_name(a, hook, dentry, dentry, wanted, why, owner);
}

/* A hook that asks for `wanted` on one file, which has an inode. What the set-up does is free. */
static __always_inline int mediate(enum sbx_hook hook, struct dentry *dentry, __u32 wanted)
{
	enum sbx_why why;
	__u32 owner = 0;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	if (is_nobody(&a))
		why = a.why;
	else
		why = judge(&a, dentry, wanted, &owner);
	return why == SBX_WHY_NONE ? 0 : deny_file(&a, hook, dentry, wanted, why, owner);
}

#endif
