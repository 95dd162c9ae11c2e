/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking out of the maps what nobody can need any more. The caller holds LSM_LOCK, under which
 * alone rules are written.
 */
#ifndef SBX_LSM_FORGET_H
#define SBX_LSM_FORGET_H

#include "lsm/lsm.h"

/* Whether this policy may go, if no sandbox uses it. */
typedef bool (*forget_choice)(const struct sbx_policy_key *key, uint32_t policy, void *arg);

/*
 * Policies that `may_go` and that no sandbox uses can't be found from now on. `ret_n` (may be NULL)
 * is how many these were; their rules are for forget_rules.
 */
int forget_policies(const struct lsm *lsm, forget_choice may_go, void *arg, size_t *ret_n,
	struct sbx_error *err);

/* How much forget_rules took out. */
struct forgotten {
	size_t n_rules, n_labels;
};

/*
 * Rules of policies that can't be found and that no sandbox uses: of those that went, and what a
 * run left that was killed while it wrote. Then the labels under which nobody has a right, and
 * which nobody owns. `ret_gone` may be NULL.
 */
int forget_rules(const struct lsm *lsm, struct forgotten *ret_gone, struct sbx_error *err);

/* The same, but nothing goes. */
int forget_count(const struct lsm *lsm, struct forgotten *ret_gone, struct sbx_error *err);

/* The label of each sandbox, by its cgroup's id; `visit` may delete it. */
void forget_each_leaf(
	const struct lsm *lsm, void (*visit)(uint64_t cgroup_id, void *arg), void *arg);

#endif
