// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Processes: the label that sticks to a task follows its children, and exec ends the set-up.
 */
#include "identity.h"

/*
 * Runs before the child joins a cgroup, which may be another than its parent's, so the label is all
 * that tells whose it is. A parent that was put into a sandbox, and has met no hook since, has none
 * yet. Which cgroup clone3(2) was told isn't said: a sandbox names none, not its own either, for a
 * child elsewhere, though it may do nothing there, would be under others' limits or under none.
 */
SEC("lsm/task_alloc")
int BPF_PROG(task_alloc, struct task_struct *task, unsigned long flags)
{
	struct task_struct *parent = bpf_get_current_task_btf();
	struct sbx_task *sticky = bpf_task_storage_get(&tasks, parent, 0, 0);
	/* The exemption of the set-up is for one task and isn't inherited. */
	struct sbx_task inherited = { .state = SBX_TASK_ENFORCED };
	struct actor a;
	int r = flags & CLONE_INTO_CGROUP ? deny_all(SBX_HOOK_task_alloc) : 0;

	if (r)
		return errno_in_range(r);
	if (sticky)
		inherited.leaf = sticky->leaf;
	else if (identify(&a) == STANDING_TENANT)
		inherited.leaf = a.leaf;
	else
		return 0;
	if (!bpf_task_storage_get(&tasks, task, &inherited, BPF_LOCAL_STORAGE_GET_F_CREATE))
		return -ENOMEM;
	return 0;
}

/* Written once, and not by each exec. */
static __always_inline void note_exec(__u64 id)
{
	struct sbx_leaf *leaf = bpf_map_lookup_elem(&leaves, &id);

	if (leaf && !leaf->executed)
		leaf->executed = 1;
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(bprm_committed_creds, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct sbx_task *sticky = bpf_task_storage_get(&tasks, task, 0, 0);
	struct actor a;

	/* The cgroup tells, for task storage may be busy. */
	if (identify(&a) != STANDING_HOST && a.tenant &&
		!(sticky && sticky->state == SBX_TASK_SETUP_INIT))
		note_exec(a.leaf);
	if (sticky)
		sticky->state = SBX_TASK_ENFORCED;
	return 0;
}

/* With another's credentials in hand io_uring opens look like those of the kernel's own. */
SEC("lsm/uring_override_creds")
int BPF_PROG(uring_override_creds, const struct cred *cred)
{
	return deny_all(SBX_HOOK_uring_override_creds);
}

/* There it would have every capability, and much more of the kernel's code is reached by these. */
SEC("lsm/userns_create")
int BPF_PROG(userns_create, const struct cred *cred)
{
	return deny_all(SBX_HOOK_userns_create);
}

/*
 * Not a hook: root runs it (BPF_PROG_RUN) to put a changed policy on a sandbox that lives. User
 * space can only replace the element as a whole, and denials that are counted meanwhile would be
 * lost. The sandbox may end, and the element be another one's: so the tenant is compared too, in
 * the same write. Returns 0 or an errno, above 0.
 */
SEC("syscall")
int set_policy(struct sbx_policy_change *change)
{
	union {
		struct {
			__u32 tenant, policy;
		};
		__u64 both;
	} from = { { change->tenant, change->from } }, to = { { change->tenant, change->to } };
	__u64 id = change->leaf;
	struct sbx_leaf *leaf = bpf_map_lookup_elem(&leaves, &id);
	struct sbx_seat *seat = seat_of(id);

	if (!leaf || leaf->id != id)
		return ENOENT;
	if (__sync_val_compare_and_swap((__u64 *)&leaf->tenant, from.both, to.both) != from.both)
		return ESTALE;
	/* Without its seal it is no more than one that has no seat. */
	if (seat && seat->leaf == id) {
		seat->policy = change->to;
		seat->seal = sbx_seat_seal(id, change->tenant, change->to);
	}
	return 0;
}
