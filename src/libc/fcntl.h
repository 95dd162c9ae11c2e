/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_FCNTL_H
#define SBX_LIBC_FCNTL_H

#include_next <fcntl.h>

#include <linux/falloc.h>

/* musl counts O_PATH among them; to the kernel it is none. */
#undef O_ACCMODE
#define O_ACCMODE 03

#endif
