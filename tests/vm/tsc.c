/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints how many kHz this machine's time stamp counter has, which is that of the guests as well. A
 * guest that measures it itself, on processors that are taken away from it meanwhile, may get it
 * wrong by far, and its clock with it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define TRIES	    64
#define INTERVAL_NS 50000000

/* The same moment by both clocks. */
struct moment {
	uint64_t ns, ticks;
};

static uint64_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Of some tries the one that was interrupted the least. */
static struct moment look(void)
{
	uint64_t least = UINT64_MAX;
	struct moment best = { 0 };

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = now(), ticks = __rdtsc(), after = now();

		if (after - before < least) {
			least = after - before;
			best = (struct moment){ before + least / 2, ticks };
		}
	}
	return best;
}

int main(void)
{
	const struct timespec interval = { .tv_nsec = INTERVAL_NS };
	struct moment from = look(), to;

	(void)nanosleep(&interval, NULL);
	to = look();
	printf("%" PRIu64 "\n", (to.ticks - from.ticks) * 1000000 / (to.ns - from.ns));
	return 0;
}
