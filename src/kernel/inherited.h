/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process has from who started it, beside its credentials and limits: how it is scheduled,
 * spared and laid out. A tenant gets none of it.
 *
 * For the child between clone and exec: async-signal-safe, 0 or -errno; -EPERM too where what is
 * read back is not what was set.
 */
#ifndef SBX_KERNEL_INHERITED_H
#define SBX_KERNEL_INHERITED_H

/*
 * While it has the caller's memory and descriptors nobody of its uid looks into it: ptrace(2),
 * "Ptrace access mode checking". A change of ids may take it back, and exec does: prctl(2),
 * PR_SET_DUMPABLE.
 */
int inherited_hide(void);

/* All of it as a process has it that nobody has given anything. As root, while the host's /proc is
 * there. */
int inherited_reset(void);

#endif
