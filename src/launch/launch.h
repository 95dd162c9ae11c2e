/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From options to an outcome: plan, steps, supervision, undoing.
 */
#ifndef SBX_LAUNCH_LAUNCH_H
#define SBX_LAUNCH_LAUNCH_H

#include "launch/outcome.h"
#include "launch/plan.h"

/*
 * Runs the command to its end. Always fills the outcome; never leaves a cgroup, mount, label or
 * process of this sandbox behind, unless the outcome's error says so. The process needs to have one
 * thread, and its signal mask changes.
 */
void launch(const struct run_options *options, struct outcome *ret_outcome);

/* Names of the steps in their order: the parent's, then the children's. False behind the last. */
bool launch_step_name(const struct plan *plan, size_t i, char name[static OUTCOME_STEP_MAX]);

#endif
