/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Who acts: the tenant of the current task, from its cgroup and from the label that sticks to it.
 */
#ifndef SBX_BPF_IDENTITY_H
#define SBX_BPF_IDENTITY_H

#include "events.h"
#include "verdict.h"

/* BASE/TENANT.slice/NAME.scope: the sandbox is two levels below the base. */
#define LEAF_DEPTH 2

enum standing {
	STANDING_HOST, /* none of ours: everything passes */
	STANDING_TENANT,
	STANDING_SETUP, /* the launcher's child before exec */
	STANDING_NOBODY, /* ours, and nobody's: nothing passes */
};

struct actor {
	__u64 leaf; /* cgroup id of the sandbox; of the HOST only `standing` is set */
	__u32 tenant, policy; /* 0 where it has no label */
	enum standing standing;
	enum sbx_why why; /* of NOBODY */
};

/*
 * bprm_committed_creds ends the set-up, unless task storage was busy just then. So the kernel is
 * asked as well: a task that has executed nothing since its fork counts as many execs as its parent
 * did.
 */
static __always_inline bool in_setup(const struct task_struct *task, const struct sbx_task *sticky)
{
	return sticky->state != SBX_TASK_ENFORCED && task->self_exec_id == task->parent_exec_id;
}

/* False of the host's, which most who ask are. */
static __always_inline bool is_below_base(void)
{
	return bpf_get_current_ancestor_cgroup_id(base_level) == base_id;
}

/* What systemd runs of the service that the base is of: `lsm load` and the like, and no tenant's.
 */
static __always_inline bool is_control(void)
{
	return control_id && bpf_get_current_ancestor_cgroup_id(base_level + 1) == control_id;
}

/* Asked of each task on each hook, and most of the host's have none. */
static __always_inline struct sbx_task *sticky_of(struct task_struct *task)
{
	return task->bpf_storage ? bpf_task_storage_get(&tasks, task, 0, 0) : 0;
}

static __always_inline struct sbx_seat *seat_of(__u64 leaf)
{
	__u32 number = sbx_seat_of(leaf);

	return bpf_map_lookup_elem(&seats, &number);
}

static __always_inline bool find_seat(__u64 leaf, __u32 *ret_tenant, __u32 *ret_policy)
{
	const volatile struct sbx_seat *seat = seat_of(leaf);

	if (!seat || seat->leaf != leaf)
		return false;
	*ret_tenant = seat->tenant;
	*ret_policy = seat->policy;
	return seat->seal == sbx_seat_seal(leaf, *ret_tenant, *ret_policy);
}

/*
 * Of which tenant a sandbox is, and under which policy. False: it has no label. The memory of a
 * leaf that goes may be given to another just then, so its id is asked behind whatever was read of
 * it. Ids of cgroups aren't used again.
 */
static __always_inline bool find_sandbox(__u64 id, __u32 *ret_tenant, __u32 *ret_policy)
{
	const volatile struct sbx_leaf *leaf;

	if (find_seat(id, ret_tenant, ret_policy))
		return true;
	leaf = bpf_map_lookup_elem(&leaves, &id);
	if (!leaf)
		return false;
	*ret_tenant = leaf->tenant;
	*ret_policy = leaf->policy;
	return leaf->id == id;
}

/* Not where sandboxes are: the host's, unless it came out of one. */
static __always_inline enum standing judge_outside(struct actor *a, const struct sbx_task *sticky)
{
	if (!sticky)
		return a->standing = STANDING_HOST;
	a->leaf = sticky->leaf;
	a->tenant = a->policy = 0;
	a->why = SBX_WHY_MOVED;
	return a->standing = STANDING_NOBODY;
}

/*
 * The cgroup alone doesn't do: the host may move a task out of it. The sticky label alone doesn't
 * either: on 6.1 task storage answers NULL while it is busy. So both are asked, and what differs
 * is denied. Who has the sticky label is looked for among the sandboxes at once, all others only
 * below the base. Returns the standing, which is in `a` too: where it is asked of what was
 * returned, the host's opens cost a little less.
 */
static __always_inline enum standing identify(struct actor *a)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct sbx_task *sticky = sticky_of(task);

	if (!sticky && !is_below_base())
		return judge_outside(a, 0);
	a->standing = STANDING_NOBODY;
	a->why = SBX_WHY_UNLABELLED;
	a->leaf = bpf_get_current_ancestor_cgroup_id(base_level + LEAF_DEPTH);
	if (!find_sandbox(a->leaf, &a->tenant, &a->policy)) {
		a->tenant = a->policy = 0;
		return is_control() || (sticky && !is_below_base()) ? judge_outside(a, sticky)
								    : STANDING_NOBODY;
	}
	if (!sticky) {
		struct sbx_task fresh = { .leaf = a->leaf, .state = SBX_TASK_ENFORCED };

		(void)bpf_task_storage_get(&tasks, task, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE);
		return a->standing = STANDING_TENANT;
	}
	if (sticky->leaf != a->leaf) {
		a->why = SBX_WHY_MOVED;
		return STANDING_NOBODY;
	}
	return a->standing = in_setup(task, sticky) ? STANDING_SETUP : STANDING_TENANT;
}

