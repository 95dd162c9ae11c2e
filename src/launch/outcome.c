/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/outcome.h"

static const char *const reasons[] = {
	[OUTCOME_EXIT] = "exit",
	[OUTCOME_SIGNAL] = "signal",
	[OUTCOME_OOM] = "oom",
	[OUTCOME_SECCOMP] = "seccomp",
	[OUTCOME_LSM] = "lsm",
	[OUTCOME_TIMEOUT] = "timeout",
	[OUTCOME_SETUP] = "setup",
};

const char *outcome_reason_name(enum outcome_reason reason)
{
	return reasons[reason];
}

uint64_t outcome_denials(const struct outcome *outcome)
{
	uint64_t n = 0;

	for (size_t i = 0; i < SBX_N_HOOKS; i++)
		n += outcome->leaf.denied[i];
	return n;
}
