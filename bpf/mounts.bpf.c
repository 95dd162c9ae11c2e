// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Mounts: what comes to lie over a policy's file is another policy. Both ways to make one.
 */
#include "watch.h"

SEC("lsm/sb_mount")
int BPF_PROG(sb_mount, const char *dev_name, const struct path *path)
{
	watch_change(path->dentry->d_inode);
	return 0;
}

SEC("lsm/move_mount")
int BPF_PROG(move_mount, const struct path *from, const struct path *to)
{
	watch_change(to->dentry->d_inode);
	return 0;
}
