/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's network namespace: made once, pinned under /run/sandboxctl/net, joined by each run.
 */
#ifndef SBX_KERNEL_NETNS_H
#define SBX_KERNEL_NETNS_H

#include "base/error.h"

#include <stdbool.h>

#define NETNS_DIR "/run/sandboxctl/net"

/*
 * Opens the tenant's namespace, made with its loopback up where there is none yet (`ret_made`). The
 * caller holds the tenant's lock. The process needs to have one thread only.
 */
int netns_ensure(const char *tenant, int *ret_fd, bool *ret_made, struct sbx_error *err);

/* Whether there is a pin, or half of one. */
bool netns_is_there(const char *tenant);
/* Whether who made it was killed before it was pinned. The caller holds the tenant's lock. */
bool netns_is_half_made(const char *tenant);

/* Unpins it; it ends with its last process. */
int netns_forget(const char *tenant, struct sbx_error *err);

#endif
