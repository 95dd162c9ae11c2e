/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the supervisor of a sandbox listens to.
 */
#ifndef SBX_LAUNCH_SIGNALS_H
#define SBX_LAUNCH_SIGNALS_H

#include <signal.h>

/* Passed on to the command; a second SIGTERM kills all. */
#define SUPERVISOR_FORWARDS SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH

/*
 * Kills all. Two SIGTERMs that come at once are one to the kernel. A number, as who sends it may
 * have another libc, and SIGRTMIN is not the same in each.
 */
#define SUPERVISOR_KILLS 40

#endif
