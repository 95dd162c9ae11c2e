// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Files: whose is it, on open.
 */
#include "walk.h"
#include "watch.h"

/* By its flags, of which the kernel makes its mode. O_RDONLY is 0, and one more than each is a set.
 */
static __always_inline __u32 wanted_by(__u32 flags)
{
	__u32 wanted = (flags + 1) & O_ACCMODE;

	_Static_assert(SBX_READ == O_RDONLY + 1 && SBX_WRITE == O_WRONLY + 1, "rights as a set");
	if (flags & FMODE_EXEC)
		return SBX_EXEC;
	if (flags & O_TRUNC)
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
	struct vfsmount *vfsmount = file->f_path.mnt;
	struct mnt_namespace *ns = 0;
	struct mount *mount;

	/* No layer of an overlay's. */
	if (!is_kernels_own() || is_held(file->f_inode))
		return false;
	mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
	(void)bpf_core_read(&ns, sizeof(ns), &mount->mnt_ns);
	return ns == (void *)-EINVAL;
}

/* pidfd_open(2) and the like make it by an open. What is done by one asks whose the process is. */
static __always_inline bool is_pidfd(struct file *file)
{
	return file->f_inode->i_sb->s_magic == PID_FS_MAGIC;
}

/*
 * A pipe of a tenant's making, which no path leads to but that of a descriptor of it: /dev/stdin,
 * /dev/fd. Whose process has that is asked before. By one of root's, that several tenants were
 * given to write to, each could read what the others write.
 */
static __always_inline bool is_tenants_pipe(struct file *file)
{
	struct inode *inode = file->f_inode;

	return inode->i_sb->s_magic == PIPEFS_MAGIC && inode->i_uid.val != 0;
}

/* Few files lie deeper than that. */
#define FAST_DEPTH 16

/* As walk_up, but begun in a loop: an open takes less so, and the verifier as many times more. */
static __always_inline enum sbx_why walk_fast(
	const struct actor *a, struct dentry *d, struct sbx_walk *walk)
{
	struct step s = { .a = a, .d = d, .walk = walk };
	struct said said;

	if (leave_file(&s))
		return arrive(&s);
	for (int i = 2; i < FAST_DEPTH; i++)
		if (go_up(&s, &said))
			return arrive(&s);
	(void)bpf_loop(MAX_DEPTH - FAST_DEPTH, go_up_once, &s, 0);
	return arrive(&s);
}

static __always_inline enum sbx_why judge_file(
	const struct actor *a, struct dentry *d, __u32 wanted, __u32 *ret_owner)
{
	struct sbx_walk walk = walk_begin(a);
	enum sbx_why why = walk_fast(a, d, &walk);

	*ret_owner = walk.owner;
	return why == SBX_WHY_NONE ? sbx_walk_end(&walk, wanted) : why;
}

static __always_inline int judge_open(const struct actor *a, struct file *file)
{
	__u32 wanted = wanted_by(file->f_flags), owner = 0;
	enum sbx_why why;

	/* The set-up opens what it must, but what it executes is the tenant's already. */
	if (a->standing == STANDING_SETUP && wanted != SBX_EXEC)
		return 0;
	if (is_nobody(a))
		why = a->why;
	else
		why = judge_file(a, file->f_path.dentry, wanted, &owner);
	if (why == SBX_WHY_NONE || (!sbx_may_be_anothers(why) && is_kernel_internal(file)))
		return 0;
	if (why == SBX_WHY_NO_GRANT && (is_pidfd(file) || is_tenants_pipe(file)))
		return 0;
	return deny_file(a, SBX_HOOK_file_open, file->f_path.dentry, wanted, why, owner);
}

SEC("lsm/file_open")
int BPF_PROG(file_open, struct file *file)
{
	struct actor a;
	int r;

	if (identify(&a) != STANDING_HOST) {
		r = judge_open(&a, file);
		if (r)
			return errno_in_range(r);
	}
	if (file->f_flags & (O_ACCMODE | O_TRUNC))
		watch_change(file->f_inode);
	return 0;
}

/* truncate(2) writes without an open. */
SEC("lsm/path_truncate")
int BPF_PROG(path_truncate, const struct path *path)
{
	int r = mediate(SBX_HOOK_path_truncate, path->dentry, SBX_WRITE);

	if (r == 0)
		watch_change(path->dentry->d_inode);
	return errno_in_range(r);
}

/* By the folder's own mark where folders have one, else by how its file system compares names. */
static __always_inline bool folds_case(struct dentry *folder)
{
	struct inode *inode = folder->d_inode;
	struct super_block *sb = inode->i_sb;

	if (bpf_core_field_exists(sb->s_encoding) && sb->s_encoding)
		return inode->i_flags & S_CASEFOLD;
	return folder->d_flags & DCACHE_OP_COMPARE;
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
	info.folds_case = folds_case(file->f_path.dentry);
	info.written = inode->i_writecount.counter > 0;
	(void)bpf_seq_write(ctx->meta->seq, &info, sizeof(info));
	return 0;
}
