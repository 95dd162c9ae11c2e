/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the kernel side and user space share: the hook list, the shapes in the maps, the codes.
 *
 * Fixed widths, explicit padding, a size assert each. Anything changed here changes
 * SBX_ABI_VERSION.
 */
#ifndef SBX_BPF_ABI_H
#define SBX_BPF_ABI_H

#include <linux/types.h>

#define SBX_ABI_VERSION 18

/*
 * Every hook, a row each: the kernel's name of it, which is its pin's name too, and the name of its
 * program, unless src/lsm/variants.c has several for it; and whether a kernel may lack it. Their
 * order is the order of `sbx_leaf.denied`.
 */
#define SBX_HOOKS(X)                        \
	X(file_open, ALWAYS)                \
	X(path_truncate, ALWAYS)            \
	X(path_mknod, ALWAYS)               \
	X(path_mkdir, ALWAYS)               \
	X(path_rmdir, ALWAYS)               \
	X(path_unlink, ALWAYS)              \
	X(path_symlink, ALWAYS)             \
	X(path_link, ALWAYS)                \
	X(path_rename, ALWAYS)              \
	X(path_chmod, ALWAYS)               \
	X(path_chown, ALWAYS)               \
	X(inode_setattr, ALWAYS)            \
	X(inode_setxattr, ALWAYS)           \
	X(inode_removexattr, ALWAYS)        \
	X(inode_getattr, ALWAYS)            \
	X(inode_readlink, ALWAYS)           \
	X(inode_getxattr, ALWAYS)           \
	X(inode_listxattr, ALWAYS)          \
	X(path_notify, ALWAYS)              \
	X(path_chroot, ALWAYS)              \
	X(socket_create, ALWAYS)            \
	X(socket_connect, ALWAYS)           \
	X(socket_sendmsg, ALWAYS)           \
	X(socket_bind, ALWAYS)              \
	X(socket_setsockopt, ALWAYS)        \
	X(sctp_bind_connect, ALWAYS)        \
	X(uring_override_creds, ALWAYS)     \
	X(userns_create, ALWAYS)            \
	X(task_alloc, ALWAYS)               \
	X(bprm_committed_creds, ALWAYS)     \
	X(task_kill, ALWAYS)                \
	X(ptrace_access_check, ALWAYS)      \
	X(ptrace_traceme, ALWAYS)           \
	X(task_setnice, ALWAYS)             \
	X(task_setioprio, ALWAYS)           \
	X(task_setscheduler, ALWAYS)        \
	X(task_setrlimit, ALWAYS)           \
	X(sb_alloc_security, ALWAYS)        \
	X(sb_free_security, ALWAYS)         \
	X(sb_mount, ALWAYS)                 \
	X(move_mount, ALWAYS)               \
	X(perf_event_open, ALWAYS)          \
	X(bpf_token_create, WHERE_THERE)    \
	X(bpf, ALWAYS)                      \
	X(kernel_module_request, ALWAYS)    \
	X(kernel_read_file, ALWAYS)         \
	X(kernel_load_data, ALWAYS)         \
	X(uring_cmd, ALWAYS)                \
	X(syslog, ALWAYS)                   \
	X(quotactl, ALWAYS)                 \
	X(settime, ALWAYS)                  \
	X(locked_down, ALWAYS)              \
	X(sb_umount, ALWAYS)                \
	X(sb_remount, ALWAYS)               \
	X(sb_pivotroot, ALWAYS)             \
	X(sb_kern_mount, ALWAYS)            \
	X(shm_alloc_security, ALWAYS)       \
	X(shm_free_security, ALWAYS)        \
	X(msg_queue_alloc_security, ALWAYS) \
	X(msg_queue_free_security, ALWAYS)  \
	X(sem_alloc_security, ALWAYS)       \
	X(sem_free_security, ALWAYS)        \
	X(ipc_permission, ALWAYS)           \
	X(shm_shmctl, ALWAYS)               \
	X(msg_queue_msgctl, ALWAYS)         \
	X(sem_semctl, ALWAYS)               \
	X(inode_create, ALWAYS)             \
	X(inode_unlink, ALWAYS)             \
	X(mmap_file, ALWAYS)                \
	X(file_mprotect, ALWAYS)            \
	X(file_receive, ALWAYS)             \
	X(file_lock, ALWAYS)                \
	X(file_fcntl, ALWAYS)               \
	X(file_ioctl, ALWAYS)               \
	X(file_ioctl_compat, WHERE_THERE)   \
	X(file_truncate, WHERE_THERE)       \
	X(inode_set_acl, WHERE_THERE)       \
	X(inode_get_acl, WHERE_THERE)       \
	X(inode_remove_acl, WHERE_THERE)    \
	X(key_alloc, ALWAYS)                \
	X(key_permission, ALWAYS)

