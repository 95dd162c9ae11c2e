/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel's types, as far as we read them: names and fields only, offsets come from the running
 * kernel's BTF. No vmlinux.h, so that this builds on a machine without BTF.
 */
#ifndef SBX_BPF_KERNEL_H
#define SBX_BPF_KERNEL_H

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* What the helpers that we call ask for; in each object, and one after linking. */
char _license[] SEC("license") = "Dual BSD/GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
	unsigned long s_flags;
	unsigned long s_magic;
	void *s_encoding; /* not NULL: it may have folders that fold case. If CONFIG_UNICODE */
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__u32 val;
} kuid_t;

struct inode {
	unsigned short i_mode;
	kuid_t i_uid;
	unsigned int i_flags;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_generation;
	atomic_t i_writecount; /* who has it open to write to it; below 0: that is denied to all */
};

struct qstr {
	__u32 len;
	const unsigned char *name;
};

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

typedef struct seqcount_spinlock {
	seqcount_t seqcount;
} seqcount_spinlock_t;

struct dentry {
	unsigned int d_flags;
	seqcount_spinlock_t d_seq; /* odd while it gets another name or folder, and another then */
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct super_block *mnt_sb;
	int mnt_flags;
};

struct mnt_namespace;

struct mount {
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_flags;
	unsigned int f_mode;
	struct path f_path;
	struct inode *f_inode; /* below an overlay another than the path's */
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct file *vm_file; /* NULL: memory without one */
};

struct iattr {
	unsigned int ia_valid;
};

/* The LSM hooks, of which each has a member: it tells whether the kernel has that hook. */
union security_list_options {
	void *inode_post_setattr;
};

struct cred;

struct net;

struct ipc_namespace {
	struct vfsmount *mq_mnt; /* of POSIX message queues */
};

struct kern_ipc_perm;

struct nsproxy {
	struct ipc_namespace *ipc_ns;
	struct net *net_ns;
};

struct bpf_local_storage;

struct signal_struct {
	void *oom_mm; /* not NULL: the end of memory has killed it already */
};

struct thread_info {
	__u32 status; /* of x86 */
};

struct pid {
	unsigned int level; /* of its namespace: how many are above it */
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	void *worker_private; /* of a worker of io_uring's: its io_worker */
	struct signal_struct *signal;
	struct pid *thread_pid;
	struct bpf_local_storage *bpf_storage; /* NULL: no program has stored anything of it */
	struct nsproxy *nsproxy;
	const struct cred *cred;
	const struct cred *real_cred;
	__u64 parent_exec_id; /* self_exec_id of the parent when this was forked */
	__u64 self_exec_id; /* goes up by one with each exec */
	int tgid;
	char comm[16];
};

struct io_wq_work;

struct io_worker {
	struct io_wq_work *cur_work;
};

struct io_wq_work {
	int cancel_seq;
};

struct io_kiocb {
	const struct cred *creds; /* those that it was asked with */
	struct io_wq_work work;
};

/* Of x86. */
struct pt_regs {
	unsigned long ax; /* what a system call answers */
};

struct css_set;

struct linux_binprm;

struct perf_event_attr;

struct bpf_token;

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	unsigned short skc_family;
	possible_net_t skc_net;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
};

struct socket {
	struct sock *sk;
};

struct sockaddr {
	unsigned short sa_family;
};

