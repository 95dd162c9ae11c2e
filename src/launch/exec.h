/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of the parent of a command that goes into a sandbox which runs. Their order is the table in
 * parent.c.
 */
#ifndef SBX_LAUNCH_EXEC_H
#define SBX_LAUNCH_EXEC_H

#include "launch/run.h"

/* Opens its cgroups. */
int exec_find_leaf(struct run *run, struct sbx_error *err);

/* Whether its cgroup has the label of the tenant. */
int exec_check_label(struct run *run, struct sbx_error *err);

/* Opens its init, or the one process that has its namespaces, as children[CHILD_INIT].pidfd. */
int exec_find_first(struct run *run, struct sbx_error *err);

/* -ESRCH where it has ended, or has begun to. */
int exec_check_running(struct run *run, struct sbx_error *err);

#endif
