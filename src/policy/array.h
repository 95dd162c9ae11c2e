/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Room for one more element in an array that counts its elements but not its capacity.
 */
#ifndef SBX_POLICY_ARRAY_H
#define SBX_POLICY_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

/*
 * Returns ARRAY, or its new place, with room for element N; NULL and ARRAY untouched without
 * memory. The capacity is the power of two at or above N, so it need not be stored; removing
 * elements is fine.
 */
static inline void *array_room(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return reallocarray(array, n ? 2 * n : 1, size);
}

#endif
