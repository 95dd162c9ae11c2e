/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects the problems of a file, as a compiler does: all of them, each with its line.
 */
#ifndef SBX_POLICY_REPORT_H
#define SBX_POLICY_REPORT_H

#include "policy/policy.h"

/* Where problems of one file go; both borrowed. */
struct report_file {
	const char *name;
	struct policy_report *report;
};

/* Without memory the problem is still counted: the load fails all the same. LINE 0: the whole file.
 */
void report_error(const struct report_file *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_warning(const struct report_file *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts the problems from number FROM on into the order of their lines. */
void report_sort(struct policy_report *report, size_t from);

/*
 * Says in ERR what the first error among the problems from number FROM on was, and that N_ERRORS
 * are there in all. Returns -EINVAL.
 */
int report_to_error(
	const struct policy_report *report, size_t from, size_t n_errors, struct sbx_error *err);

#endif
