/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_MALLOC_H
#define SBX_LIBC_MALLOC_H

#include_next <malloc.h>

/* What is freed as a whole page musl gives back by itself, or marks as free to be taken. */
static inline int malloc_trim(size_t pad)
{
	(void)pad;
	return 0;
}

#endif
