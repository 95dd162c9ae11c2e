/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_SYS_STAT_H
#define SBX_LIBC_SYS_STAT_H

#include_next <sys/stat.h>

#ifndef STATX_TYPE
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int statx(
	int dir, const char *path, int flags, unsigned int mask, struct statx *ret_statx)
{
	return (int)syscall(SYS_statx, dir, path, flags, mask, ret_statx);
}
#endif

#endif
