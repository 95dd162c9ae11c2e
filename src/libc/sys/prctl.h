/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_SYS_PRCTL_H
#define SBX_LIBC_SYS_PRCTL_H

/* linux/prctl.h can't stand beside it: both define struct prctl_mm_map. */
#include_next <sys/prctl.h>

#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#endif
