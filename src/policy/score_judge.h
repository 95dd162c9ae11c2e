/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges of the rows in score.c. Each is monotone: what a policy allows besides never makes it
 * better.
 */
#ifndef SBX_POLICY_SCORE_JUDGE_H
#define SBX_POLICY_SCORE_JUDGE_H

#include "policy/score.h"

typedef unsigned int score_judge(const struct score_subject *subject, const struct score_row *row,
	struct score_finding *finding);

/* What of the policy it is about, and where that stands; NULL: nowhere. */
void score_note(struct score_finding *finding, const struct policy_place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

score_judge judge_holds; /* in this build always good */
score_judge judge_user; /* of range 3: what of that user's else is in reach */
score_judge judge_capabilities; /* of range 2: over what is the sandbox's, or the host's */
score_judge judge_host_capabilities; /* whether one of `words` is one over the host */
score_judge judge_lsm;

/* By `steps`. */
score_judge judge_setting; /* the number in a cgroup's file */
score_judge judge_cpu; /* per cent of one CPU */
score_judge judge_timeout;
score_judge judge_tmp;
score_judge judge_share_of_calls; /* per cent of all there are */

score_judge judge_io;
score_judge judge_default;
score_judge judge_calls; /* whether one of `words` is allowed */
score_judge judge_makers; /* the same, where they could make namespaces */
score_judge judge_env;

score_judge judge_word; /* whether the value is one of `words` */
score_judge judge_connect; /* `words`, `port`, `v4`, `v6`; of range 2: few ports, or many */

/* `words`, `tops`, `rights`; of range 2: a grant below one, or of all of it. */
score_judge judge_grants;
score_judge judge_code; /* what is written can be executed */

#endif
