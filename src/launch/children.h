/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of the parent that are about its children: how they are started, told to go, and ended.
 * Their order is the table in parent.c.
 */
#ifndef SBX_LAUNCH_CHILDREN_H
#define SBX_LAUNCH_CHILDREN_H

#include "launch/run.h"

int children_open_channels(struct run *run, struct sbx_error *err);

/* Init, and the command beside it where there is one; or beside what runs in a sandbox already. */
int children_start_init(struct run *run, struct sbx_error *err);
int children_start_command(struct run *run, struct sbx_error *err);
int children_start_in_sandbox(struct run *run, struct sbx_error *err);

/* The set-up exemption. */
int children_label_init(struct run *run, struct sbx_error *err);
int children_label_command(struct run *run, struct sbx_error *err);

/* Init begins as soon as it may: what it makes takes longest. */
int children_say_go_init(struct run *run, struct sbx_error *err);
int children_say_go(struct run *run, struct sbx_error *err);

int children_end_init(struct run *run, struct sbx_error *err);
int children_end_command(struct run *run, struct sbx_error *err);

/* Off the numbers that a child gives its descriptors. 0 or -errno. */
int children_move_up(const struct run *run, int *fd);
/* The lowest number that no child gives a descriptor of its own. */
int children_first_free_fd(const struct plan *plan);

#endif
