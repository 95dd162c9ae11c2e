// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Files: whose is it, on open. And the superblocks that a sandbox's set-up makes, which are its
 * own.
 */
#include "identity.h"
#include "watch.h"

/* Deeper files are denied: a bound that the verifier can see, and deeper than sane trees go. */
#define MAX_DEPTH 64

/* What a private superblock of the sandbox's allows: its mounts are noexec, this says so again. */
#define PRIVATE_RIGHTS (SBX_READ | SBX_WRITE)

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

static __always_inline enum sbx_why judge(
	const struct actor *a, struct dentry *d, __u32 wanted, __u32 *ret_owner)
{
	struct sbx_walk walk = { 0 };
	struct inode *root = 0;

	for (int i = 0; i < MAX_DEPTH; i++) {
		struct inode *inode = d->d_inode;
		struct dentry *parent = d->d_parent;
		struct sbx_label *l = label_of(inode);

		if (l) {
			struct sbx_perm_key key = { .policy = a->policy, .label = l->label };

			sbx_walk_label(
				&walk, a->tenant, l->owner, bpf_map_lookup_elem(&perms, &key));
		}
		if (parent == d) {
			root = inode;
			break;
		}
		d = parent;
	}
	*ret_owner = walk.owner;
	if (!root)
		return SBX_WHY_DEPTH;
	if (!walk.decided && is_private(a, root)) {
		walk.rights = PRIVATE_RIGHTS;
		walk.decided = 1;
	}
	return leaf_stayed(a) ? sbx_walk_end(&walk, wanted) : SBX_WHY_UNLABELLED;
}

static __always_inline __u32 wanted_by(struct file *file)
{
	__u32 mode = file->f_mode, flags = file->f_flags, wanted = 0;

	if (flags & FMODE_EXEC)
		return SBX_EXEC;
	if (mode & FMODE_READ)
		wanted |= SBX_READ;
	if (mode & FMODE_WRITE || flags & O_TRUNC)
		wanted |= SBX_WRITE;
	/* O_ACCMODE 3 opens for ioctl(2) alone: whoever may do neither has no business there. */
	return wanted ? wanted : SBX_READ | SBX_WRITE;
}

/*
 * Overlayfs opens the file below in the name of the task that opened its own, and copies up that
 * way: the task's own open was judged already. What tells such an open: the credentials are
 * overridden, and the mount is internal to the kernel. Either alone is in a tenant's hands, and an
 * overlay over another tenant's tree may be too: ownership holds below all the same.
 */
static __always_inline bool is_kernel_internal(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct vfsmount *vfsmount = file->f_path.mnt;
	struct mnt_namespace *ns = 0;
	struct mount *mount;

	if (task->cred == task->real_cred)
		return false;
	mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
	(void)bpf_core_read(&ns, sizeof(ns), &mount->mnt_ns);
	return ns == (void *)-EINVAL;
}

static __always_inline int deny_file(const struct actor *a, enum sbx_hook hook,
	struct dentry *dentry, __u32 wanted, enum sbx_why why, __u32 owner)
{
	struct inode *inode = dentry->d_inode;
	struct sbx_denial d = {
		.why = why,
		.wanted = wanted,
		.owner = owner,
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
	};

	(void)bpf_probe_read_kernel_str(d.name, sizeof(d.name), dentry->d_name.name);
	return deny(a, hook, &d);
}

static __always_inline int judge_open(struct file *file)
{
	__u32 wanted, owner = 0;
	enum sbx_why why;
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	wanted = wanted_by(file);
	/* The set-up opens what it must, but what it executes is the tenant's already. */
	if (a.standing == STANDING_SETUP && wanted != SBX_EXEC)
		return 0;
	if (a.standing == STANDING_NOBODY || !a.leaf)
		why = a.why;
	else
		why = judge(&a, file->f_path.dentry, wanted, &owner);
	if (why == SBX_WHY_NONE || (why != SBX_WHY_OWNED && is_kernel_internal(file)))
		return 0;
	return deny_file(&a, SBX_HOOK_file_open, file->f_path.dentry, wanted, why, owner);
}

SEC("lsm/file_open")
int BPF_PROG(file_open, struct file *file)
{
	int r = judge_open(file);

	if (r == 0 && (file->f_mode & FMODE_WRITE || file->f_flags & O_TRUNC))
		watch_change(file->f_inode);
	return errno_in_range(r);
}

/* truncate(2) writes without an open. */
static __always_inline int judge_truncate(const struct path *path)
{
	enum sbx_why why;
	__u32 owner = 0;
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST || a.standing == STANDING_SETUP)
		return 0;
	if (a.standing == STANDING_NOBODY || !a.leaf)
		why = a.why;
	else
		why = judge(&a, path->dentry, SBX_WRITE, &owner);
	if (why == SBX_WHY_NONE)
		return 0;
	return deny_file(&a, SBX_HOOK_path_truncate, path->dentry, SBX_WRITE, why, owner);
}

SEC("lsm/path_truncate")
int BPF_PROG(path_truncate, const struct path *path)
{
	int r = judge_truncate(path);

	if (r == 0)
		watch_change(path->dentry->d_inode);
	return errno_in_range(r);
}

/* A superblock that the set-up of a sandbox makes belongs to that sandbox. */
SEC("lsm/sb_alloc_security")
int BPF_PROG(sb_alloc_security, struct super_block *sb)
{
	__u64 address = (__u64)sb;
	struct actor a;

	identify(&a);
	if (a.standing != STANDING_SETUP)
		return 0;
	if (bpf_map_update_elem(&superblocks, &address, &a.leaf_id, BPF_ANY))
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

/* Tells user space which inode stands behind each descriptor that it opened. */
SEC("iter/task_file")
int file_info(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct sbx_file_info info = { 0 };
	struct inode *inode;

	if (!file)
		return 0;
	inode = file->f_path.dentry->d_inode;
	if (!inode)
		return 0;
	info.inode = (__u64)inode;
	info.ino = inode->i_ino;
	info.dev = inode->i_sb->s_dev;
	info.generation = inode->i_generation;
	info.fd = ctx->fd;
	info.written = inode->i_writecount.counter > 0;
	(void)bpf_seq_write(ctx->meta->seq, &info, sizeof(info));
	return 0;
}