enum sbx_hook {
#define X(name, presence) SBX_HOOK_##name,
	SBX_HOOKS(X) SBX_N_HOOKS
#undef X
};

enum sbx_presence {
	SBX_ALWAYS, /* a kernel without it is refused */
	SBX_WHERE_THERE, /* a kernel without it has nothing that it would be asked about */
};

/*
 * What tells of what no hook denies, a row each: the name of its program, and of its pin. A kernel
 * that lacks what one is attached to enforces the same, and `lsm status` says what isn't told.
 */
#define SBX_PROBES(X)     \
	X(oom_kill)       \
	X(fork_refused)   \
	X(seccomp_signal) \
	X(seccomp_errno)

enum sbx_probe {
#define X(name) SBX_PROBE_##name,
	SBX_PROBES(X) SBX_N_PROBES
#undef X
};

/* Rights on files, as the verdict knows them. */
enum sbx_rights {
	SBX_READ = 1 << 0,
	SBX_WRITE = 1 << 1,
	SBX_EXEC = 1 << 2,
	SBX_METADATA = 1 << 3, /* mode, owner, times, attributes: of what is owned */
	SBX_GRANTED = 1 << 4, /* in what is granted always, so that a grant of nothing is one */
};

/* Why something was denied. */
enum sbx_why {
	SBX_WHY_NONE,
	SBX_WHY_NO_GRANT, /* no grant of the policy covers it */
	SBX_WHY_RIGHTS, /* a grant covers it, without the right that was wanted */
	SBX_WHY_OWNED, /* it belongs to another tenant */
	SBX_WHY_DEPTH, /* more folders deep than the walk goes */
	SBX_WHY_UNLABELLED, /* in a cgroup below the base that no tenant is known for */
	SBX_WHY_MOVED, /* the task was taken out of the cgroup that it belongs to */
	SBX_WHY_NO_RULE, /* no `connect` rule covers the address and port */
	SBX_WHY_FAMILY, /* a protocol that no rule can allow */
	SBX_WHY_NETWORK, /* a socket of another network than the task's */
	SBX_WHY_NEVER, /* nothing that a policy could say allows it */
	SBX_WHY_RISES, /* it could be used for more there than where it is */
	SBX_WHY_HOST, /* a process of the host's */
	SBX_WHY_ANCHOR, /* a tenant's own is that folder, or lies below it */
	SBX_WHY_SHARED, /* another tenant shares it where it is, and not where it would be */
	SBX_WHY_ADRIFT, /* nobody can tell which folder it lies in */
};

/*
 * The newest denial of a sandbox, for its report; and what else an event is about, of which it says
 * what stands at enum sbx_event_kind. `address` is IPv6, IPv4 as ::ffff:a.b.c.d.
 */
struct sbx_denial {
	__u32 hook;
	__u32 why;
	__u32 pid; /* thread group id in the initial pid namespace */
	__u32 wanted; /* enum sbx_rights */
	__u64 ino; /* of a process: its thread group id in the initial pid namespace */
	__u32 dev; /* as the kernel holds it: major << 20 | minor */
	__u32 owner; /* tenant id for SBX_WHY_OWNED */
	__u8 address[16];
	__u16 port; /* host order */
	__u16 protocol; /* IPPROTO_ */
	__u16 family; /* AF_ */
	__u16 foreign; /* whether a system call came by the entry of 32-bit programs */
	__u32 target_pid; /* of the process that it was about; 0: none */
	__u32 argument; /* what the hook says of it: a signal, the number of a system call */
	char comm[16];
	char name[32]; /* last component of the file's path, cut; of a process: its comm */
};

#define SBX_NAME_SIZE 64 /* of a sandbox's or tenant's name, with its end */

/* leaves: cgroup id of a sandbox's cgroup -> whose it is. */
struct sbx_leaf {
	__u64 id; /* its key: the kernel may give the memory of a deleted element to another */
	__u32 tenant;
	__u32 policy;
	__u32 executed; /* whether something was executed in it: its command, at first */
	__u32 pad;
	char name[SBX_NAME_SIZE];
	__u64 audited; /* what was allowed, and would have been denied */
	__u64 denied[SBX_N_HOOKS];
	struct sbx_denial last;
};

