/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sandboxes there are: a folder each under /run/sandboxctl/sandboxes/TENANT/NAME.
 *
 * Its `lock` is held by the supervisor for as long as it lives; its `status` is JSON, written by
 * rename. Root only.
 */
#ifndef SBX_STATE_REGISTRY_H
#define SBX_STATE_REGISTRY_H

#include "base/error.h"
#include "base/str.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define STATE_DIR "/run/sandboxctl"

/* A sandbox's entry, held by its supervisor. */
struct registry_entry {
	char path[PATH_MAX];
	int lock; /* owned */
};

#define REGISTRY_ENTRY_INIT ((struct registry_entry){ .lock = -1 })

struct sandbox_status {
	char tenant[NAME_MAX_LEN + 1];
	char name[NAME_MAX_LEN + 1];
	pid_t pid; /* of the command, in the host's pid namespace; 0: not started yet */
	pid_t supervisor;
	int64_t started; /* seconds since the epoch */
	char cgroup[256]; /* below the cgroup2 mount */
	bool running; /* set by the reader: its supervisor lives */
};

/*
 * Claims the name for this process. -EBUSY when a sandbox of that name runs. An entry whose
 * supervisor is gone is taken over.
 */
int registry_claim(const char *tenant, const char *name, struct registry_entry *ret_entry,
	struct sbx_error *err);

int registry_write(const struct registry_entry *entry, const struct sandbox_status *status,
	struct sbx_error *err);

/* Removes the entry and gives the name free. */
void registry_release(struct registry_entry *entry);

/* Calls `visit` for each entry, tenants and names in order; stops at the first negative answer. */
int registry_each(int (*visit)(const struct sandbox_status *status, void *arg), void *arg,
	struct sbx_error *err);

/* One tenant's things are changed by one process at a time. The descriptor is the lock. */
int registry_lock_tenant(const char *tenant, int *ret_lock, struct sbx_error *err);
/* Whether somebody holds that lock just now; also where nobody can tell. */
bool registry_tenant_is_locked(const char *tenant);

#endif
