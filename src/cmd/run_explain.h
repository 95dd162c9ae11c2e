/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `run --explain`: which wall stopped the command, and which line of its policy.
 */
#ifndef SBX_CMD_RUN_EXPLAIN_H
#define SBX_CMD_RUN_EXPLAIN_H

#include "launch/launch.h"

#include <stdio.h>

/* A run's end, by the plan that it ran by, in lines for stderr. */
void run_explain(const struct plan *plan, const struct outcome *outcome, FILE *out);

#endif
