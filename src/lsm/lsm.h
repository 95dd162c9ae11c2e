/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loaded LSM, seen from user space: its maps by descriptor, and whether all of it stands.
 */
#ifndef SBX_LSM_LSM_H
#define SBX_LSM_LSM_H

#include "base/cleanup.h"
#include "base/error.h"
#include "bpf/abi.h"

#include <stdbool.h>
#include <stdint.h>

/* Maps that user space works with; each is pinned under its name. */
enum lsm_map {
	LSM_MAP_LEAVES,
	LSM_MAP_SEATS,
	LSM_MAP_LABELS,
	LSM_MAP_NAMES,
	LSM_MAP_LABEL_BITS,
	LSM_MAP_PERMS,
	LSM_MAP_CONNECT_RULES,
	LSM_MAP_TASKS,
	LSM_MAP_COUNTERS,
	LSM_MAP_LOADED,
	LSM_MAP_POLICIES,
	LSM_MAP_POLICY_FILES,
	LSM_N_MAPS,
};

struct lsm {
	int map[LSM_N_MAPS];
	int file_info; /* the iterator program */
	int home; /* held, so that an umount of the pin can't end the enforcement of who holds it */
	struct sbx_ready ready;
};

#define LSM_INIT \
	((struct lsm){ .map = { [0 ... LSM_N_MAPS - 1] = -1 }, .file_info = -1, .home = -1 })

const char *lsm_map_name(enum lsm_map map);
const char *lsm_hook_name(enum sbx_hook hook);
/* Whether a kernel may be without it. */
bool lsm_hook_may_lack(enum sbx_hook hook);
const char *lsm_probe_name(enum sbx_probe probe);
/* "no grant of the policy covers it", and so on; for reports. */
const char *lsm_why_text(enum sbx_why why);

/*
 * Opens what is pinned and checks it: the abi, and that each hook's link is pinned still (pins.h).
 * -ENOENT when nothing is loaded, -ESTALE when something is and doesn't stand as a whole. The
 * descriptors are the caller's, for lsm_close.
 */
int lsm_open(struct lsm *ret_lsm, struct sbx_error *err);
void lsm_close(struct lsm *lsm);
#define _cleanup_lsm_ _cleanup_(lsm_close)

/*
 * What unloading needs of what is loaded, whether it stands as a whole or not, and of any version:
 * its home (owned, see home_open), the id of the base cgroup that it watches, and those of the
 * programs that its hooks run; 0: nobody can say.
 */
struct lsm_peek {
	int home;
	uint64_t base_id;
	uint32_t programs[SBX_N_HOOKS];
};

int lsm_peek(struct lsm_peek *ret, struct sbx_error *err);

/* How often a hook's program has run while the kernel counted that, and for how long in all. */
struct lsm_runs {
	uint64_t n, nanoseconds;
};

/* 0 of a hook that the kernel lacks. */
int lsm_read_runs(
	const struct lsm *lsm, struct lsm_runs ret_runs[static SBX_N_HOOKS], struct sbx_error *err);

/* Whether the kernel counts now: kernel.bpf_stats_enabled. */
bool lsm_are_runs_counted(void);

/*
 * Waits until no hook runs any of these programs: the kernel takes them away some time after the
 * home has ended. False: for 5 s none of them went, for somebody holds the home.
 */
bool lsm_wait_gone(const uint32_t programs[static SBX_N_HOOKS]);

/* Whether enforcement is about that base cgroup: the same level and id. 0 or -ESTALE. */
int lsm_check_base(
	const struct lsm *lsm, uint64_t base_id, unsigned int level, struct sbx_error *err);

/* What else is pinned in its home, by name. The descriptor is the caller's. */
int lsm_open_pin(const struct lsm *lsm, const char *name, int *ret_fd, struct sbx_error *err);

/* As bpf_map_update_elem(2). Where the map is full, the cure says what gives up room. */
int lsm_map_write(const struct lsm *lsm, enum lsm_map map, const void *key, const void *value,
	uint64_t flags, struct sbx_error *err);

/*
 * A sandbox's cgroup gets its label: from now on what is in it acts for the tenant. `name`: the
 * sandbox's, for those who are told of it. Where it fails the label may be there, for
 * lsm_leaf_delete().
 */
int lsm_leaf_set(const struct lsm *lsm, uint64_t cgroup_id, uint32_t tenant, uint32_t policy,
	const char *name, struct sbx_error *err);
/* What was counted for it so far. -ENOENT when there is no label. */
int lsm_leaf_get(const struct lsm *lsm, uint64_t cgroup_id, struct sbx_leaf *ret_leaf);
/*
 * The sandbox acts under policy `to` instead of `from` from now on; what was counted stays. -ENOENT
 * when it has no label any more, -ESTALE when it is another's, or has another policy than `from`.
 * `changer`: the program that does it.
 */
int lsm_open_changer(const struct lsm *lsm, int *ret_changer, struct sbx_error *err);
int lsm_leaf_change(int changer, uint64_t cgroup_id, uint32_t tenant, uint32_t from, uint32_t to,
	struct sbx_error *err);
/* Afterwards all that is still in it is denied. */
int lsm_leaf_delete(const struct lsm *lsm, uint64_t cgroup_id, struct sbx_error *err);

/* How many sandboxes have a label. */
int lsm_count_leaves(const struct lsm *lsm, size_t *ret_n, struct sbx_error *err);

/* The set-up exemption for the one task behind the pidfd, until its exec; STATE is that exemption.
 */
int lsm_task_setup(const struct lsm *lsm, int pidfd, uint64_t cgroup_id, enum sbx_task_state state,
	struct sbx_error *err);

int lsm_read_counters(
	const struct lsm *lsm, struct sbx_counters *ret_counters, struct sbx_error *err);
int lsm_read_loaded(const struct lsm *lsm, struct sbx_loaded *ret_loaded, struct sbx_error *err);
int lsm_write_loaded(const struct lsm *lsm, const struct sbx_loaded *loaded, struct sbx_error *err);

#endif
