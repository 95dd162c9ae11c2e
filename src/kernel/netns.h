/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's network namespace: made once, pinned under /run/sandboxctl/net, joined by each run.
 *
 * The pins are mounts, and each launch copies all mounts of the host: with those of some thousand
 * tenants it would take ten times as long. So they are in a mount namespace of their own, the home,
 * in which the folder of the pins is the root. The host has the files that they are mounted on.
 */
#ifndef SBX_KERNEL_NETNS_H
#define SBX_KERNEL_NETNS_H

#include "base/error.h"

#include <stdbool.h>

#define NETNS_DIR  "/run/sandboxctl/net"
#define NETNS_HOME NETNS_DIR "/.home"

/* Opens the home. -ENOENT: nobody has made it yet. */
int netns_open_home(int *ret_home);

/* Opens the tenant's namespace. -ENOENT: it isn't made yet. The caller has one thread only. */
int netns_open(const char *tenant, int *ret_fd, struct sbx_error *err);

/*
 * Makes it, with its loopback up, and pins it: netns_make.c. The caller holds the tenant's lock, or
 * is waited for by who does, and has one thread only.
 */
int netns_make(const char *tenant, struct sbx_error *err);

/* Whether there is a pin, or half of one. */
bool netns_is_there(const char *tenant);
/* Whether who made it was killed before it was pinned. The caller holds the tenant's lock. */
bool netns_is_half_made(const char *tenant);

/* Unpins it; it ends with its last process. */
int netns_forget(const char *tenant, struct sbx_error *err);

#endif
