/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects the problems of a file, as a compiler does: all of them, each with its place.
 */
#ifndef SBX_POLICY_REPORT_H
#define SBX_POLICY_REPORT_H

#include "policy/policy.h"

/* Without memory the problem is still counted: the load fails all the same. */
void report_error(struct policy_report *report, const struct policy_place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_warning(struct policy_report *report, const struct policy_place *at, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));

/* An error that came from elsewhere, with its cure in brackets. */
void report_failure(
	struct policy_report *report, const struct policy_place *at, const struct sbx_error *err);

/* Puts the problems from number FROM on into the order of their files and places. */
void report_sort(struct policy_report *report, size_t from);

/*
 * Says in ERR what the first error among the problems from number FROM on was, and that N_ERRORS
 * are there in all. Returns -EINVAL.
 */
int report_to_error(
	const struct policy_report *report, size_t from, size_t n_errors, struct sbx_error *err);

#endif
