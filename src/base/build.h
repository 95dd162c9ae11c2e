/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which build of the program this is, by the build id that the linker wrote into it (ld(1),
 * --build-id): it changes whenever the code does.
 */
#ifndef SBX_BASE_BUILD_H
#define SBX_BASE_BUILD_H

#include <stddef.h>

/* Points into the program itself. -ENOENT where the linker wrote none. */
int build_id(const void **ret_id, size_t *ret_size);

#endif
