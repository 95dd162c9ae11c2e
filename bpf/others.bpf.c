// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Other processes: a sandbox acts on those of its own tenant, and the host on all.
 */
#include "identity.h"

/*
 * Whose the other one is, by the label that sticks to it. Who has none is the host's; one on its
 * way into a sandbox is, until its exec, to all but who is on its way as well. Task storage that is
 * busy (6.1) looks like no label, and denies.
 */
static __always_inline enum sbx_why judge_target(
	const struct actor *a, struct task_struct *target, __u32 *ret_owner)
{
	struct sbx_task *sticky = bpf_task_storage_get(&tasks, target, 0, 0);
	__u32 tenant, policy;
	__u64 leaf;

	if (!sticky || (in_setup(target, sticky) && a->standing != STANDING_SETUP))
		return SBX_WHY_HOST;
	leaf = sticky->leaf;
	if (leaf == a->leaf)
		return SBX_WHY_NONE;
	if (!find_sandbox(leaf, &tenant, &policy))
		return SBX_WHY_UNLABELLED;
	*ret_owner = tenant;
	return tenant == a->tenant ? SBX_WHY_NONE : SBX_WHY_OWNED;
}

/* `quiet`: it isn't booked, for who asks wants no more than to know. */
static __always_inline int mediate_task(enum sbx_hook hook, struct task_struct *target, bool quiet)
{
	struct sbx_denial d = { 0 };
	struct actor a;

	/* Itself, in most cases: which harms nobody, wherever it is. */
	if (target->tgid == bpf_get_current_task_btf()->tgid)
		return 0;
	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	if (is_nobody(&a))
		d.why = a.why;
	else
		d.why = judge_target(&a, target, &d.owner);
	if (d.why == SBX_WHY_NONE)
		return 0;
	if (quiet)
		return -EACCES;
	d.ino = target->tgid;
	(void)bpf_probe_read_kernel_str(d.name, sizeof(target->comm), target->comm);
	return deny(&a, hook, &d);
}

/*
 * Not asked of what the kernel sends by itself (SIGCHLD, timers, a terminal's), but of the signal
 * that a process wants for its parent's end, in the parent's name. With credentials it is about a
 * USB request that has ended, in the name of whoever was running just then.
 */
SEC("lsm/task_kill")
int BPF_PROG(task_kill, struct task_struct *target, void *info, int signal, const struct cred *cred)
{
	if (is_there(cred))
		return 0;
	return errno_in_range(mediate_task(SBX_HOOK_task_kill, target, false));
}

/* Tracing, and all that asks for as much: memory, descriptors, namespaces, most of /proc/PID. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(ptrace_access_check, struct task_struct *target, unsigned int mode)
{
	return errno_in_range(
		mediate_task(SBX_HOOK_ptrace_access_check, target, mode & PTRACE_MODE_NOAUDIT));
}

/* The supervisor is the parent of what it starts, and is nobody's tracer. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(ptrace_traceme, struct task_struct *tracer)
{
	return errno_in_range(mediate_task(SBX_HOOK_ptrace_traceme, tracer, false));
}

SEC("lsm/task_setnice")
int BPF_PROG(task_setnice, struct task_struct *target)
{
	return errno_in_range(mediate_task(SBX_HOOK_task_setnice, target, false));
}

SEC("lsm/task_setioprio")
int BPF_PROG(task_setioprio, struct task_struct *target)
{
	return errno_in_range(mediate_task(SBX_HOOK_task_setioprio, target, false));
}

/* Affinity, too. */
SEC("lsm/task_setscheduler")
int BPF_PROG(task_setscheduler, struct task_struct *target)
{
	return errno_in_range(mediate_task(SBX_HOOK_task_setscheduler, target, false));
}

/* prlimit(2) that sets something. Of one that reads no hook sees whose limits they are. */
SEC("lsm/task_setrlimit")
int BPF_PROG(task_setrlimit, struct task_struct *target)
{
	return errno_in_range(mediate_task(SBX_HOOK_task_setrlimit, target, false));
}
