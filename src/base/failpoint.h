/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places where tests kill sandboxctl: nothing in an ordinary build.
 */
#ifndef SBX_BASE_FAILPOINT_H
#define SBX_BASE_FAILPOINT_H

#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#ifdef SBX_FAILPOINTS
#include "base/str.h"

/* Whether the environment's SBX_FAILPOINT is "NAME". */
static inline bool failpoint_is(const char *name)
{
	const char *wanted = getenv("SBX_FAILPOINT");

	return wanted && streq(wanted, name);
}
#else
static inline bool failpoint_is(const char *name)
{
	(void)name;
	return false;
}
#endif

/* Kills the calling process with SIGKILL there. */
static inline void failpoint_kill(const char *name)
{
	if (failpoint_is(name))
		(void)kill(getpid(), SIGKILL);
}

#endif
