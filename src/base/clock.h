/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times, of CLOCK_MONOTONIC where no other is named, and deadlines in microseconds of it.
 */
#ifndef SBX_BASE_CLOCK_H
#define SBX_BASE_CLOCK_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_NEVER UINT64_MAX

static inline uint64_t clock_nsec_of(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t clock_nsec(void)
{
	return clock_nsec_of(CLOCK_MONOTONIC);
}

static inline uint64_t clock_usec_of(clockid_t id)
{
	return clock_nsec_of(id) / 1000;
}

static inline uint64_t clock_usec(void)
{
	return clock_usec_of(CLOCK_MONOTONIC);
}

/* What poll(2) wants to know: milliseconds until then, rounded up; 0: it is past; -1: never. */
static inline int clock_left_ms(uint64_t deadline)
{
	uint64_t now = clock_usec(), left;

	if (deadline == CLOCK_NEVER)
		return -1;
	left = now >= deadline ? 0 : (deadline - now + 999) / 1000;
	return left > INT_MAX ? INT_MAX : (int)left;
}

#endif
