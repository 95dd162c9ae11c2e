/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a process is to the kernel: ids, capabilities, securebits, no_new_privs. Set, and read back.
 *
 * For the child between clone and exec: async-signal-safe, 0 or -errno; -EPERM too where what is
 * read back is not what was set.
 */
#ifndef SBX_KERNEL_CREDENTIALS_H
#define SBX_KERNEL_CREDENTIALS_H

#include <sys/types.h>

/* Before the ids change: dropping from the bounding set takes CAP_SETPCAP. */
int credentials_drop_bounding(void);

/* Root's uid stands for no capability any more, and none can be raised. Locked. */
int credentials_lock_securebits(void);

/* No supplementary groups; real, effective, saved and file system ids. */
int credentials_set_ids(uid_t uid, gid_t gid);

/* Empties permitted, effective, inheritable and ambient, and reads all five sets back. */
int credentials_drop_capabilities(void);

int credentials_no_new_privs(void);

#endif
