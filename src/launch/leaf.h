/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sandbox's cgroup as others than its supervisor meet it: found, and taken away where that was
 * killed.
 */
#ifndef SBX_LAUNCH_LEAF_H
#define SBX_LAUNCH_LEAF_H

#include "base/str.h"
#include "kernel/cgroup.h"
#include "lsm/lsm.h"

/* BASE/TENANT.slice/NAME.scope */
#define LEAF_SLICE_END ".slice"
#define LEAF_END       ".scope"
#define LEAF_NAME_MAX  (NAME_MAX_LEN + 8)

/* A cgroup's name: that of its tenant or sandbox, and one of the above behind it. */
void leaf_name(char ret[static LEAF_NAME_MAX], const char *name, const char *end);

/* Adds those of a folder's names that end in `end`, less that. A folder that isn't there has none.
 */
int leaf_add_names(int dir, const char *path, const char *end, struct strv *names);

/*
 * Opens the slice of a sandbox by the path of its cgroup, as the registry has it. `ret_name` is the
 * cgroup's name in there, and a part of PATH. -ENOENT when there is no such slice.
 */
int leaf_find(
	const char *path, struct cgroup *ret_slice, const char **ret_name, struct sbx_error *err);

/*
 * Takes the sandbox's cgroup NAME ("web.scope") away with all that is in it, its label first. The
 * caller holds the sandbox's name, so nobody uses it. `lsm` NULL: it isn't loaded. 0 also where
 * there is none.
 */
int leaf_remove(
	const struct lsm *lsm, const struct cgroup *slice, const char *name, struct sbx_error *err);

/*
 * Ends what a killed supervisor has left of a sandbox, whose cgroup is PATH: processes, label,
 * cgroup, and the registry's entry. -EBUSY: it has a supervisor, by now again.
 */
int leaf_remove_orphan(const struct lsm *lsm, const char *tenant, const char *name,
	const char *path, struct sbx_error *err);

#endif