/*
 * seats: the same, in short, of as many sandboxes as find a seat of their own, for to look into an
 * array takes a tenth of a look into `leaves`. Who has none is looked for there. A seat is taken
 * behind its leaf, and given up before: none is of a sandbox without a label. Two that take one at
 * once may leave a mixture, and so may a look meanwhile: its seal says that all is of one.
 */
#define SBX_N_SEATS 65536u

struct sbx_seat {
	__u64 leaf; /* cgroup id; 0: free */
	__u32 tenant;
	__u32 policy;
	__u64 seal;
};

static inline __attribute__((always_inline)) __u64 sbx_seat_seal(
	__u64 leaf, __u32 tenant, __u32 policy)
{
	return ~(leaf ^ ((__u64)policy << 32 | tenant));
}

static inline struct sbx_seat sbx_seat_for(__u64 leaf, __u32 tenant, __u32 policy)
{
	return (struct sbx_seat){ leaf, tenant, policy, sbx_seat_seal(leaf, tenant, policy) };
}

/* Ids come one after the other, so they seldom meet. */
static inline __attribute__((always_inline)) __u32 sbx_seat_of(__u64 leaf)
{
	return (__u32)leaf % SBX_N_SEATS;
}

/*
 * events: the flight recorder. An event's slot is its number modulo theirs, so the newest are there
 * and nobody needs to have read the older ones.
 */
#define SBX_N_EVENTS 4096

/* All but the denials say `pid` and `comm`, and what stands here. */
enum sbx_event_kind {
	SBX_EVENT_DENIAL, /* by one of the hooks */
	SBX_EVENT_OOM_KILL, /* that process was killed */
	SBX_EVENT_FORK_REFUSED, /* to that process, by pids.max */
	SBX_EVENT_TIMEOUT, /* that command was ended: `ino`: after so many microseconds */
	SBX_EVENT_START_TIMEOUT, /* the same, for it hadn't read its module by then */
	/* By a filter: `argument`: the number; `foreign`. errnum 0: it ends in SIGSYS. */
	SBX_EVENT_SECCOMP,
	SBX_N_EVENT_KINDS
};

/*
 * `begun` is written first and `finished` last, both the event's number: a reader that sees two
 * numbers, or two copies that differ, has met a writer. What is written first stands last, so that
 * a copy from the front has seen the end of the writing before the rest.
 */
struct sbx_event {
	__u64 finished;
	__u64 time; /* CLOCK_BOOTTIME, ns */
	__u64 leaf; /* cgroup id of the sandbox; 0: nobody's */
	__u32 tenant; /* 0: nobody's */
	__u32 policy;
	__u32 kind; /* enum sbx_event_kind */
	__u32 errnum; /* what it was answered; a denial with 0: it was allowed, for its policy is on
			 trial */
	struct sbx_denial what;
	char sandbox[SBX_NAME_SIZE]; /* its name; it may have ended by now */
	__u64 begun;
};

/* audits: tenant id -> its token bucket, and what came of its events. */
struct sbx_audit {
	__u64 full; /* CLOCK_BOOTTIME, ns: when the bucket is full again, without further events */
	__u64 interval; /* ns in which it gets one token; 0: none is recorded */
	__u64 recorded, dropped;
};

#define SBX_AUDIT_SECOND   1000000000 /* of ns: the bucket holds what comes in that time */
#define SBX_AUDIT_INTERVAL (SBX_AUDIT_SECOND / 100) /* of who hasn't another one */

/* What the program `set_rate` is asked. */
struct sbx_rate_change {
	__u64 interval; /* as in sbx_audit */
	__u32 tenant;
	__u32 pad;
};

/* What the program `tell_timeout` is told. */
struct sbx_timeout {
	__u64 leaf;
	__u64 usec;
	__u32 kind; /* one of the two of enum sbx_event_kind */
	__u32 pid;
};

/* What the program `set_policy` is asked: whose leaf gets another policy, if it still has this one.
 */
struct sbx_policy_change {
	__u64 leaf;
	__u32 tenant;
	__u32 from, to;
	__u32 pad;
};

/* Owner of what was a tenant's own before the last `lsm load`: closed, until somebody is granted
 * it. */
#define SBX_OWNER_FORMER 0xffffffffu

