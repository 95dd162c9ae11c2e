/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether anything was opened through one mount: fanotify(7).
 */
#ifndef SBX_KERNEL_FANOTIFY_H
#define SBX_KERNEL_FANOTIFY_H

#include "base/error.h"

#include <sys/types.h>

/*
 * Watches the mount of TREE, which is its root: as open_tree(2) gives it, mounted by then or not.
 * `ret_fd` is readable to poll(2) as soon as something was opened through it, and not through
 * another mount of the same files; nothing is to be read from it. Closing it may wait for the
 * kernel for some milliseconds.
 *
 * The kernel lets a user have so many of these at once, and this one counts as USER's. -EMFILE:
 * these are all in use.
 */
int fanotify_watch_mount(int tree, uid_t user, int *ret_fd, struct sbx_error *err);

#endif
