// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Mounts: those of a sandbox are made by its set-up, and nobody in it makes, changes or undoes any.
 * And what comes to lie over a policy's file is another policy: both ways to make one are noted.
 */
#include "identity.h"
#include "watch.h"

static __always_inline int mediate_mount(enum sbx_hook hook)
{
	struct sbx_denial d = { 0 };

	return deny_tenants(hook, &d);
}

SEC("lsm/sb_mount")
int BPF_PROG(sb_mount, const char *dev_name, const struct path *path)
{
	int r = mediate_mount(SBX_HOOK_sb_mount);

	if (r == 0)
		watch_change(path->dentry->d_inode);
	return errno_in_range(r);
}

SEC("lsm/move_mount")
int BPF_PROG(move_mount, const struct path *from, const struct path *to)
{
	int r = mediate_mount(SBX_HOOK_move_mount);

	if (r == 0)
		watch_change(to->dentry->d_inode);
	return errno_in_range(r);
}

SEC("lsm/sb_umount")
int BPF_PROG(sb_umount)
{
	return mediate_mount(SBX_HOOK_sb_umount);
}

/* By fsconfig(2); mount(2) is asked by sb_mount before. */
SEC("lsm/sb_remount")
int BPF_PROG(sb_remount)
{
	return mediate_mount(SBX_HOOK_sb_remount);
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(sb_pivotroot)
{
	return mediate_mount(SBX_HOOK_sb_pivotroot);
}

/* fsmount(2), also of a file system that is mounted elsewhere already. */
SEC("lsm/sb_kern_mount")
int BPF_PROG(sb_kern_mount)
{
	return mediate_mount(SBX_HOOK_sb_kern_mount);
}
