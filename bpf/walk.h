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
#define PRIVATE_RIGHTS (SBX_READ | SBX_WRITE | SBX_METADATA | SBX_GRANTED)

/* As a number: the verifier lets nobody multiply a pointer, and a compiler may think that it is
 * one. */
static __always_inline __u32 lower_half(__u64 address)
{
	__u32 half;

	asm volatile("%0 = %1" : "=w"(half) : "w"((__u32)address));
	return half;
}

static __always_inline bool may_have_label(__u64 address)
{
	__u32 bit = sbx_label_bit(lower_half(address));
	/* Eight bytes: a counter of the loop in the other four would be lost to the verifier. */
	struct {
		__u32 word, pad;
	} __attribute__((aligned(8))) key = { bit / 64, 0 };
	__u64 *bits = bpf_map_lookup_elem(&label_bits, &key);

	return !bits ||
	       (*bits >> bit % 64 & 1 && *bits >> sbx_label_second_bit(lower_half(address)) & 1);
}

/* As an int, which is what global functions return. */
enum meeting {
	MET_NOTHING,
	MET_LABEL,
	MET_ANOTHER, /* it, or what it was read of, was another's before all was read */
};

/* What a label says to a policy. */
struct said {
	__u64 writing; /* its lower half: the label, under which `perms` has more of it */
	__u32 owner, flags;
	__u32 rights; /* 0: that is in `perms`, if anything */
};

/*
 * The memory of a label that is written anew may be given to another one while it is read, and then
 * to whom it belongs and what it allows are of two. Where it is the same writing in the end, all is
 * of that one, for x86 keeps the order of loads. 0: it is, and the label is of that inode. No
 * branches, for what follows would be looked at by the verifier once for each; a macro, for the
 * numbers of an inode are read in between, and would be on the stack else.
 */
#define read_label(policy_, from, ino_, dev_, generation_, ret)                             \
	({                                                                                  \
		const volatile struct sbx_label *l_ = (from);                               \
		__u64 differs_;                                                             \
                                                                                            \
		(ret)->writing = l_->writing;                                               \
		differs_ = (l_->ino ^ (ino_)) | (l_->generation ^ (generation_)) |          \
			   (l_->dev ^ (dev_));                                              \
		(ret)->owner = l_->owner;                                                   \
		(ret)->flags = l_->flags;                                                   \
		(ret)->rights =                                                             \
			l_->rights & -(__u32)(((__u64)(l_->policy ^ (policy_)) - 1) >> 63); \
		differs_ | (l_->writing ^ (ret)->writing);                                  \
	})

#define read_label_of(policy_, from, inode_, ret)                                                 \
	read_label(policy_, from, (inode_)->i_ino, (inode_)->i_sb->s_dev, (inode_)->i_generation, \
		ret)

/* Behind a reading that was of another inode: whether all of that was of one writing. */
static __always_inline bool stands_still(const struct sbx_label *l, const struct said *said)
{
	return *(const volatile __u64 *)&l->writing == said->writing;
}

/* How often what changes just now is read anew. */
#define TRIES 4

/*
 * Seldom asked, and of numbers alone, so that the verifier looks at it once and not in each walk.
 * One that is of another inode counts as none where it stands there still.
 */
__attribute__((noinline, weak)) int find_label_again(
	const __u64 *address, __u64 ino, __u64 dev_and_generation, __u32 policy, struct said *ret)
{
	__u32 dev = dev_and_generation >> 32, generation = dev_and_generation;
	__u64 key;

	if (!address || !ret)
		return MET_ANOTHER;
	key = *address;
	for (int i = 0; i < TRIES; i++) {
		const struct sbx_label *l = bpf_map_lookup_elem(&labels, &key);

		if (!l)
			return MET_NOTHING;
		if (!read_label(policy, l, ino, dev, generation, ret))
			return MET_LABEL;
		if (bpf_map_lookup_elem(&labels, &key) == l && stands_still(l, ret))
			return MET_NOTHING;
	}
	return MET_ANOTHER;
}

