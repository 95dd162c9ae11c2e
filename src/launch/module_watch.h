/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime that doesn't open its module hangs: it has as long for it as its policy says, from its
 * exec on.
 */
#ifndef SBX_LAUNCH_MODULE_WATCH_H
#define SBX_LAUNCH_MODULE_WATCH_H

#include "base/clock.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct run;

struct module_watch {
	int fd; /* owned; readable once the module was opened. -1: not watched, or not any more */
	uint64_t deadline; /* CLOCK_MONOTONIC, usec; CLOCK_NEVER: none, or not begun */
};

#define MODULE_WATCH_INIT ((struct module_watch){ .fd = -1, .deadline = CLOCK_NEVER })

/* The step of the parent, to be done before anything of the sandbox's could open it. */
#define MODULE_WATCH_STEP "watch-module"
bool module_watch_applies(const struct run *run);
int module_watch_open(struct run *run, struct sbx_error *err);

/* The runtime was executed. */
void module_watch_begin(struct run *run);

/* True once, when the time is over and the module wasn't opened. */
bool module_watch_is_over(struct run *run);

void module_watch_close(struct module_watch *watch);

/* Says what is wrong then, before what ERR may say already. */
void module_watch_explain(const struct run *run, struct sbx_error *err);

#endif
