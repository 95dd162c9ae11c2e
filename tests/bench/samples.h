/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times that were measured, and what is told of them.
 */
#ifndef SBX_BENCH_SAMPLES_H
#define SBX_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

struct summary {
	double min, p10, median, p90, max;
	double spread; /* (p90 - min) / median */
};

static inline double ms_since(const struct timespec *start)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

static inline int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts the samples, of which there is one at least. */
static inline struct summary sum_up(double *samples, size_t n)
{
	struct summary s;

	qsort(samples, n, sizeof(*samples), compare_doubles);
	s.min = samples[0];
	s.p10 = samples[n / 10];
	s.median = n % 2 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
	s.p90 = samples[(n * 9 + 9) / 10 - 1];
	s.max = samples[n - 1];
	s.spread = (s.p90 - s.min) / s.median;
	return s;
}

#endif
