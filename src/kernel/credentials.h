/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a process is to the kernel: ids, capabilities, securebits, no_new_privs. Set, and read back.
 *
 * For the child between clone and exec: async-signal-safe, 0 or -errno; -EPERM too where what is
 * read back is not what was set.
 */
#ifndef SBX_KERNEL_CREDENTIALS_H
#define SBX_KERNEL_CREDENTIALS_H

#include <stdint.h>
#include <sys/types.h>

/* Sets of capabilities are bits by their numbers. This one: all that the process has. */
#define CREDENTIALS_ALL UINT64_MAX

/* But for those of `keep`. Before the ids change: it takes CAP_SETPCAP. */
int credentials_drop_bounding(uint64_t keep);

/* Root's uid stands for no capability any more, and none but those of `keep` can be raised. Locked.
 */
int credentials_lock_securebits(uint64_t keep);

/*
 * Leaves no supplementary groups. Before the ids change, and before a user namespace is joined, as
 * one that denies setgroups(2) keeps who joins it from dropping them.
 */
int credentials_drop_groups(void);

/*
 * Real, effective, saved and file system ids. -EPERM too where they read back as others, or
 * supplementary groups are left.
 */
int credentials_set_ids(uid_t uid, gid_t gid);

/*
 * Makes it permitted, effective, inheritable and ambient, and reads all five sets back. -EPERM too
 * where this process lacks one of them.
 */
int credentials_set_capabilities(uint64_t set);

int credentials_no_new_privs(void);

#endif
