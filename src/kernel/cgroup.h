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

/* Where it is on nearly all hosts: systemd(1). */
#define CGROUP_USUAL_MOUNT "/sys/fs/cgroup"

/* Opens the root of the cgroup2 mount, wherever it is mounted. */
int cgroup_open_root(struct cgroup *ret_root, struct sbx_error *err);

/* Opens PARENT/NAME; -ENOENT when there is none. */
int cgroup_open(const struct cgroup *parent, const char *name, struct cgroup *ret_cgroup,
	struct sbx_error *err);

/* The same, made when it isn't there. `exclusive`: -EEXIST when it is. */
int cgroup_make(const struct cgroup *parent, const char *name, bool exclusive,
	struct cgroup *ret_cgroup, struct sbx_error *err);

/* The base where systemd is the init: it is the single writer of all around it. */
#define CGROUP_SERVICE_BASE "/system.slice/sandboxctl.service"
#define CGROUP_OWN_BASE	    "/sandboxctl"

/*
 * Where nobody has configured a base, sets host->base: the cgroup of sandboxctl.service where
 * systemd is the init and has delegated it; where systemd is the init and hasn't: -ENOENT with the
 * cure; else CGROUP_OWN_BASE.
 */
int cgroup_find_base(struct host_config *host, struct sbx_error *err);

/* Whether systemd has handed that cgroup over, with all that is below it. */
bool cgroup_is_delegated(const struct cgroup *cgroup);

/*
 * The base ("/sandboxctl", any depth), opened or made; `ret_level` is its depth below the root.
 * `settings` (NULL: none) ends with NULL; the controllers of these are on from the root down to the
 * base's children, but of a delegated base for its children only: what is above is systemd's.
 */
int cgroup_make_base(const char *path, const struct policy_cgroup *const *settings,
	struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err);
int cgroup_open_base(
	const char *path, struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err);

/*
 * The cgroup whose controllers are all that tenants below the base `path` can get: the base where
 * it is delegated, else, and where `path` is NULL, the root.
 */
int cgroup_open_source(const char *path, struct cgroup *ret_source, struct sbx_error *err);

/*
 * The child of a delegated base in which systemd runs what belongs to the service itself, made when
 * it isn't there. Nobody in it is a tenant's.
 */
int cgroup_make_control(
	const struct cgroup *base, struct cgroup *ret_control, struct sbx_error *err);

/*
 * Whether anybody but the service itself is in the base or below, see cgroup_make_control(); and
 * all below but the service: killed and waited for, or waited for without end.
 */
int cgroup_is_base_busy(const struct cgroup *base, bool *ret_busy, struct sbx_error *err);
int cgroup_kill_all(const struct cgroup *base, struct sbx_error *err);
int cgroup_wait_idle(const struct cgroup *base, struct sbx_error *err);

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
 * Turns the controllers on, from `cgroup` for its children, that the settings' files belong to; the
 * list ends with NULL, or is NULL. -ENOTSUP as cgroup_offers() says it.
 */
int cgroup_enable_for(const struct cgroup *cgroup, const struct policy_cgroup *const *settings,
	struct sbx_error *err);

/*
 * Of a cgroup that was just made: writes all settings and lines and reads each back, which must be
 * what was written. Errors begin with the setting's place in the policy.
 */
int cgroup_apply(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err);

/* What has to be written to a file for it to be as it was. */
struct cgroup_change {
	char *file, *before;
};

struct cgroup_journal {
	struct cgroup_change *v; /* in the order of the changes */
	size_t n;
};

/*
 * Of a cgroup that was there before: the same, and takes back each limit that `settings` doesn't
 * hold, so that a policy which stops limiting something does. Where it fails all is as it was, or
 * the error says so, too. `ret_journal` (may be NULL) is what cgroup_undo() needs.
 */
int cgroup_change(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *ret_journal, struct sbx_error *err);

/* Puts back what was changed, the last first, as far as it goes. */
int cgroup_undo(
	const struct cgroup *cgroup, const struct cgroup_journal *journal, struct sbx_error *err);

void cgroup_journal_clear(struct cgroup_journal *journal);
#define _cleanup_journal_ _cleanup_(cgroup_journal_clear)

/*
 * Writes memory.max ("max", or bytes). Below what is in use the kernel would kill; so memory.high
 * comes down first, memory is reclaimed for at most 10 s, and the limit is set when what is left
 * fits, while nobody in it runs. Else -EBUSY, and all is as it was.
 */
int cgroup_set_memory_max(const struct cgroup *cgroup, const char *value, struct sbx_error *err);

/*
 * For a moment, without waiting. It is noted on the cgroup: who does so and is killed leaves it
 * frozen, and known to be. The second thaws what is noted, by oneself or by who was killed, and
 * nothing that cgroup_freeze() has frozen since. The caller has the right to change the cgroup for
 * himself.
 */
int cgroup_freeze_briefly(const struct cgroup *cgroup, struct sbx_error *err);
int cgroup_thaw_left(const struct cgroup *cgroup, struct sbx_error *err);
bool cgroup_is_left_frozen(const struct cgroup *cgroup);

/* The number behind KEY in a flat keyed file ("oom_kill" in memory.events); 0 where it isn't. */
uint64_t cgroup_event(const struct cgroup *cgroup, const char *file, const char *key);

/* Whether a process is in the cgroup or below. */
int cgroup_is_populated(const struct cgroup *cgroup, bool *ret_populated, struct sbx_error *err);

/* Kills all that is in the cgroup and below. */
int cgroup_kill(const struct cgroup *cgroup, struct sbx_error *err);

/* Waits until nobody is in it or below; -ETIMEDOUT when somebody is at `deadline`, see clock.h. */
int cgroup_wait_empty(const struct cgroup *cgroup, uint64_t deadline, struct sbx_error *err);

/* Kills, and waits until nothing is left, at most 10 s. */
int cgroup_kill_and_wait(const struct cgroup *cgroup, struct sbx_error *err);

/* Kills what is in it, waits until it is empty, at most 10 s, and removes it from `parent`. */
int cgroup_remove(const struct cgroup *parent, const char *name, const struct cgroup *cgroup,
	struct sbx_error *err);

/* ---- for the files of this mechanism, cgroup*.c: cgroup.events ---- */

/* A descriptor of it, or -errno. */
int cgroup_open_events(const struct cgroup *cgroup);

/* "populated" or "frozen". -ENODEV when the cgroup was removed meanwhile. */
int cgroup_read_event(int events, const char *key, uint64_t *ret_value);

/* Waits until it is that, or for the deadline: -ETIMEDOUT. */
int cgroup_wait_event(int events, const char *key, uint64_t wanted, uint64_t deadline);

#endif
