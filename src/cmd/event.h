/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of the kernel side's, as `sandboxctl events` tells it.
 */
#ifndef SBX_CMD_EVENT_H
#define SBX_CMD_EVENT_H

#include "cmd/event_policy.h"
#include "lsm/events.h"

#include <limits.h>

/* How many names are looked at for files of which only numbers are known, without a rest between.
 */
enum { EVENT_NAMES_MAX = 1000000 };

struct event_teller {
	const struct policy_dirs *dirs;
	bool json;
	int64_t boot; /* usec since the epoch, when CLOCK_BOOTTIME was 0 */
	unsigned int names; /* that may still be looked at */
	struct event_policy last;
};

/* Before what comes next, or first of all: forgets what was read, for policies and clocks change.
 */
void event_rest(struct event_teller *teller);

/* When it happened, in microseconds since the epoch. */
int64_t event_time(const struct event_teller *teller, const struct sbx_event *event);

/* On stdout: a line and what belongs to it, or an object on a line of its own. */
void event_tell(struct event_teller *teller, const struct sbx_event *event);

/* "acme", or "id 5" where its name isn't known, or "(nobody)". */
void event_tenant(uint32_t tenant, char *text, size_t size);

#endif
