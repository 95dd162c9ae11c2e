/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lsm_verdict.bpf.c tells of each file that it was shown.
 */
#ifndef SBX_BENCH_LSM_VERDICT_H
#define SBX_BENCH_LSM_VERDICT_H

#include <linux/types.h>

/* Descriptors from this one on are judged. */
#define FIRST_FD 100

struct verdicts {
	__u32 fd;
	__u32 denied;
	__u64 ns; /* of all rounds */
	__u64 empty_ns; /* of as many rounds that do nothing */
};

#endif