/*
 * A worker of io_uring's takes the credentials that it was asked with, which are others than its
 * own where the caller's have changed since the worker began. So does the thread that polls
 * submissions, of which nobody can tell which these are.
 */
static __always_inline bool is_urings(struct task_struct *task)
{
	struct io_worker *worker = task->worker_private;
	const struct cred *creds = 0;
	struct io_wq_work *work = 0;
	struct io_kiocb *request;

	if (!(task->flags & PF_IO_WORKER))
		return false;
	(void)bpf_core_read(&work, sizeof(work), &worker->cur_work);
	request = (void *)work - bpf_core_field_offset(struct io_kiocb, work);
	(void)bpf_core_read(&creds, sizeof(creds), &request->creds);
	return !creds || task->cred == creds;
}

/*
 * None else acts by others' credentials but the kernel: those that io_uring was told to take are
 * denied.
 */
static __always_inline bool is_kernels_own(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->cred != task->real_cred && !is_urings(task);
}

/* To whom most hooks have nothing to say. */
static __always_inline bool is_free(const struct actor *a)
{
	return a->standing == STANDING_HOST || a->standing == STANDING_SETUP;
}

/* To whom all have: `why`. */
static __always_inline bool is_nobody(const struct actor *a)
{
	return a->standing == STANDING_NOBODY;
}

static __always_inline __u32 mode_of(const struct actor *a)
{
	struct sbx_perm_key key = { .policy = a->policy, .label = SBX_LABEL_OF_MODE };
	__u32 *mode = bpf_map_lookup_elem(&perms, &key);

	return mode ? *mode : SBX_MODE_ENFORCE;
}

/*
 * Books a denial: the allow path writes nothing. A function of its own, for each hook has several
 * places that deny. `last` may be torn by two denials at once, the counts are not.
 */
static __noinline int book(const struct actor *a, enum sbx_hook hook, struct sbx_denial *d)
{
	__u64 id = a->leaf;
	struct sbx_leaf *leaf = bpf_map_lookup_elem(&leaves, &id);
	__u32 zero = 0, mode = SBX_MODE_ENFORCE;
	struct sbx_counters *c;

	d->hook = hook;
	d->pid = bpf_get_current_pid_tgid() >> 32;
	(void)bpf_get_current_comm(d->comm, sizeof(d->comm));
	if (a->tenant && sbx_is_lifted(d->why))
		mode = mode_of(a);
	if (mode == SBX_MODE_OFF)
		return 0;
	if (leaf && mode == SBX_MODE_AUDIT) {
		__sync_fetch_and_add(&leaf->audited, 1);
		(void)record(id, SBX_EVENT_DENIAL, d, 0);
		return 0;
	}
	if (leaf && a->tenant && hook < SBX_N_HOOKS) {
		__sync_fetch_and_add(&leaf->denied[hook], 1);
		leaf->last = *d;
	} else {
		c = bpf_map_lookup_elem(&counters, &zero);
		if (c)
			__sync_fetch_and_add(&c->unlabelled, 1);
	}
	(void)record(id, SBX_EVENT_DENIAL, d, EACCES);
	return -EACCES;
}

/*
 * The only way to deny. `d` comes with what the hook knows. What it returns is the hook's answer;
 * 0, where the policy's mode lifts that: then whatever else the hook asks is still to be asked.
 */
static __always_inline int deny(const struct actor *a, enum sbx_hook hook, struct sbx_denial *d)
{
	return errno_in_range(book(a, hook, d));
}

/* Denies whoever came here, for `why` unless nobody is known for it. */
static __always_inline int refuse(
	const struct actor *a, enum sbx_hook hook, struct sbx_denial *d, enum sbx_why why)
{
	d->why = a->standing == STANDING_NOBODY ? a->why : why;
	return errno_in_range(deny(a, hook, d));
}

/* What none in a sandbox may, nor the launcher's child on its way into one. */
static __always_inline int deny_all(enum sbx_hook hook)
{
	struct sbx_denial d = { 0 };
	struct actor a;

	identify(&a);
	return a.standing == STANDING_HOST ? 0 : refuse(&a, hook, &d, SBX_WHY_NEVER);
}

/* What none in a sandbox may, and its set-up does. `d` comes with what the hook knows. */
static __always_inline int deny_tenants(enum sbx_hook hook, struct sbx_denial *d)
{
	struct actor a;

	identify(&a);
	return is_free(&a) ? 0 : refuse(&a, hook, d, SBX_WHY_NEVER);
}

#endif
