/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What no single value of a policy can tell: whether they go together.
 */
#ifndef SBX_POLICY_CHECK_H
#define SBX_POLICY_CHECK_H

struct key_load;

/* load->target is a struct policy whose file was read. Problems go to the report. */
void check_policy(struct key_load *load);

#endif
