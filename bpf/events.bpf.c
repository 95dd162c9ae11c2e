// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What user space asks of the recorder, which root alone can run (BPF_PROG_RUN): a map's element
 * can only be replaced as a whole from there, and what is counted meanwhile would be lost.
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
