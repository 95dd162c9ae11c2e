// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * System V IPC: shared memory, message queues and semaphores, which are found by a number.
 *
 * An IPC namespace that a sandbox's set-up has made is the sandbox's own, with all that is in it.
 * In another, the host's, an object has a label from its making to its end if a sandbox makes it,
 * and is its tenant's. Without one it is the host's.
 *
 * Whatever is done with an object asks ipc_permission first, but its change and its removal.
 */
#include "walk.h"

/* A namespace is born with a file system of its own, for POSIX message queues: that tells whose. */
static __always_inline bool is_in_own_namespace(const struct actor *a)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 address = (__u64)task->nsproxy->ipc_ns->mq_mnt->mnt_sb;
	__u64 *leaf_id = bpf_map_lookup_elem(&superblocks, &address);

	return leaf_id && *leaf_id == a->leaf;
}

static __always_inline void unlabel_object(const void *object)
{
	__u64 address = (__u64)object;

	(void)bpf_map_delete_elem(&ipc_objects, &address);
}

/*
 * The address may have been another object's, whose label could stay where a map is busy (6.1): so
 * the host's making takes it away, too.
 */
static __always_inline int label_object(enum sbx_hook hook, const void *object)
{
	__u64 address = (__u64)object;
	struct sbx_denial d = { 0 };
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST) {
		unlabel_object(object);
		return 0;
	}
	if (is_nobody(&a))
		return refuse(&a, hook, &d, SBX_WHY_UNLABELLED);
	/* There may be more of them than the map has room for. */
	if (is_in_own_namespace(&a))
		unlabel_object(object);
	else if (bpf_map_update_elem(&ipc_objects, &address, &a.tenant, BPF_ANY))
		return -ENOMEM;
	return 0;
}

static __always_inline enum sbx_why judge_object(
	const struct actor *a, const void *object, __u32 *ret_owner)
{
	__u64 address = (__u64)object;
	__u32 *owner;

	if (is_in_own_namespace(a))
		return SBX_WHY_NONE;
	owner = bpf_map_lookup_elem(&ipc_objects, &address);
	if (!owner)
		return SBX_WHY_HOST;
	*ret_owner = *owner;
	return *ret_owner == a->tenant ? SBX_WHY_NONE : SBX_WHY_OWNED;
}

/* `object` is NULL where it is about all of them: that tells of others. */
static __always_inline int mediate_object(enum sbx_hook hook, const void *object)
{
	struct sbx_denial d = { 0 };
	enum sbx_why why;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	why = is_nobody(&a) ? a.why : judge_object(&a, object, &d.owner);
	return why == SBX_WHY_NONE ? 0 : refuse(&a, hook, &d, why);
}

SEC("lsm/shm_alloc_security")
int BPF_PROG(shm_alloc_security, struct kern_ipc_perm *object)
{
	return label_object(SBX_HOOK_shm_alloc_security, object);
}

/* In whatever task, or none: an object ends later than its last user, or with its namespace. */
SEC("lsm/shm_free_security")
int BPF_PROG(shm_free_security, struct kern_ipc_perm *object)
{
	unlabel_object(object);
	return 0;
}

SEC("lsm/msg_queue_alloc_security")
int BPF_PROG(msg_queue_alloc_security, struct kern_ipc_perm *object)
{
	return label_object(SBX_HOOK_msg_queue_alloc_security, object);
}

SEC("lsm/msg_queue_free_security")
int BPF_PROG(msg_queue_free_security, struct kern_ipc_perm *object)
{
	unlabel_object(object);
	return 0;
}

SEC("lsm/sem_alloc_security")
int BPF_PROG(sem_alloc_security, struct kern_ipc_perm *object)
{
	return label_object(SBX_HOOK_sem_alloc_security, object);
}

SEC("lsm/sem_free_security")
int BPF_PROG(sem_free_security, struct kern_ipc_perm *object)
{
	unlabel_object(object);
	return 0;
}

SEC("lsm/ipc_permission")
int BPF_PROG(ipc_permission, struct kern_ipc_perm *object)
{
	return mediate_object(SBX_HOOK_ipc_permission, object);
}

SEC("lsm/shm_shmctl")
int BPF_PROG(shm_shmctl, struct kern_ipc_perm *object)
{
	return mediate_object(SBX_HOOK_shm_shmctl, object);
}

SEC("lsm/msg_queue_msgctl")
int BPF_PROG(msg_queue_msgctl, struct kern_ipc_perm *object)
{
	return mediate_object(SBX_HOOK_msg_queue_msgctl, object);
}

SEC("lsm/sem_semctl")
int BPF_PROG(sem_semctl, struct kern_ipc_perm *object)
{
	return mediate_object(SBX_HOOK_sem_semctl, object);
}

/*
 * POSIX message queues are files, which file_open is asked about; but they are made and removed
 * past all that is asked about paths.
 */
static __always_inline int mediate_queue(
	enum sbx_hook hook, struct inode *folder, struct dentry *entry)
{
	struct dentry *root = entry->d_parent;
	enum sbx_why why;
	__u32 owner = 0;
	struct actor a;

	if (folder->i_sb->s_magic != MQUEUE_MAGIC)
		return 0;
	identify(&a);
	if (is_free(&a))
		return 0;
	why = is_nobody(&a) ? a.why : judge(&a, root, SBX_WRITE, &owner);
	if (why == SBX_WHY_NONE)
		return 0;
	return errno_in_range(deny_name(&a, hook, root, entry, SBX_WRITE, why, owner));
}

SEC("lsm/inode_create")
int BPF_PROG(inode_create, struct inode *folder, struct dentry *entry)
{
	return mediate_queue(SBX_HOOK_inode_create, folder, entry);
}

SEC("lsm/inode_unlink")
int BPF_PROG(inode_unlink, struct inode *folder, struct dentry *entry)
{
	return mediate_queue(SBX_HOOK_inode_unlink, folder, entry);
}
