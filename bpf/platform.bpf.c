// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel's own machinery: what watches it, and what would change it.
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
