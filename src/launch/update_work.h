/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An update in progress, for its files alone.
 */
#ifndef SBX_LAUNCH_UPDATE_WORK_H
#define SBX_LAUNCH_UPDATE_WORK_H

#include "kernel/cgroup.h"
#include "launch/leaf.h"
#include "launch/update.h"

#include <signal.h>

/* A sandbox on its way to the new policy. */
struct update_item {
	struct updated told;
	char scope[LEAF_NAME_MAX];
	struct cgroup leaf;
	struct cgroup_journal journal;
	struct sandbox_status status;
	bool labelled; /* it has a label, `before`, and is to have `after` */
	uint32_t before, after;
	bool changed; /* it has it */
};

/* Nothing of it is changed: what it has is not what the tenant's file says, and never was. */
static inline bool update_keeps_all(const struct update_item *item)
{
	return *item->told.policy || *item->told.changed;
}

struct update_work {
	const struct run_options *options;
	struct run_options of_policy; /* what `plan` was made by */
	struct plan *plan; /* the tenant's; its policy is what all get */
	int lock; /* the tenant's */
	struct lsm lsm;
	int changer; /* see lsm_open_changer() */
	uint32_t n_loads; /* of the LSM, before anything was read */
	struct cgroup base, slice;
	bool nobody; /* there is no slice */
	unsigned int base_level;
	struct update_item *items;
	size_t n;
	sigset_t signals; /* before they were blocked */
	bool changing; /* they are, and all that was changed is noted */
	struct cgroup_journal journal; /* of the slice */
};

/* update_find.c: who there is, in the order of their names. */
int update_find_slice(struct update_work *w, struct sbx_error *err);
int update_find_sandboxes(struct update_work *w, struct sbx_error *err);
/* Whether it has ended since. */
bool update_is_gone(const struct update_work *w, const struct update_item *item);

/* update_find.c: what each of them is to have; rules are written, and nobody's yet. */
int update_resolve(struct update_work *w, struct sbx_error *err);

#endif
