/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `run` tells: the plan before, the outcome after.
 */
#ifndef SBX_CMD_REPORT_H
#define SBX_CMD_REPORT_H

#include "launch/launch.h"

#include <jansson.h>

/* On stdout, for --dry-run. */
void report_plan(const struct plan *plan);

/* On stderr: one line why it ended, nothing for an exit with 0; and one where the LSM is off. */
void report_outcome(const struct outcome *outcome);

/* One line of JSON to the descriptor. 0 or -errno. */
int report_outcome_json(const struct outcome *outcome, int fd);

/* What may be wanted of a file, each right's word. */
#define REPORT_N_RIGHTS 4
extern const struct report_right {
	__u32 right;
	const char *name;
} report_rights[REPORT_N_RIGHTS];

/* Whether what was denied is an act on a file, by its inode and name. */
bool report_is_of_file(const struct sbx_denial *denial);

/* "open of 'x' (inode 1 on 8:1) for read by cat[123]: another tenant owns it", made printable. */
void report_describe_denial(const struct sbx_denial *denial, char *text, size_t size);
/* "3, last: open of ...": what the LSM denied so far, by `leaf` alone; "" where nothing. */
void report_describe_denials(const struct outcome *outcome, char *text, size_t size);
/* What a tenant may have written steers no terminal: all but printable ASCII becomes '?'. */
void report_make_printable(char *s);
/* How often, by hook. */
json_t *report_denials_to_json(const struct outcome *outcome);

#endif
