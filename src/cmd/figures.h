/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cgroup uses, for people and for programs.
 */
#ifndef SBX_CMD_FIGURES_H
#define SBX_CMD_FIGURES_H

#include "kernel/cgroup_stats.h"

#include <jansson.h>

/* Room for one figure in words. "-": it isn't there; "max": no limit. */
enum { FIGURE_SIZE = 32 };

void figure_count(uint64_t value, char text[static FIGURE_SIZE]);
void figure_bytes(uint64_t value, char text[static FIGURE_SIZE]); /* "12.3M" */
void figure_time(uint64_t usec, char text[static FIGURE_SIZE]); /* "1.234s" */
void figure_pressure(uint64_t some, uint64_t full, char text[static FIGURE_SIZE]); /* "0.12/0.00" */

/*
 * Adds all to an object, under the kernel's names: a number, "max", or null where it isn't there;
 * an object of these for a file of several.
 */
void figures_to_json(const struct cgroup_stats *stats, json_t *object);

#endif
