// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel's own machinery: what watches it, what would change it, and what enforces all this.
 */
#include "identity.h"

/* What the processor and the kernel do tells of others. Two programs: see src/lsm/variants.c. */
SEC("lsm/perf_event_open")
int BPF_PROG(perf_event_open, struct perf_event_attr *attr, int type)
{
	return deny_all(SBX_HOOK_perf_event_open);
}

SEC("lsm/perf_event_open")
int BPF_PROG(perf_event_open_v2, int type)
{
	return deny_all(SBX_HOOK_perf_event_open);
}

/* Who holds one makes maps and programs in a user namespace without any capability outside. */
SEC("lsm/bpf_token_create")
int BPF_PROG(
	bpf_token_create, struct bpf_token *token, union bpf_attr *attr, const struct path *path)
{
	return deny_all(SBX_HOOK_bpf_token_create);
}

/*
 * Each command of bpf(2), also on descriptors that were handed in: our maps, programs and links are
 * reached by this call alone, for what could be mapped of them is constant.
 */
SEC("lsm/bpf")
int BPF_PROG(bpf, int command)
{
	return deny_all(SBX_HOOK_bpf);
}

/*
 * What would be loaded because a sandbox asks for a kind of socket or of file system that isn't
 * there: a root process of the host's does that, by what is named by who asks.
 */
SEC("lsm/kernel_module_request")
int BPF_PROG(kernel_module_request, char *name)
{
	struct sbx_denial d = { 0 };

	(void)bpf_probe_read_kernel_str(d.name, sizeof(d.name), name);
	return deny_tenants(SBX_HOOK_kernel_module_request, &d);
}

/* Modules, firmware, kernels: by a file. */
SEC("lsm/kernel_read_file")
int BPF_PROG(kernel_read_file)
{
	return deny_all(SBX_HOOK_kernel_read_file);
}

/* And out of memory. */
SEC("lsm/kernel_load_data")
int BPF_PROG(kernel_load_data)
{
	return deny_all(SBX_HOOK_kernel_load_data);
}

/* A driver's own commands, past ioctl(2) and its filter. */
SEC("lsm/uring_cmd")
int BPF_PROG(uring_cmd)
{
	return deny_all(SBX_HOOK_uring_cmd);
}

SEC("lsm/syslog")
int BPF_PROG(syslog, int type)
{
	return deny_all(SBX_HOOK_syslog);
}

SEC("lsm/quotactl")
int BPF_PROG(quotactl, int command)
{
	return deny_all(SBX_HOOK_quotactl);
}

/*
 * Asked for what would get round the kernel as root may: the ports of devices (ioperm(2), iopl(2)),
 * their memory and registers, tracing. Asked of who has the capability, and no other hook is.
 */
SEC("lsm/locked_down")
int BPF_PROG(locked_down)
{
	return deny_all(SBX_HOOK_locked_down);
}

SEC("lsm/settime")
int BPF_PROG(settime)
{
	return deny_all(SBX_HOOK_settime);
}
