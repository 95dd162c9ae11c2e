/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places where tests kill sandboxctl, or make it fail: nothing in an ordinary build.
 *
 * The environment's SBX_FAILPOINT is "NAME" to be killed there, "NAME:before" to fail there as if
 * what comes there had failed at once, "NAME:after" to fail when it has been done, and "NAME:undo"
 * to be killed when it would be undone.
 */
#ifndef SBX_BASE_FAILPOINT_H
#define SBX_BASE_FAILPOINT_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef SBX_FAILPOINTS
#include "base/str.h"

#define FAILPOINTS true

/* Whether SBX_FAILPOINT is NAME and SUFFIX. */
static inline bool failpoint_is(const char *name, const char *suffix)
{
	const char *wanted = getenv("SBX_FAILPOINT");
	const char *rest = wanted ? str_after(wanted, name) : NULL;

	return rest && streq(rest, suffix);
}
#else
#define FAILPOINTS false

static inline bool failpoint_is(const char *name, const char *suffix)
{
	(void)name;
	(void)suffix;
	return false;
}
#endif

/* Kills the calling process with SIGKILL there. */
static inline void failpoint_kill(const char *name)
{
	if (failpoint_is(name, ""))
		(void)kill(getpid(), SIGKILL);
}

/* And there when what was done is undone: "NAME:undo". */
static inline void failpoint_kill_undoing(const char *name)
{
	if (failpoint_is(name, ":undo"))
		(void)kill(getpid(), SIGKILL);
}

/* Forgets memory that it asked for: the test which looks for such has to find it. */
static inline void failpoint_leak(const char *name)
{
	void *volatile lost;

	for (int i = 0; i < 4 && failpoint_is(name, ":leak"); i++)
		lost = malloc(64);
	lost = NULL;
	(void)lost;
}

/* WHEN is ":before" or ":after": 0, or the -EIO that is to be had there. */
static inline int failpoint_error(const char *name, const char *when)
{
	return failpoint_is(name, when) ? -EIO : 0;
}

#endif
