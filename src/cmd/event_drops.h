/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was counted and not recorded, for it was over a tenant's rate: how much of it wasn't told
 * yet.
 */
#ifndef SBX_CMD_EVENT_DROPS_H
#define SBX_CMD_EVENT_DROPS_H

#include "lsm/events.h"

#include <stddef.h>

struct event_drop {
	uint32_t tenant;
	uint64_t told, now;
};

struct event_drops {
	struct event_drop *v;
	size_t n;
};

/* What is there now counts as told. */
void event_drops_skip(struct event_drops *drops, const struct lsm_events *events);
/* Of one tenant, or of all. */
void event_drops_look(struct event_drops *drops, const struct lsm_events *events, uint32_t tenant);
void event_drops_look_all(struct event_drops *drops, const struct lsm_events *events);

bool event_drops_are_due(const struct event_drops *drops);
/* Tells those of all tenants, or of `tenant` where that isn't NULL. */
void event_drops_tell(struct event_drops *drops, const uint32_t *tenant, bool json);

void event_drops_clear(struct event_drops *drops);

#endif
