/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the steps of the children do. Their order is the table in child.c.
 *
 * Between clone and exec: no malloc, no stdio, no locks. 0 or -errno.
 */
#ifndef SBX_LAUNCH_CHILD_STEPS_H
#define SBX_LAUNCH_CHILD_STEPS_H

#include "launch/run.h"

/* What the sandbox sees: child_view.c. */
int child_join_netns(struct child *c);
int child_isolate(struct child *c);
int child_new_namespaces(struct child *c);
int child_make_root(struct child *c);
int child_mount_proc(struct child *c);
int child_enter_root(struct child *c);
int child_set_hostname(struct child *c);
int child_say_ready(struct child *c);
int child_join_init(struct child *c);
int child_enter_cwd(struct child *c);
int child_find_command(struct child *c);
int child_await_init(struct child *c);

/* Who the process is and what it may: child_self.c. */
int child_hide(struct child *c);
int child_wait_for_go(struct child *c);
int child_drop_inherited(struct child *c);
int child_new_session(struct child *c);
int child_set_stdio(struct child *c);
int child_open_terminal(struct child *c);
int child_close_descriptors(struct child *c);
int child_set_rlimits(struct child *c);
int child_drop_bounding(struct child *c);
int child_lock_securebits(struct child *c);
int child_drop_groups(struct child *c);
int child_join_userns(struct child *c);
int child_set_ids(struct child *c);
int child_new_keyring(struct child *c);
int child_die_with_supervisor(struct child *c);
int child_set_capabilities(struct child *c);
int child_no_new_privs(struct child *c);
int child_install_seccomp(struct child *c);
int child_exec(struct child *c);

#endif