struct msghdr {
	void *msg_name;
	int msg_namelen;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/* Constants that BTF doesn't carry. include/linux/fs.h, include/linux/socket.h, include/uapi. */
enum {
	FMODE_READ = 0x1,
	FMODE_WRITE = 0x2,
	FMODE_EXEC = 0x20, /* in f_flags: an open for execve(2) */
	FMODE_PATH = 0x4000, /* O_PATH */
	O_RDONLY = 00,
	O_WRONLY = 01,
	O_ACCMODE = 03,
	O_TRUNC = 01000,
	S_PRIVATE = 1 << 9, /* in i_flags */
	S_CASEFOLD = 1 << 15,
	DCACHE_OP_COMPARE = 1 << 1, /* in d_flags: other names than that may be the same */
	DCACHE_DISCONNECTED = 1 << 5, /* found by a handle, without its folders */
	S_IFMT = 0170000,
	S_IFCHR = 0020000,
	S_IFDIR = 0040000,
	S_IFBLK = 0060000,
	S_IFREG = 0100000,
	S_IFSOCK = 0140000,
	RENAME_EXCHANGE = 1 << 1,

	F_UNLCK = 2, /* of fcntl(2) */
	F_SETOWN = 8,
	F_SETOWN_EX = 15,
	F_SETLEASE = 1024,

	ATTR_SIZE = 1 << 3,
	ATTR_ATIME = 1 << 4,
	ATTR_MTIME = 1 << 5,
	ATTR_TOUCH = 1 << 17,

	PF_IO_WORKER = 1 << 4, /* in a task's flags */

	FSNOTIFY_OBJ_TYPE_INODE = 0,
	FS_OPEN_PERM = 1 << 16, /* in a mask of fsnotify: who opens it waits to be let in */
	FS_ACCESS_PERM = 1 << 17,
	FS_OPEN_EXEC_PERM = 1 << 18,
	FS_PRE_ACCESS = 1 << 20, /* since Linux 6.14 */

	KEY_NEED_SEARCH = 4, /* include/linux/key.h */

	AF_UNSPEC = 0,
	AF_UNIX = 1,
	AF_INET = 2,
	AF_INET6 = 10,
	AF_NETLINK = 16,

	NETLINK_ROUTE = 0,

	SOL_IP = 0,
	SOL_IPV6 = 41,

	TS_COMPAT = 0x2, /* arch/x86/include/asm/thread_info.h: a system call of a 32-bit program */

	MAX_ERRNO = 4095,

	PTRACE_MODE_NOAUDIT = 0x4, /* include/linux/ptrace.h */

	SOCK_STREAM = 1,
	SOCK_DGRAM = 2,
	SOCK_RAW = 3,

	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	IPPROTO_SCTP = 132,

	EPERM = 1,
	ENOENT = 2,
	ENOMEM = 12,
	EACCES = 13,
	EXDEV = 18,
	EINVAL = 22,
	ENOSPC = 28,
	ESTALE = 116,
};

/* Of the superblock that pidfds are files of, since Linux 6.9. */
#define PID_FS_MAGIC 0x50494446
#define MQUEUE_MAGIC 0x19800202
#define PIPEFS_MAGIC 0x50495045

/* Of clone3(2): a descriptor says in which cgroup the child is born. */
#define CLONE_INTO_CGROUP (1UL << 33)

/* Of a superblock that can't be mounted: it holds pipes, sockets, memory. */
#define SB_NOUSER (1UL << 31)

/*
 * Whether a pointer that a hook was given, or that was read through one, points to anything.
 * On 6.12 the verifier takes such for never NULL, drops the test of who compares it in C, and
 * doesn't guard what is read through it: the kernel would crash. A dentry of a name that isn't
 * there yet has no inode; an anonymous mapping has no file.
 */
static __always_inline bool is_there(const void *p)
{
	__u64 there;

	asm volatile("%0 = 1; if %1 > 0 goto +1; %0 = 0;" : "=&r"(there) : "r"(p));
	return there;
}

/*
 * The last word of each program. 6.12 checks that what a hook returns is in [-4095, 0] and loses
 * track of it through a C comparison, which clang may turn into arithmetic; the assembler's
 * comparison it follows. Anything outside is a denial.
 */
static __always_inline int errno_in_range(int e)
{
	asm volatile("if %0 s< -4095 goto +1; if %0 s<= 0 goto +1; %0 = -13;" : "+w"(e));
	return e;
}

#endif
