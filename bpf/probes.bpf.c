// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What a sandbox meets that no hook of ours denies: the ends of its memory and of its processes,
 * and its filter. Each is attached where the kernel comes to when that has happened, or to the one
 * way there: to nothing on the way of what is allowed but a fork.
 */
#include "identity.h"

#include <linux/seccomp.h>

/*
 * The sandbox that a task is of; 0: none. By its label, which goes with it wherever it is moved;
 * one that was moved in has it from the first hook on.
 */
static __always_inline __u64 sandbox_of(struct task_struct *task)
{
	struct sbx_task *sticky = sticky_of(task);

	return sticky ? sticky->leaf : 0;
}

/* On 6.1 the label may be busy just now: the cgroup of who acts isn't. */
static __always_inline __u64 sandbox_of_current(void)
{
	__u64 leaf = sandbox_of(bpf_get_current_task_btf());

	if (!leaf && bpf_get_current_ancestor_cgroup_id(base_level) == base_id)
		leaf = bpf_get_current_ancestor_cgroup_id(base_level + LEAF_DEPTH);
	return leaf;
}

static __always_inline void tell_of_current(
	enum sbx_event_kind kind, struct sbx_denial *d, __u32 errnum)
{
	__u64 leaf = sandbox_of_current();

	if (!leaf)
		return;
	d->pid = bpf_get_current_pid_tgid() >> 32;
	(void)bpf_get_current_comm(d->comm, sizeof(d->comm));
	(void)record(leaf, kind, d, errnum);
}

/* Whether the system call that the current task makes came by the entry of 32-bit programs. */
static __always_inline bool is_foreign_call(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return bpf_core_field_exists(task->thread_info.status) &&
	       task->thread_info.status & TS_COMPAT;
}

/* The victim needn't be who asked for memory. */
SEC("fentry/__oom_kill_process")
int BPF_PROG(oom_kill, struct task_struct *victim)
{
	struct sbx_denial d = { 0 };
	__u64 leaf = sandbox_of(victim);

	/* Where all of a cgroup is killed, who comes first comes twice. */
	if (victim->signal->oom_mm)
		return 0;
	if (!leaf && victim->tgid == bpf_get_current_task_btf()->tgid)
		leaf = sandbox_of_current();
	if (!leaf)
		return 0;
	d.pid = victim->tgid;
	(void)bpf_probe_read_kernel_str(d.comm, sizeof(victim->comm), victim->comm);
	return record(leaf, SBX_EVENT_OOM_KILL, &d, 0);
}

/* There is no function that is called for what is refused alone. */
SEC("fexit/pids_can_fork")
int BPF_PROG(fork_refused, struct task_struct *child, struct css_set *cset, int ret)
{
	struct sbx_denial d = { 0 };

	if (ret)
		tell_of_current(SBX_EVENT_FORK_REFUSED, &d, -ret);
	return 0;
}

/* For what a filter answers by a signal, be it to kill the process or for it to handle. */
SEC("fentry/force_sig_seccomp")
int BPF_PROG(seccomp_signal, int number)
{
	struct sbx_denial d = { .argument = number };

	d.foreign = is_foreign_call();
	tell_of_current(SBX_EVENT_SECCOMP, &d, 0);
	return 0;
}

/*
 * For what a filter answers by an errno, where it was installed to have that logged
 * (SECCOMP_FILTER_FLAG_LOG): the kernel comes here, whether anybody audits or not. The errno isn't
 * among the arguments; it has been written to where the answer goes.
 */
SEC("fentry/audit_seccomp")
int BPF_PROG(seccomp_errno, unsigned long number, long signal, int action)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	struct sbx_denial d = { .argument = number };
	long errnum = -(long)regs->ax;

	/* 0 is a filter of the tenant's own: it has the call look as if all were well. */
	if ((__u32)action != SECCOMP_RET_ERRNO || errnum <= 0 || errnum > MAX_ERRNO)
		return 0;
	d.foreign = is_foreign_call();
	tell_of_current(SBX_EVENT_SECCOMP, &d, errnum);
	return 0;
}
