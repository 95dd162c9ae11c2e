/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of sandboxes that ran in the background, and have ended: how, and the last
 * that they wrote. A folder each under /run/sandboxctl/ended/TENANT/NAME, which was its entry. It
 * lasts until a sandbox of that name is started, or ENDED_MAX others of the tenant have ended.
 */
#ifndef SBX_STATE_ENDED_H
#define SBX_STATE_ENDED_H

#include "state/registry.h"

#define ENDED_DIR STATE_DIR "/ended"

#define ENDED_LOG "log.end"

/* Of a tenant's; and of the log of each, bytes. What a tenant can fill here is memory of the
 * host's. */
enum {
	ENDED_MAX = 16,
	ENDED_LOG_MAX = 64 << 10,
};

void ended_path(const char *tenant, const char *name, char path[static PATH_MAX]);

/* Moves an entry here, whose lock this process holds. 0 or -errno: then it is still where it was.
 */
int ended_keep(const char *entry, const char *tenant, const char *name);

void ended_forget(const char *tenant, const char *name);
void ended_forget_tenant(const char *tenant);

#endif
