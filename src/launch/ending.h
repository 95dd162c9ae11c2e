/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the outcome says of a command that has ended: why, and what was counted meanwhile.
 */
#ifndef SBX_LAUNCH_ENDING_H
#define SBX_LAUNCH_ENDING_H

#include "launch/run.h"

/* How the supervisor saw it end. */
struct ending {
	siginfo_t command, init; /* the latter where the command never ran */
	bool timed_out;
	bool hung; /* it timed out because its runtime didn't open its module */
};

/*
 * What the kernel has counted since before this run, while cgroups and label are still there.
 * Before the others, which go by it; clears `run->started` where the LSM knows better.
 */
void ending_count(struct run *run);

/* Of a command that ran, or was ended in time: reason, exit code and signal. */
void ending_set_reason(struct run *run, const struct ending *ending);

#endif