/* labels: address of an inode -> the label on it. All of the value must match the inode met. */
struct sbx_label {
	__u64 ino;
	__u32 dev;
	__u32 generation;
	union {
		struct {
			__u32 label;
			__u32 serial; /* how often it was written */
		};
		__u64 writing; /* both: no two writings have the same */
	};
	__u32 owner; /* tenant id, or SBX_OWNER_FORMER; 0: nobody's own */
	__u32 flags;
	__u32 policy; /* that of the owner's whose rules were written last: it asks the most; 0:
			 none */
	__u32 rights; /* of that policy, as in `perms`, which is spared a look */
};

#define SBX_LABEL_NAMES	 1 /* a folder with names in `names`, without which none are looked for */
#define SBX_LABEL_SHARED 2 /* the owner lets others be granted what lies here */
#define SBX_LABEL_PART	 4 /* only that: it lies in a tree of the owner's, whose label is above */

/*
 * names: a name in a folder -> the label on whatever file has that name, made anew or not. The
 * label's ino, dev and generation are the folder's.
 */
#define SBX_ENTRY_SIZE 120 /* with the zeros at its end, one at least */
struct sbx_name_key {
	__u64 folder; /* address of its inode */
	char name[SBX_ENTRY_SIZE];
};

/* anchors: inode address of a folder on the way to what a tenant owns, or owned itself. */
struct sbx_anchor {
	__u64 ino;
	__u32 dev;
	__u32 generation;
	__u32 n_loads; /* sbx_loaded's, of the load that found it */
	__u32 pad;
};

/*
 * label_bits: where a label may stand. Most inodes on the way have none, and to see that here takes
 * a fifth of a look into `labels`. Two bits of one word stand for an address, and are set before
 * its label is written; they may be set without one.
 */
#define SBX_LABEL_BITS_LOG2  25 /* 6 % of it is set with a million labels */
#define SBX_LABEL_BITS_WORDS (1u << (SBX_LABEL_BITS_LOG2 - 6)) /* of 64 bits */

/* By the lower half of the address, which the verifier lets programs reckon with. */
static inline __attribute__((always_inline)) __u32 sbx_label_bit(__u64 address)
{
	return (__u32)address * 0x9e3779b1u >> (32 - SBX_LABEL_BITS_LOG2);
}

/* In the word of the first. */
static inline __attribute__((always_inline)) __u32 sbx_label_second_bit(__u64 address)
{
	return (__u32)address * 0x85ebca6bu >> 26;
}

/* Both, in their word. */
static inline __u64 sbx_label_bits(__u64 address)
{
	return (__u64)1 << sbx_label_bit(address) % 64 | (__u64)1 << sbx_label_second_bit(address);
}

/*
 * perms: what a policy may do under a label -> enum sbx_rights. No label has the number 0: under
 * that stands the policy's enum sbx_mode; nothing: it is enforced.
 */
#define SBX_LABEL_OF_MODE 0

enum sbx_mode {
	SBX_MODE_ENFORCE = 0,
	/* None of these is a right. */
	SBX_MODE_AUDIT = 1 << 16, /* what its policy only doesn't grant is told, and allowed */
	SBX_MODE_OFF = 1 << 17, /* and not even told */
};

struct sbx_perm_key {
	__u32 policy;
	__u32 label;
};

/* connect_rules: longest prefix of {policy, address} -> ports. prefixlen = 32 + the address's. */
struct sbx_net_key {
	__u32 prefixlen;
	__u32 policy;
	__u8 address[16];
};

#define SBX_MAX_PORTS 32

struct sbx_ports {
	__u16 first, last;
	__u16 protocol; /* IPPROTO_TCP or IPPROTO_UDP */
	__u16 pad;
};

struct sbx_net_rule {
	__u32 n;
	__u32 pad;
	struct sbx_ports ports[SBX_MAX_PORTS];
};

/* tasks: the label that sticks to a task. */
enum sbx_task_state {
	SBX_TASK_ENFORCED,
	SBX_TASK_SETUP, /* the launcher's child before its exec: opens are free, exec is judged */
	SBX_TASK_SETUP_INIT, /* the same, and its exec isn't that of the sandbox's command */
};

struct sbx_task {
	__u64 leaf; /* cgroup id */
	__u32 state;
	__u32 pad;
};

/* What iter/task_file tells of each descriptor of a task. */
struct sbx_file_info {
	__u64 inode; /* address */
	__u64 ino;
	__u32 dev;
	__u32 generation;
	__u32 fd;
	__u16 written; /* whether somebody has it open to write to it */
	__u16 folds_case; /* whether names in that folder that differ in case are one */
};

