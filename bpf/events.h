/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What happened is told: into the flight recorder, as far as the tenant's bucket has a token for
 * it.
 */
#ifndef SBX_BPF_EVENTS_H
#define SBX_BPF_EVENTS_H

#include "maps.h"

/* How often a token is tried for where others take theirs at the same time. */
#define TOKEN_TRIES 4

/* Who has none yet gets one, full. */
static __always_inline struct sbx_audit *audit_of(__u32 tenant)
{
	struct sbx_audit *audit = bpf_map_lookup_elem(&audits, &tenant);
	struct sbx_audit fresh = { .interval = SBX_AUDIT_INTERVAL };

	if (audit)
		return audit;
	(void)bpf_map_update_elem(&audits, &tenant, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&audits, &tenant);
}

/* The bucket is a time: the further it lies ahead, the emptier it is. */
static __always_inline bool take_token(struct sbx_audit *audit, __u64 now)
{
	__u64 interval = audit->interval;

	if (!interval || interval > SBX_AUDIT_SECOND)
		return false;
	for (int i = 0; i < TOKEN_TRIES; i++) {
		__u64 full = *(volatile __u64 *)&audit->full;
		__u64 from = full > now ? full : now;

		if (from - now > SBX_AUDIT_SECOND - interval)
			return false;
		if (__sync_val_compare_and_swap(&audit->full, full, from + interval) == full)
			return true;
	}
	return false;
}

/* False: another writer is at that slot still, all of the recorder behind. */
static __always_inline bool claim(struct sbx_event *e, __u64 number)
{
	__u64 begun = *(volatile __u64 *)&e->begun;

	return e->finished == begun && begun < number &&
	       __sync_val_compare_and_swap(&e->begun, begun, number) == begun;
}

/* The element of a sandbox that ends meanwhile may be another's by now: then nobody knows. */
static __always_inline void fill_sandbox(
	struct sbx_event *e, __u64 leaf_id, const struct sbx_leaf *leaf)
{
	e->leaf = leaf_id;
	if (leaf) {
		e->tenant = leaf->tenant;
		e->policy = leaf->policy;
		__builtin_memcpy(e->sandbox, leaf->name, sizeof(e->sandbox));
		if (*(const volatile __u64 *)&leaf->id == leaf_id)
			return;
	}
	e->tenant = e->policy = 0;
	__builtin_memset(e->sandbox, 0, sizeof(e->sandbox));
}

/*
 * `leaf_id`: the sandbox's cgroup; one without a label is nobody's. Before the loader is done, what
 * its canary is denied is no event. Returns 0.
 */
static __noinline __attribute__((unused)) int record(
	__u64 leaf_id, enum sbx_event_kind kind, const struct sbx_denial *d, __u32 errnum)
{
	const struct sbx_leaf *leaf = bpf_map_lookup_elem(&leaves, &leaf_id);
	__u64 now = bpf_ktime_get_boot_ns(), number;
	__u32 zero = 0, slot;
	const struct sbx_ready *state = bpf_map_lookup_elem(&ready, &zero);
	struct sbx_counters *c = bpf_map_lookup_elem(&counters, &zero);
	struct sbx_audit *audit;
	struct sbx_event *e;

	if (!state || !state->abi || !c)
		return 0;
	audit = audit_of(leaf ? leaf->tenant : 0);
	if (!audit)
		return 0;
	if (!take_token(audit, now)) {
		__sync_fetch_and_add(&audit->dropped, 1);
		return 0;
	}
	number = __sync_fetch_and_add(&c->events, 1) + 1;
	slot = number % SBX_N_EVENTS;
	e = bpf_map_lookup_elem(&events, &slot);
	if (!e || !claim(e, number)) {
		__sync_fetch_and_add(&audit->dropped, 1);
		return 0;
	}
	e->time = now;
	e->kind = kind;
	e->errnum = errnum;
	fill_sandbox(e, leaf_id, leaf);
	e->what = *d;
	__sync_lock_test_and_set(&e->finished, number);
	__sync_fetch_and_add(&audit->recorded, 1);
	(void)bpf_ringbuf_output(&doorbell, &number, sizeof(number), BPF_RB_FORCE_WAKEUP);
	return 0;
}

#endif
