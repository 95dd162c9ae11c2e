/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts that a plan is made of, for those that make it: plan.c has their order.
 */
#ifndef SBX_LAUNCH_PLAN_PARTS_H
#define SBX_LAUNCH_PLAN_PARTS_H

#include "launch/plan.h"

/* In the order of plan_make(); each in a file of its own. */
int plan_command(struct plan *plan, int *ret_exit, struct sbx_error *err); /* plan_command.c */
int plan_running_command(struct plan *plan, struct sbx_error *err);
int plan_root(struct plan *plan, struct sbx_error *err); /* plan_root.c */
int plan_running_root(struct plan *plan, struct sbx_error *err);
int plan_syscalls(struct plan *plan, struct sbx_error *err); /* plan_syscalls.c */
int plan_init(struct plan *plan, struct sbx_error *err); /* plan_init.c */

/* Before and behind plan_syscalls where there is a sandbox already: plan_exec.c. */
int plan_find_sandbox(struct plan *plan, struct sbx_error *err);
int plan_load_running(struct plan *plan, struct sbx_error *err);
int plan_check_walls(struct plan *plan, struct sbx_error *err);

/* The sockets of the command, of a plain program or of a runtime: plan_sockets.c. */
int plan_program_sockets(struct plan *plan, struct sbx_error *err);
int plan_module_sockets(struct plan *plan, struct strv *addresses, struct sbx_error *err);

/* For plan_root, in plan_folders.c: adds to `binds` the folders of names that nothing has. */
int plan_open_folders(struct plan *plan, const struct reach *reach, struct sbx_error *err);

/* For plan_command, in plan_places.c: fills `places`, and with a PATH to search `command`. */
int plan_resolve_grants(struct plan *plan, struct sbx_error *err);
int plan_find_command(struct plan *plan, const char *path, int *ret_exit, struct sbx_error *err);

/* Puts the line of a grant before what is wrong with it, and returns R. */
int plan_at_grant(const struct policy_grant *grant, int r, struct sbx_error *err);

#endif