/*
 * ready: one element, pinned last. What `run` holds the kernel's state against. `pins` are the
 * inode numbers of the links' pins, `tags` the programs' own, both in the order of SBX_HOOKS.
 * `probes` are pins as well, in the order of SBX_PROBES. 0: the kernel has no such thing.
 */
struct sbx_ready {
	__u32 abi;
	__u32 base_level;
	__u64 base_id; /* cgroup id */
	__u64 generation; /* drawn at random at each load */
	__u64 pins[SBX_N_HOOKS];
	__u8 tags[SBX_N_HOOKS][8];
	__u64 probes[SBX_N_PROBES];
};

/* counters: one element. Written by the kernel side only. */
struct sbx_counters {
	__u64 unlabelled; /* denials of tasks that belong to no sandbox */
	__u64 policy_changes; /* how often something was done that may change a policy's file */
	__u64 events; /* the number of the newest one; they count from 1 */
};

/* loaded: one element, what user space has put into the maps so far. */
struct sbx_loaded {
	__u64 tenants; /* fingerprint of the tenants folder whose `own` are loaded */
	__u64 named; /* of what else their policies speak of */
	__u64 folders; /* of the folders that the policies lie in, without what is in them */
	__u64 policy_changes; /* sbx_counters.policy_changes at that time */
	__u32 watched; /* whether all policies' files are in `policy_files` */
	__u32 n_loads; /* how often `lsm load` was done, so far */
	__u32 last_policy; /* ids count up from 1 and are not used twice in a generation */
	__u32 last_label;
};

/*
 * policy_files: an inode that a policy is read from, and the file system that such are in -> the
 * sbx_loaded.n_loads that found it.
 */
#define SBX_INO_OF_DEV 0 /* stands for the file system: no file has that number */
struct sbx_inode_key {
	__u64 ino;
	__u32 dev; /* as the kernel holds it */
	__u32 pad;
};

/* policies: fingerprint of a policy's rules as they are in the maps -> policy id. Written last. */
struct sbx_policy_key {
	__u64 fingerprint[2];
	__u32 tenant;
	__u32 n_loads; /* sbx_loaded's: what is mounted below a grant is looked for after each load
			*/
};

_Static_assert(sizeof(struct sbx_denial) == 112, "sbx_denial");
_Static_assert(sizeof(struct sbx_leaf) == 32 + SBX_NAME_SIZE + 8 * SBX_N_HOOKS + 112, "sbx_leaf");
_Static_assert(sizeof(struct sbx_seat) == 24, "sbx_seat");
_Static_assert(sizeof(struct sbx_event) == 48 + 112 + SBX_NAME_SIZE, "sbx_event");
_Static_assert(sizeof(struct sbx_audit) == 32, "sbx_audit");
_Static_assert(sizeof(struct sbx_rate_change) == 16, "sbx_rate_change");
_Static_assert(sizeof(struct sbx_timeout) == 24, "sbx_timeout");
_Static_assert(sizeof(struct sbx_policy_change) == 24, "sbx_policy_change");
_Static_assert(sizeof(struct sbx_label) == 40, "sbx_label");
_Static_assert(sizeof(struct sbx_name_key) == 128, "sbx_name_key");
_Static_assert(sizeof(struct sbx_anchor) == 24, "sbx_anchor");
_Static_assert(sizeof(struct sbx_perm_key) == 8, "sbx_perm_key");
_Static_assert(sizeof(struct sbx_net_key) == 24, "sbx_net_key");
_Static_assert(sizeof(struct sbx_net_rule) == 8 + 8 * SBX_MAX_PORTS, "sbx_net_rule");
_Static_assert(sizeof(struct sbx_task) == 16, "sbx_task");
_Static_assert(sizeof(struct sbx_file_info) == 32, "sbx_file_info");
_Static_assert(sizeof(struct sbx_ready) == 24 + 16 * SBX_N_HOOKS + 8 * SBX_N_PROBES, "sbx_ready");
_Static_assert(sizeof(struct sbx_counters) == 24, "sbx_counters");
_Static_assert(sizeof(struct sbx_loaded) == 48, "sbx_loaded");
_Static_assert(sizeof(struct sbx_inode_key) == 16, "sbx_inode_key");
_Static_assert(sizeof(struct sbx_policy_key) == 24, "sbx_policy_key");

#endif
