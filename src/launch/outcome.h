/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a run ended, and why.
 */
#ifndef SBX_LAUNCH_OUTCOME_H
#define SBX_LAUNCH_OUTCOME_H

#include "base/error.h"
#include "base/str.h"
#include "bpf/abi.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum outcome_reason {
	OUTCOME_EXIT, /* by itself */
	OUTCOME_SIGNAL,
	OUTCOME_OOM, /* killed for memory.max */
	OUTCOME_SECCOMP, /* killed by the filter */
	OUTCOME_LSM, /* by itself, failed, and the LSM had denied it something */
	OUTCOME_TIMEOUT,
	OUTCOME_SETUP, /* it never ran */
};

#define OUTCOME_STEP_MAX 32
/* What comes before all steps, and has done nothing yet. */
#define OUTCOME_PLAN "plan"

struct outcome {
	char tenant[NAME_MAX_LEN + 1];
	char name[NAME_MAX_LEN + 1];
	pid_t pid; /* 0: never started */
	int exit_code; /* of sandboxctl */
	int signal; /* 0: none */
	enum outcome_reason reason;
	/* Which failed, of OUTCOME_SETUP; MODULE_WATCH_STEP, of a timeout at the start; else "". */
	char step[OUTCOME_STEP_MAX];
	struct sbx_error error; /* of `step`, or of what went wrong while cleaning up */

	bool exec; /* of a command in a sandbox that another one has made */
	bool lsm; /* false: the host's `lsm = off` */
	enum policy_lsm_mode mode; /* of the policy that it had at its end */
	struct sbx_leaf leaf; /* what the LSM counted */
	uint64_t oom_kills; /* in this sandbox */
	uint64_t pids_max_hits; /* forks refused in the tenant while it ran */
};

const char *outcome_reason_name(enum outcome_reason reason);

/* How often the LSM denied something, over all hooks. */
uint64_t outcome_denials(const struct outcome *outcome);

#endif
