/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cgroup uses, beside its limits: one table of the kernel's files and keys. Source: the
 * kernel's Documentation/admin-guide/cgroup-v2.rst and Documentation/accounting/psi.rst.
 */
#ifndef SBX_KERNEL_CGROUP_STATS_H
#define SBX_KERNEL_CGROUP_STATS_H

#include "kernel/cgroup.h"

enum cgroup_stat {
	STAT_CPU_USAGE, /* usec */
	STAT_CPU_USER,
	STAT_CPU_SYSTEM,
	STAT_CPU_PERIODS,
	STAT_CPU_THROTTLED_PERIODS,
	STAT_CPU_THROTTLED, /* usec */
	STAT_CPU_SOME, /* of the *_SOME and *_FULL: hundredths of a percent, avg10 */
	STAT_CPU_FULL,
	STAT_MEMORY, /* bytes */
	STAT_MEMORY_PEAK,
	STAT_MEMORY_MAX,
	STAT_SWAP,
	STAT_OOM_KILLS,
	STAT_MEMORY_SOME,
	STAT_MEMORY_FULL,
	STAT_PIDS,
	STAT_PIDS_MAX,
	STAT_PIDS_MAX_HITS,
	STAT_IO_READ, /* bytes, of all devices */
	STAT_IO_WRITTEN,
	STAT_IO_READS,
	STAT_IO_WRITES,
	STAT_IO_SOME,
	STAT_IO_FULL,
	N_CGROUP_STATS,
};

/* Instead of a number. */
#define STAT_ABSENT    UINT64_MAX /* no such controller, or the kernel doesn't have it */
#define STAT_UNLIMITED (UINT64_MAX - 1) /* "max" */

struct cgroup_stats {
	uint64_t value[N_CGROUP_STATS];
};

/* Where a number stands. */
struct cgroup_stat_row {
	const char *file;
	const char *key; /* NULL: it is all that is in the file */
	enum cgroup_stat_form {
		STAT_NUMBER, /* "1048576", or "max" */
		STAT_FLAT, /* a line "KEY 1" */
		STAT_SUMMED, /* in each line "8:0 KEY=1 ...", added up */
		STAT_PRESSURE, /* in the line that begins with KEY "avg10=0.12" */
	} form;
};

extern const struct cgroup_stat_row cgroup_stat_rows[N_CGROUP_STATS];

/* The value of a row in the text of its file; STAT_ABSENT where it has none. */
uint64_t cgroup_stat_parse(const struct cgroup_stat_row *row, const char *text);

/* Reads all that is there. What isn't is STAT_ABSENT. */
void cgroup_stats_read(const struct cgroup *cgroup, struct cgroup_stats *ret_stats);

#endif
