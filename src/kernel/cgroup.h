/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup v2: folders made and removed, values written and read back. Source: the kernel's
 * Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef SBX_KERNEL_CGROUP_H
#define SBX_KERNEL_CGROUP_H

#include "base/error.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stdint.h>

/* A cgroup's folder. `path` is below the cgroup2 mount and starts with '/'. */
struct cgroup {
	int fd; /* owned; -1: none */
	char path[256];
	uint64_t id; /* what bpf_get_current_ancestor_cgroup_id() calls it */
	bool made; /* by this cgroup_make, so that undoing it takes only what it made */
};

#define CGROUP_INIT ((struct cgroup){ .fd = -1 })

/* Opens the root of the cgroup2 mount, wherever it is mounted. */
int cgroup_open_root(struct cgroup *ret_root, struct sbx_error *err);

/* Opens PARENT/NAME; -ENOENT when there is none. */
int cgroup_open(const struct cgroup *parent, const char *name, struct cgroup *ret_cgroup,
	struct sbx_error *err);

/* The same, made when it isn't there. `exclusive`: -EEXIST when it is. */
int cgroup_make(const struct cgroup *parent, const char *name, bool exclusive,
	struct cgroup *ret_cgroup, struct sbx_error *err);

/*
 * The base ("/sandboxctl", any depth), opened or made; `ret_level` is its depth below the root.
 * `settings` (NULL: none) ends with NULL; the controllers of these are on from the root down to the
 * base's children.
 */
int cgroup_make_base(const char *path, const struct policy_cgroup *const *settings,
	struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err);
int cgroup_open_base(
	const char *path, struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err);

/* The cgroup of that id, wherever it is; -ENOENT when there is none any more. */
int cgroup_open_id(uint64_t id, struct cgroup *ret_cgroup, struct sbx_error *err);

void cgroup_close(struct cgroup *cgroup);
#define _cleanup_cgroup_ _cleanup_(cgroup_close)

/* "cpu io memory pids": the controllers named in FILE (cgroup.controllers and the like). */
bool cgroup_has_controller(const struct cgroup *cgroup, const char *file, const char *controller);

/* "memory" of "memory.max"; "" for cgroup.*, which needs no controller. */
void cgroup_controller_of(const char *file, char name[static 32]);

/*
 * Whether the controller of that file is there to be turned on, from `cgroup` for its children.
 * -ENOTSUP where not: `err` says which, for which key, and the cure.
 */
int cgroup_offers(const struct cgroup *cgroup, const char *file, struct sbx_error *err);

/*
 * Turns the controllers on, from `cgroup` for its children, that the settings' files belong to.
 * -ENOTSUP as cgroup_offers() says it.
 */
int cgroup_enable_for(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err);

/*
 * For a cgroup that was there before: takes back each limit that `settings` doesn't hold, so that a
 * policy which stops limiting something does.
 */
int cgroup_reset(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err);

/* Writes all settings and limits and reads each back: it must be what was written. */
int cgroup_apply(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err);

/* The number behind KEY in a flat keyed file ("oom_kill" in memory.events); 0 where it isn't. */
uint64_t cgroup_event(const struct cgroup *cgroup, const char *file, const char *key);

/* Whether a process is in the cgroup or below. */
int cgroup_is_populated(const struct cgroup *cgroup, bool *ret_populated, struct sbx_error *err);

/* Kills all that is in the cgroup and below. */
int cgroup_kill(const struct cgroup *cgroup, struct sbx_error *err);

/* The same, and waits until nothing is left, at most 10 s. */
int cgroup_kill_and_wait(const struct cgroup *cgroup, struct sbx_error *err);

/* Kills what is in it, waits until it is empty, at most 10 s, and removes it from `parent`. */
int cgroup_remove(const struct cgroup *parent, const char *name, const struct cgroup *cgroup,
	struct sbx_error *err);

#endif
