/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How exposed a policy leaves the host and other tenants: what is weighed is one table, each row a
 * finding. Nothing is looked up here: paths and addresses count as they are written.
 */
#ifndef SBX_POLICY_SCORE_H
#define SBX_POLICY_SCORE_H

#include "policy/policy.h"

/* All borrowed. */
struct score_subject {
	const struct policy *policy;
	const struct policy_calls *allowed; /* as allowlist_make() has them */
	const struct strv *calls; /* all of this architecture, as syscalls_list() has them */
	bool lsm; /* the host's own file leaves it on */
};

struct score_finding;

/* One thing that is weighed. Which parameters count is up to the judge. */
struct score_row {
	const char *name; /* "memory.max": unique, for programs */
	const char *section, *key; /* what it is about; key NULL: no key of the section alone */
	unsigned int weight;
	unsigned int range; /* the highest badness; it divides SCORE_PARTS */
	/* Returns 0 to `range`, and may fill `at`, `what` and `cure`. */
	unsigned int (*judge)(const struct score_subject *subject, const struct score_row *row,
		struct score_finding *finding);
	const char *good, *bad; /* what is said of badness 0, and of more */
	const char *cure; /* what would lower it; a line wherever one would */

	const uint64_t *steps; /* `range` of them: each that a value exceeds is worse by one */
	const char *const *words; /* calls, networks, trees or capabilities; NULL ends them */
	const char *const *tops; /* trees that count only as a whole */
	unsigned int rights; /* grants that count: enum policy_rights */
	uint16_t port; /* of TCP that has to be reached; 0: any */
	uint8_t v4, v6; /* a rule inside the networks counts if its prefix is shorter */
};

/* Shares are counted in these, so that no fraction is lost. */
enum { SCORE_PARTS = 60 };

struct score_finding {
	const struct score_row *row;
	unsigned int badness; /* 0: nothing to complain of */
	unsigned int share; /* of the exposure, in hundredths */
	struct policy_place at; /* of the value; nowhere: a default, or several */
	char what[256]; /* of the policy; may be empty */
	char cure[256]; /* empty where badness is 0 */
};

enum { SCORE_MAX = 64 };

struct score {
	unsigned int exposure; /* in tenths: 0 to 100 */
	const char *level; /* "OK", "MEDIUM", "EXPOSED", "UNSAFE" */
	struct score_finding findings[SCORE_MAX]; /* the largest share first */
	size_t n;
};

extern const struct score_row score_rows[];
extern const size_t n_score_rows;

/*
 * The exposure is the sum of weight * badness / range over all rows, divided by the sum of all
 * weights, times 10, and rounded up. All rows count always, so that one policy's figure can be held
 * against another's.
 */
void score_policy(const struct score_subject *subject, struct score *ret);

#endif
