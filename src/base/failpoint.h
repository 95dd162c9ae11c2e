/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places where tests kill sandboxctl: nothing in an ordinary build.
 */
#ifndef SBX_BASE_FAILPOINT_H
#define SBX_BASE_FAILPOINT_H

#ifdef SBX_FAILPOINTS
#include "base/str.h"

#include <signal.h>

/* Kills the process `pid` with SIGKILL when the environment's SBX_FAILPOINT is "NAME". */
static inline void failpoint_kill(const char *name, pid_t pid)
{
	const char *wanted = getenv("SBX_FAILPOINT");

	if (wanted && streq(wanted, name))
		(void)kill(pid, SIGKILL);
}
#else
static inline void failpoint_kill(const char *name, int pid)
{
	(void)name;
	(void)pid;
}
#endif

#endif
