/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the children's steps took, for who asked: they note when each began, and can't print.
 */
#include "base/clock.h"
#include "launch/run.h"

static void trace_child(const struct run *run, enum child_role role, uint64_t end)
{
	const struct child_report *report = &run->reports[role];
	char name[OUTCOME_STEP_MAX];

	for (size_t i = 0, next; i <= report->step; i = next) {
		next = i + 1;
		while (next <= report->step && !report->began[next])
			next++;
		if (!report->began[i])
			continue;
		child_step_name(role, i, name);
		run->plan->options->trace(name,
			(next <= report->step ? report->began[next] : end) - report->began[i]);
	}
}

void trace_children(const struct run *run)
{
	uint64_t end = clock_nsec();

	if (!run->plan->options->trace)
		return;
	if (plan_has_init(run->plan))
		trace_child(run, CHILD_INIT, end);
	trace_child(run, CHILD_COMMAND, end);
}
