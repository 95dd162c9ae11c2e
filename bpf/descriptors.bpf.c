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

/* Where processes of the host's have numbers. In a namespace of its own it names none of them. */
static __always_inline bool sees_the_host(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->thread_pid->level == 0;
}

/* Whom a descriptor is to send its signals: no hook sees on sending who wanted that. */
static __always_inline bool is_to_others(unsigned int command, int pid)
{
	if (command == F_SETOWN)
		return pid && pid != (int)(bpf_get_current_pid_tgid() >> 32) && sees_the_host();
	return command == F_SETOWN_EX && sees_the_host();
}

SEC("lsm/file_fcntl")
int BPF_PROG(file_fcntl, struct file *file, unsigned int command, unsigned long argument)
{
	struct dentry *dentry = file->f_path.dentry;

	if (is_to_others(command, (int)argument))
		return refuse_file(SBX_HOOK_file_fcntl, dentry, SBX_READ);
	/* Whoever opens what is leased waits until that is given back, or taken. */
	if (command == F_SETLEASE && argument != F_UNLCK)
		return errno_in_range(mediate(SBX_HOOK_file_fcntl, dentry, SBX_WRITE));
	return 0;
}

/*
 * What ioctl(2) does to more than the one file, by the letter and number of the command, as in
 * linux/fs.h and the file systems' own headers: to all of the file system; to subvolumes and by
 * paths, which no hook on names is asked about; and to the generation of an inode, by which its
 * label knows it. Where a file system has letters of its own, what isn't known is of all of it.
 */
static __always_inline bool is_past_the_file(__u32 command, __u32 letter, __u32 number)
{
	switch (letter) {
	case 0x94: /* btrfs, but FICLONE, FICLONERANGE, FIDEDUPERANGE */
		return number != 9 && number != 13 && number != 54;
	case 0xf5: /* F2FS: GARBAGE_COLLECT, WRITE_CHECKPOINT, FLUSH_DEVICE, .._RANGE, RESIZE_FS */
		return number == 6 || number == 7 || number == 10 || number == 11 || number == 16 ||
		       number > 27;
	case 0xcf: /* SMB, but COPYCHUNK_FILE */
		return number != 3;
	case 'X': /* XFS, from its maps on; FIFREEZE, FITHAW, FITRIM, SHUTDOWN */
		return number >= 58;
	case 'v': /* SETVERSION */
		return number == 2;
	case 'f': /* ext4: SETVERSION, GROUP_EXTEND, GROUP_ADD, CHECKPOINT, ..UUID,
		     .._TUNE_SB_PARAM; RESIZE_FS, SWAP_BOOT, beside /proc's PAGEMAP_SCAN and
		     PROCMAP_QUERY, which read and write; keys: ADD, REMOVE, .._ALL_USERS */
		if (number == 16 || number == 17)
			return command >> 30 != 3;
		return number == 4 || number == 7 || number == 8 ||
		       (number >= 23 && number <= 25) || (number >= 43 && number <= 46);
	case 'n': /* NILFS2 */
		return number >= 0x80;
	case 'o': /* OCFS2, whose REFLINK takes two paths */
	case 0xbc: /* bcachefs */
		return true;
	}
	return false;
}

/* chattr(1) and its like: what no hook on attributes is asked about. */
static __always_inline bool is_of_attributes(__u32 letter, __u32 number)
{
	switch (letter) {
	case 'f': /* SETFLAGS, MIGRATE, SET_ENCRYPTION_POLICY, ENABLE_VERITY */
		return number == 2 || number == 9 || number == 19 || number == 133;
	case 'X': /* FSSETXATTR */
		return number == 32;
	case 'r': /* FAT's attributes */
		return number == 0x11;
	case 0xf5: /* F2FS: SET_PIN_FILE, .._COMPRESS_BLOCKS, SET_COMPRESS_OPTION, IO_PRIO */
		return number == 13 || number == 18 || number == 19 || number == 22 || number == 27;
	}
	return false;
}

