// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What a file is like, apart from what is in it: to look at it, to change it, to be told of what
 * happens to it.
 */
#include "walk.h"

SEC("lsm/path_chmod")
int BPF_PROG(path_chmod, const struct path *path)
{
	return mediate_change(SBX_HOOK_path_chmod, path->dentry, SBX_METADATA);
}

/*
 * Whoever made a pipe of root's a tenant's could open it anew, see is_tenants_pipe(). Engines do,
 * before the command begins.
 */
static __always_inline bool is_roots_pipe(struct inode *inode)
{
	return inode->i_sb->s_magic == PIPEFS_MAGIC && inode->i_uid.val == 0;
}

SEC("lsm/path_chown")
int BPF_PROG(path_chown, const struct path *path)
{
	if (is_roots_pipe(path->dentry->d_inode))
		return refuse_file(SBX_HOOK_path_chown, path->dentry, SBX_METADATA);
	return mediate_change(SBX_HOOK_path_chown, path->dentry, SBX_METADATA);
}

/* Times alone: all else that sets an inode's attributes has a hook of its own. "Now" is a write. */
static __always_inline int judge_setattr(struct dentry *dentry, const struct iattr *attr)
{
	__u32 valid = attr->ia_valid;

	if (!(valid & (ATTR_ATIME | ATTR_MTIME)) || valid & ATTR_SIZE)
		return 0;
	return mediate_change(
		SBX_HOOK_inode_setattr, dentry, valid & ATTR_TOUCH ? SBX_WRITE : SBX_METADATA);
}

/*
 * From 6.9 on the idmap comes first, since the change that made inode_post_setattr. In assembler,
 * so that clang doesn't make one load of two, at an offset that the verifier doesn't know.
 */
SEC("lsm/inode_setattr")
int inode_setattr(unsigned long long *ctx)
{
	const struct iattr *attr;
	struct dentry *dentry;

	if (bpf_core_field_exists(union security_list_options, inode_post_setattr))
		asm volatile("%0 = *(u64 *)(%2 + 8); %1 = *(u64 *)(%2 + 16);"
			     : "=&r"(dentry), "=&r"(attr)
			     : "r"(ctx));
	else
		asm volatile("%0 = *(u64 *)(%2 + 0); %1 = *(u64 *)(%2 + 8);"
			     : "=&r"(dentry), "=&r"(attr)
			     : "r"(ctx));
	return judge_setattr(dentry, attr);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(inode_setxattr, const void *idmap, struct dentry *dentry)
{
	return mediate_change(SBX_HOOK_inode_setxattr, dentry, SBX_METADATA);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(inode_removexattr, const void *idmap, struct dentry *dentry)
{
	return mediate_change(SBX_HOOK_inode_removexattr, dentry, SBX_METADATA);
}

/* Access control lists are attributes of their own since Linux 6.2. */
SEC("lsm/inode_set_acl")
int BPF_PROG(inode_set_acl, const void *idmap, struct dentry *dentry)
{
	return mediate_change(SBX_HOOK_inode_set_acl, dentry, SBX_METADATA);
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(inode_remove_acl, const void *idmap, struct dentry *dentry)
{
	return mediate_change(SBX_HOOK_inode_remove_acl, dentry, SBX_METADATA);
}

SEC("lsm/inode_get_acl")
int BPF_PROG(inode_get_acl, const void *idmap, struct dentry *dentry)
{
	return mediate_look(SBX_HOOK_inode_get_acl, dentry);
}

SEC("lsm/inode_getattr")
int BPF_PROG(inode_getattr, const struct path *path)
{
	return mediate_look(SBX_HOOK_inode_getattr, path->dentry);
}

SEC("lsm/inode_readlink")
int BPF_PROG(inode_readlink, struct dentry *dentry)
{
	return mediate_look(SBX_HOOK_inode_readlink, dentry);
}

SEC("lsm/inode_getxattr")
int BPF_PROG(inode_getxattr, struct dentry *dentry)
{
	return mediate_look(SBX_HOOK_inode_getxattr, dentry);
}

SEC("lsm/inode_listxattr")
int BPF_PROG(inode_listxattr, struct dentry *dentry)
{
	return mediate_look(SBX_HOOK_inode_listxattr, dentry);
}

/* fanotify(7): who opens or reads the file, be it the host, waits for whoever watches it so. */
#define IS_ASKED_FIRST (FS_OPEN_PERM | FS_ACCESS_PERM | FS_OPEN_EXEC_PERM | FS_PRE_ACCESS)

SEC("lsm/path_notify")
int BPF_PROG(path_notify, const struct path *path, __u64 mask, unsigned int type)
{
	/* What is watched as a mount or a file system is others' too. */
	if (type != FSNOTIFY_OBJ_TYPE_INODE || mask & IS_ASKED_FIRST)
		return refuse_file(SBX_HOOK_path_notify, path->dentry, SBX_READ);
	return mediate_change(SBX_HOOK_path_notify, path->dentry, SBX_READ);
}

SEC("lsm/path_chroot")
int BPF_PROG(path_chroot, const struct path *path)
{
	return errno_in_range(mediate(SBX_HOOK_path_chroot, path->dentry, SBX_READ));
}
