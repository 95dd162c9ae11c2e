/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_STDIO_H
#define SBX_LIBC_STDIO_H

#include_next <stdio.h>

/* renameat2(2) */
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#define RENAME_EXCHANGE	 (1 << 1)
#define RENAME_WHITEOUT	 (1 << 2)
#endif

#endif