/* F2FS begins, ends and undoes a write, and not on each kernel wants it to be open for that. */
static __always_inline bool is_a_write(__u32 letter, __u32 number)
{
	return letter == 0xf5 && (number <= 5 || number == 25);
}

/*
 * By any socket: interfaces, addresses, routes and neighbours of its network, which may be the
 * host's. Nothing is asked of netlink, and nothing is changed so. What is only read is known: whose
 * signals a socket sends, its times, its namespace; what an interface is called, and is like.
 */
static __always_inline bool is_of_network(__u32 letter, __u32 number)
{
	if (letter == 0x8b) /* linux/wireless.h */
		return true;
	if (letter != 0x89) /* linux/sockios.h */
		return false;
	switch (number) {
	case 0x01 ... 0x02: /* FIOSETOWN, SIOCSPGRP, as F_SETOWN */
		return sees_the_host();
	case 0x03 ... 0x07: /* FIOGETOWN to SIOCGSTAMPNS */
	case 0x10: /* SIOCGIFNAME, CONF, FLAGS, ADDR, DSTADDR, BRDADDR, NETMASK, METRIC, MEM, MTU */
	case 0x12 ... 0x13:
	case 0x15:
	case 0x17:
	case 0x19:
	case 0x1b:
	case 0x1d:
	case 0x1f:
	case 0x21:
	case 0x27: /* SIOCGIFHWADDR, INDEX, COUNT, TXQLEN, MAP */
	case 0x33:
	case 0x38:
	case 0x42:
	case 0x70:
	case 0x4b ... 0x4c: /* SIOCOUTQNSD, SIOCGSKNS */
	case 0xe0: /* SIOCUNIXFILE */
		return false;
	}
	return true;
}

/* TIOCSTI, TIOCLINUX, TIOCCONS: to type for others, to be told what the host's console is. */
static __always_inline bool is_of_others_terminal(__u32 letter, __u32 number)
{
	return letter == 'T' && (number == 0x12 || number == 0x1c || number == 0x1d);
}

/*
 * TIOCSCTTY as root takes the terminal from the session that has it. Its own a sandbox may, as
 * setsid(1) does for the case.
 */
static __always_inline bool takes_terminal(__u32 letter, __u32 number, unsigned long argument)
{
	return letter == 'T' && number == 0x0e && (int)argument == 1;
}

static __always_inline int mediate_ioctl(
	enum sbx_hook hook, struct file *file, __u32 command, unsigned long argument)
{
	__u32 letter = command >> 8 & 0xff, number = command & 0xff;
	struct dentry *dentry = file->f_path.dentry;
	__u32 type = file->f_inode->i_mode & S_IFMT;

	if (type == S_IFSOCK && is_of_network(letter, number))
		return refuse_file(hook, dentry, SBX_METADATA);
	if (type == S_IFCHR && is_of_others_terminal(letter, number))
		return refuse_file(hook, dentry, SBX_METADATA);
	if (type == S_IFCHR && takes_terminal(letter, number, argument))
		return errno_in_range(mediate(hook, dentry, SBX_WRITE));
	/* A device's other letters are its driver's. */
	if (type != S_IFREG && type != S_IFDIR)
		return mediate_look(hook, dentry);
	if (is_past_the_file(command, letter, number))
		return refuse_file(hook, dentry, SBX_METADATA);
	if (is_of_attributes(letter, number))
		return mediate_change(hook, dentry, SBX_METADATA);
	if (is_a_write(letter, number))
		return mediate_change(hook, dentry, SBX_WRITE);
	return mediate_look(hook, dentry);
}

SEC("lsm/file_ioctl")
int BPF_PROG(file_ioctl, struct file *file, unsigned int command, unsigned long argument)
{
	return mediate_ioctl(SBX_HOOK_file_ioctl, file, command, argument);
}

/* By the 32-bit entry, where the kernel asks that apart. */
SEC("lsm/file_ioctl_compat")
int BPF_PROG(file_ioctl_compat, struct file *file, unsigned int command, unsigned long argument)
{
	return mediate_ioctl(SBX_HOOK_file_ioctl_compat, file, command, argument);
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
