/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of the parent that are about cgroups: the base, the tenant's slice in it, the sandbox's
 * leaf.
 */
#ifndef SBX_LAUNCH_CGROUPS_H
#define SBX_LAUNCH_CGROUPS_H

#include "launch/run.h"

int cgroups_open_base(struct run *run, struct sbx_error *err);

/* What the command line says of the tenant's totals is said to all of its sandboxes: so of one
 * alone. */
bool cgroups_sets_totals(const struct run *run);
int cgroups_check_totals(struct run *run, struct sbx_error *err);

int cgroups_make_slice(struct run *run, struct sbx_error *err);
int cgroups_guard_devices(struct run *run, struct sbx_error *err);
int cgroups_make_leaf(struct run *run, struct sbx_error *err);

/* Where something is in there that is another run's it stays. */
int cgroups_remove_slice(struct run *run, struct sbx_error *err);
int cgroups_remove_leaf(struct run *run, struct sbx_error *err);

#endif
