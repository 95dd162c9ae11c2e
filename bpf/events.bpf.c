// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What user space asks of the recorder and tells it, which root alone can run (BPF_PROG_RUN): a
 * map's element can only be replaced as a whole from there, and what is counted meanwhile would be
 * lost.
 */
#include "events.h"

SEC("syscall")
int set_rate(struct sbx_rate_change *change)
{
	__u32 tenant = change->tenant;
	struct sbx_audit *audit = audit_of(tenant);

	if (!audit)
		return ENOSPC;
	audit->interval = change->interval;
	return 0;
}

SEC("syscall")
int tell_timeout(struct sbx_timeout *timeout)
{
	struct sbx_denial d = { .pid = timeout->pid, .ino = timeout->usec };

	if (timeout->kind == SBX_EVENT_TIMEOUT)
		return record(timeout->leaf, SBX_EVENT_TIMEOUT, &d, 0);
	if (timeout->kind == SBX_EVENT_START_TIMEOUT)
		return record(timeout->leaf, SBX_EVENT_START_TIMEOUT, &d, 0);
	return EINVAL;
}
