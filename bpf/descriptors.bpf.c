// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Descriptors: one that comes from another process, and what is done by one apart from reading and
 * writing. What a command was started with was meant for it, and is judged no more than here.
 */
#include "walk.h"
#include "watch.h"

/* A name alone, O_PATH, leads to the file as far as reading it does. */
static __always_inline __u32 open_for(struct file *file)
{
	__u32 mode = file->f_mode, wanted = 0;

	if (mode & (FMODE_READ | FMODE_PATH))
		wanted |= SBX_READ;
	if (mode & FMODE_WRITE)
		wanted |= SBX_WRITE;
	return wanted ? wanted : SBX_READ | SBX_WRITE;
}

/* By a message, pidfd_getfd(2), or a filter's notification: an open by other means. */
SEC("lsm/file_receive")
int BPF_PROG(file_receive, struct file *file)
{
	return errno_in_range(mediate(SBX_HOOK_file_receive, file->f_path.dentry, open_for(file)));
}

/* Whoever may look at a file may do these with a descriptor of it: not at another tenant's. */
SEC("lsm/file_lock")
int BPF_PROG(file_lock, struct file *file)
{
	return mediate_look(SBX_HOOK_file_lock, file->f_path.dentry);
}

SEC("lsm/file_ioctl")
int BPF_PROG(file_ioctl, struct file *file)
{
	return mediate_look(SBX_HOOK_file_ioctl, file->f_path.dentry);
}

/* By the 32-bit entry, where the kernel asks that apart. */
SEC("lsm/file_ioctl_compat")
int BPF_PROG(file_ioctl_compat, struct file *file)
{
	return mediate_look(SBX_HOOK_file_ioctl_compat, file->f_path.dentry);
}

/* ftruncate(2) since Linux 6.2; path_truncate before. */
SEC("lsm/file_truncate")
int BPF_PROG(file_truncate, struct file *file)
{
	int r = mediate(SBX_HOOK_file_truncate, file->f_path.dentry, SBX_WRITE);

	if (r == 0)
		watch_change(file->f_inode);
	return errno_in_range(r);
}