static __always_inline __u64 dev_and_generation_of(struct inode *inode)
{
	return (__u64)inode->i_sb->s_dev << 32 | inode->i_generation;
}

static __always_inline int look_again(const struct actor *a, struct inode *inode, struct said *ret)
{
	__u64 address = (__u64)inode;

	return find_label_again(
		&address, inode->i_ino, dev_and_generation_of(inode), a->policy, ret);
}

/* Apart, so that the address is on the stack no longer than it has to. */
static __always_inline const struct sbx_label *label_at(__u64 address)
{
	return bpf_map_lookup_elem(&labels, &address);
}

static __always_inline int find_label(const struct actor *a, struct inode *inode, struct said *ret)
{
	const struct sbx_label *l;

	if (!may_have_label((__u64)inode))
		return MET_NOTHING;
	l = label_at((__u64)inode);
	if (!l)
		return MET_NOTHING;
	return read_label_of(a->policy, l, inode, ret) ? look_again(a, inode, ret) : MET_LABEL;
}

/* Asked where the walk ends without a grant: was this superblock made by the sandbox's set-up? */
static __always_inline bool is_private(const struct actor *a, struct inode *root)
{
	__u64 address = (__u64)root->i_sb;
	__u64 *leaf_id = bpf_map_lookup_elem(&superblocks, &address);

	return leaf_id && *leaf_id == a->leaf;
}

/*
 * A walk that has met nothing. Its zeros are none that the verifier knows of, else it would look at
 * all that follows once for each of what a walk may have met, and give up on hooks of two walks.
 */
static __always_inline struct sbx_walk walk_begin(const struct actor *a)
{
	__u64 zero;

	asm volatile("%0 = %1; %0 -= %1;" : "=&r"(zero) : "r"(a->leaf));
	return (struct sbx_walk){ .owner = zero, .rights = zero, .shared = zero };
}

/*
 * A global function: the verifier looks at it once, and knows nothing afterwards of what the walk
 * may have met, so that what follows is looked at once, too. For it NULL is
 * asked for, which never comes.
 */
__attribute__((noinline, weak)) int meet_label(
	struct sbx_walk *walk, const struct said *said, __u32 tenant, __u32 policy)
{
	struct sbx_perm_key key = { .policy = policy };
	const __u32 *rights = 0;

	if (!walk || !said)
		return 0;
	key.label = said->writing;
	/* The nearest rights count: behind them it is asked whose it is, and no more. */
	if (!walk->rights)
		rights = said->rights ? &said->rights : bpf_map_lookup_elem(&perms, &key);
	sbx_walk_label(walk, tenant, said->owner, said->flags, rights);
	return 0;
}

/* Whether it is known what the label says, if it has one. */
static __always_inline bool meet(const struct actor *a, struct inode *inode, struct sbx_walk *walk)
{
	struct said said;
	int met = find_label(a, inode, &said);

	if (met == MET_LABEL)
		(void)meet_label(walk, &said, a->tenant, a->policy);
	return met != MET_ANOTHER;
}

/* False: it was given another name meanwhile, and who knows what was read of both. */
static __always_inline bool read_name(struct dentry *d, struct sbx_name_key *key)
{
	const volatile unsigned int *sequence = &d->d_seq.seqcount.sequence;
	unsigned int before = *sequence;

	(void)bpf_probe_read_kernel_str(key->name, sizeof(key->name), d->d_name.name);
	return !(before & 1) && *sequence == before;
}

/* 0: it is that folder's, as read_label. As meet_label for the verifier. */
__attribute__((noinline, weak)) int read_label_apart(const struct sbx_label *l, __u64 ino,
	__u64 dev_and_generation, __u32 policy, struct said *ret)
{
	__u32 dev = dev_and_generation >> 32, generation = dev_and_generation;

	return l && ret ? read_label(policy, l, ino, dev, generation, ret) != 0 : 1;
}

