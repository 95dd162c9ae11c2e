/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_SYS_MMAN_H
#define SBX_LIBC_SYS_MMAN_H

#include_next <sys/mman.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

#endif
