/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A /proc of the sandbox's own: what it shows is the pid namespace of who mounts it.
 */
#ifndef SBX_KERNEL_PROCFS_H
#define SBX_KERNEL_PROCFS_H

#include <stdbool.h>

/*
 * For the child between clone and exec: async-signal-safe, 0 or -errno. Mounts a new instance on
 * the folder "proc" of `root`, which has "dev/null". It shows the namespace's processes; `full`:
 * the rest of /proc too, but for what tells of the host's inside, and nothing of it to be written.
 */
int procfs_mount(int root, bool full);

#endif
