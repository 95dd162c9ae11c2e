/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sandboxes there are: a folder each under /run/sandboxctl/sandboxes/TENANT/NAME.
 *
 * Its `lock` is held by the supervisor for as long as it lives; its `status` is JSON, written by
 * rename; its `outcome` is what the supervisor leaves behind for those who wait. Root only.
 */
#ifndef SBX_STATE_REGISTRY_H
#define SBX_STATE_REGISTRY_H

#include "base/error.h"
#include "base/str.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define STATE_DIR	   "/run/sandboxctl"
#define REGISTRY_SANDBOXES STATE_DIR "/sandboxes"
#define REGISTRY_LOCKS	   STATE_DIR "/locks"

/* A sandbox's entry, held by its supervisor. */
struct registry_entry {
	char path[PATH_MAX];
	int lock; /* owned */
	int outcome; /* owned; -1 before registry_write. What is written there, waiters read */
};

#define REGISTRY_ENTRY_INIT ((struct registry_entry){ .lock = -1, .outcome = -1 })

#define REGISTRY_WORD_MAX     40
#define REGISTRY_WALLS_MAX    192
#define REGISTRY_MOUNTS_MAX   4096
#define REGISTRY_SETTINGS_MAX 4096
#define REGISTRY_NAMES_MAX    1024

struct sandbox_status {
	char tenant[NAME_MAX_LEN + 1];
	char name[NAME_MAX_LEN + 1];
	pid_t pid; /* of the command, in the host's pid namespace; 0: not started yet */
	pid_t supervisor;
	pid_t init; /* first of its pid namespace; 0: it has none */
	int64_t started; /* seconds since the epoch */
	char cgroup[256]; /* below the cgroup2 mount */
	char policy[PATH_MAX]; /* the file that it was started with */
	char settings[REGISTRY_SETTINGS_MAX]; /* that came behind it, each in a line of its own */
	char mounts[REGISTRY_MOUNTS_MAX]; /* those of --mount, a line each */
	char changed[REGISTRY_WORD_MAX]; /* an option that has changed that policy otherwise */
	char runtime[REGISTRY_WORD_MAX]; /* what runs its module; "": it is a program */
	char module[PATH_MAX]; /* that module; "": none, or its path isn't UTF-8 */
	char walls[REGISTRY_WALLS_MAX]; /* see launch/walls.h; "": nobody knows */
	char names[REGISTRY_NAMES_MAX]; /* see launch/walls.h */
	bool running; /* set by the reader: its supervisor lives */
	bool ended; /* set by the reader: it is only remembered; see ended.h */
};

/*
 * Claims the name for this process. -EBUSY when a sandbox of that name runs. An entry whose
 * supervisor is gone is taken over, and what that has left in it is removed.
 */
int registry_claim(const char *tenant, const char *name, struct registry_entry *ret_entry,
	struct sbx_error *err);

/* Others see it from now on, and can wait for it. */
int registry_write(
	struct registry_entry *entry, const struct sandbox_status *status, struct sbx_error *err);

/* Removes the entry and gives the name free; then those who wait come to know. */
void registry_release(struct registry_entry *entry);

/* The same, but what it leaves is remembered. */
void registry_keep(struct registry_entry *entry, const char *tenant, const char *name);

/*
 * To wait for a sandbox: what its supervisor writes at its end, opened while it runs. -ENOENT:
 * there is no such entry (any more).
 */
int registry_open_outcome(
	const char *tenant, const char *name, int *ret_outcome, struct sbx_error *err);

/* The same of one that was read, and may have ended. */
int registry_open_outcome_of(
	const struct sandbox_status *status, int *ret_outcome, struct sbx_error *err);

/* Whether that supervisor lives; false also where nobody can tell. */
bool registry_outcome_is_held(int outcome);

/*
 * Waits for the end of that supervisor, and returns the line that it wrote, owned by the caller.
 * -ENODATA: it was killed before it could.
 */
int registry_wait(int outcome, char **ret_text, struct sbx_error *err);

/* Where its entry is, or would be. */
void registry_path(const char *tenant, const char *name, char path[static PATH_MAX]);
void registry_path_of(const struct sandbox_status *status, char path[static PATH_MAX]);

/* -ENOENT for one that isn't there, is being made, or was never finished. */
int registry_get(const char *tenant, const char *name, struct sandbox_status *ret_status);

/*
 * The same, but one that is being made is waited for: -ETIMEDOUT where it isn't complete at
 * `deadline`, see clock.h.
 */
int registry_await(const char *tenant, const char *name, uint64_t deadline,
	struct sandbox_status *ret_status, struct sbx_error *err);

/*
 * Calls `visit` for each entry, of that tenant (NULL: of all), tenants and names in order; stops at
 * the first negative answer.
 */
int registry_each(const char *tenant, int (*visit)(const struct sandbox_status *status, void *arg),
	void *arg, struct sbx_error *err);

/* The same for those that have ended and are remembered, which the above knows nothing of. */
int registry_get_ended(const char *tenant, const char *name, struct sandbox_status *ret_status);
int registry_each_ended(int (*visit)(const struct sandbox_status *status, void *arg), void *arg,
	struct sbx_error *err);

/* The same as registry_each() for every folder, also of an entry that has no status: by tenant and
 * name. */
int registry_each_folder(const char *tenant,
	int (*visit)(const char *tenant, const char *name, void *arg), void *arg,
	struct sbx_error *err);

/* Whether the entry's supervisor lives; also of one that is being made. */
bool registry_is_held(const char *tenant, const char *name);

/* Names of tenants of which a folder, a lock or what is remembered is there, added to a list; some
 * twice. */
int registry_list_tenants(struct strv *names);

/* One tenant's things are changed by one process at a time. The descriptor is the lock. */
int registry_lock_tenant(const char *tenant, int *ret_lock, struct sbx_error *err);
/*
 * How often the tenant's sandboxes were updated, and that they are now: who has read the policy
 * before, and gets the lock behind that, has read an old one.
 */
uint64_t registry_updates(const char *tenant);
uint64_t registry_lock_updates(int lock);
int registry_note_update(int lock, struct sbx_error *err);
/* Whether somebody holds that lock just now; also where nobody can tell. */
bool registry_tenant_is_locked(const char *tenant);
/* Removes the tenant's folder, if nothing is in it, and its lock, which the caller holds. */
void registry_forget_tenant(const char *tenant);

#endif