/*
 * The label on the name of a dentry in that folder, whatever it stands for. A subprogram, so that
 * its key isn't on the stack of walks that look for no name.
 */
static __noinline int find_name(
	const struct actor *a, struct dentry *d, struct inode *folder, struct said *ret)
{
	struct dentry *parent = d->d_parent;

	if (parent->d_inode != folder)
		return MET_ANOTHER;
	/* One that was cut would be another's. */
	if (d->d_name.len >= SBX_ENTRY_SIZE)
		return MET_NOTHING;
	for (int i = 0; i < TRIES; i++) {
		/* Of a longer one that was read before, nothing may be left behind this one. */
		struct sbx_name_key key = { .folder = (__u64)folder };
		const struct sbx_label *l;

		if (!read_name(d, &key))
			continue;
		l = bpf_map_lookup_elem(&names, &key);
		if (!l)
			return MET_NOTHING;
		if (!read_label_apart(
			    l, folder->i_ino, dev_and_generation_of(folder), a->policy, ret))
			return MET_LABEL;
		/* It is of another folder, and stays that. */
		if (bpf_map_lookup_elem(&names, &key) == l && stands_still(l, ret))
			return MET_NOTHING;
	}
	return MET_ANOTHER;
}

/*
 * What is granted of a name goes for files: what lies in a folder of that name would not have it.
 * But the name is its owner's.
 */
static __always_inline void meet_name(
	const struct actor *a, const struct said *said, bool of_file, struct sbx_walk *walk)
{
	if (of_file)
		(void)meet_label(walk, said, a->tenant, a->policy);
	else
		sbx_walk_label(walk, a->tenant, said->owner, said->flags, 0);
}

static __always_inline bool is_folder(struct inode *inode)
{
	return (inode->i_mode & S_IFMT) == S_IFDIR;
}

/* A walk on its way. */
struct step {
	const struct actor *a;
	struct dentry *d;
	struct sbx_walk *walk;
	struct inode *root; /* when it has come there */
	bool lost;
};

/* To the parent, after that was met. True: there is no way on. */
static __always_inline bool step_up(struct step *s, int met, const struct said *said)
{
	struct dentry *d = s->d, *parent = d->d_parent;

	if (met == MET_LABEL)
		(void)meet_label(s->walk, said, s->a->tenant, s->a->policy);
	if (met == MET_ANOTHER) {
		s->lost = true;
		return true;
	}
	if (parent == d) {
		s->root = d->d_inode;
		return true;
	}
	s->d = parent;
	return false;
}

/* `said` is room for it: the stack has none for one in each step. */
static __always_inline bool go_up(struct step *s, struct said *said)
{
	int met = find_label(s->a, s->d->d_inode, said);

	return step_up(s, met, said);
}

static long go_up_once(__u32 i, struct step *s)
{
	struct said said;

	return go_up(s, &said);
}

/* The first two steps: a file's name is met before the folder that it is in. */
static __always_inline bool leave_file(struct step *s)
{
	struct dentry *file = s->d;
	struct inode *folder;
	struct said said;
	int met;

	if (go_up(s, &said))
		return true;
	folder = s->d->d_inode;
	met = find_label(s->a, folder, &said);
	if (met == MET_LABEL && said.flags & SBX_LABEL_NAMES) {
		met = find_name(s->a, file, folder, &said);
		if (met == MET_LABEL)
			meet_name(s->a, &said, !is_folder(file->d_inode), s->walk);
		if (met != MET_ANOTHER)
			met = look_again(s->a, folder, &said);
	}
	return step_up(s, met, &said);
}

/*
 * A file that was found by its handle (open_by_handle_at(2)) while no folder above it was in memory
 * is the top of its own tree, though another tenant may own what it lies in.
 */
static __always_inline bool is_adrift(struct dentry *top)
{
	return (top->d_flags & DCACHE_DISCONNECTED) != 0;
}

static __always_inline enum sbx_why arrive(const struct step *s)
{
	struct sbx_walk *walk = s->walk;

	if (s->lost)
		return SBX_WHY_ADRIFT;
	if (!s->root)
		return SBX_WHY_DEPTH;
	if (!walk->rights && is_private(s->a, s->root))
		walk->rights = PRIVATE_RIGHTS;
	if (!walk->rights && !walk->owner && is_adrift(s->d))
		return SBX_WHY_ADRIFT;
	return SBX_WHY_NONE;
}

/*
 * What the actor may do with the file of a dentry that has an inode: SBX_WHY_NONE, and `walk` for
 * sbx_walk_end; or why nobody can say. A subprogram, since some hooks walk from several files, and
 * a callback, of which the verifier looks at one step and not at 64.
 */
static __noinline enum sbx_why walk_up(
	const struct actor *a, struct dentry *d, struct sbx_walk *walk)
{
	struct step s = { .a = a, .d = d, .walk = walk };

	if (!leave_file(&s))
		(void)bpf_loop(MAX_DEPTH - 2, go_up_once, &s, 0);
	return arrive(&s);
}

/* `ret_owner`: for SBX_WHY_OWNED. */
static __always_inline enum sbx_why judge(
	const struct actor *a, struct dentry *d, __u32 wanted, __u32 *ret_owner)
{
	struct sbx_walk walk = walk_begin(a);
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

/* A pipe, a socket, memory: whoever has a descriptor of it may do with it as it likes. */
static __always_inline bool is_held(struct inode *inode)
{
	return inode->i_sb->s_flags & SB_NOUSER;
}

/* What a hook on files answers. */
static __always_inline int answer(const struct actor *a, enum sbx_hook hook, struct dentry *dentry,
	__u32 wanted, enum sbx_why why, __u32 owner)
{
	if (why == SBX_WHY_NONE)
		return 0;
	return errno_in_range(deny_file(a, hook, dentry, wanted, why, owner));
}

/* Why somebody who isn't free may not; what is held is its holder's. */
static __always_inline enum sbx_why judge_unheld(
	const struct actor *a, struct dentry *dentry, __u32 wanted, __u32 *ret_owner)
{
	if (is_nobody(a))
		return a->why;
	return is_held(dentry->d_inode) ? SBX_WHY_NONE : judge(a, dentry, wanted, ret_owner);
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
	why = judge_unheld(&a, dentry, wanted, &owner);
	return answer(&a, hook, dentry, wanted, why, owner);
}

/* Overlayfs copies attributes and marks its own in the name of the task whose write it copies up
 * for. */
static __always_inline int mediate_change(enum sbx_hook hook, struct dentry *dentry, __u32 wanted)
{
	enum sbx_why why;
	__u32 owner = 0;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	why = judge_unheld(&a, dentry, wanted, &owner);
	if (why == SBX_WHY_NONE || (!sbx_may_be_anothers(why) && is_kernels_own()))
		return 0;
	return answer(&a, hook, dentry, wanted, why, owner);
}

/* What none in a sandbox may do by any file. */
static __always_inline int refuse_file(enum sbx_hook hook, struct dentry *dentry, __u32 wanted)
{
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	return answer(&a, hook, dentry, wanted, is_nobody(&a) ? a.why : SBX_WHY_NEVER, 0);
}

/*
 * Whoever has no grant may look: a library looks at each folder above what it opens, a program at
 * the files that it was handed, and a private root shows nothing else. But not at another tenant's.
 */
static __always_inline int mediate_look(enum sbx_hook hook, struct dentry *dentry)
{
	enum sbx_why why;
	__u32 owner = 0;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	why = is_nobody(&a) ? a.why : judge(&a, dentry, SBX_READ, &owner);
	if (why == SBX_WHY_NO_GRANT || why == SBX_WHY_RIGHTS)
		return 0;
	/* An overlay finds what it has copied up from by its handle. */
	if (why == SBX_WHY_ADRIFT && is_kernels_own())
		return 0;
	return answer(&a, hook, dentry, SBX_READ, why, owner);
}

#endif
