/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy's rules as the kernel side knows them: labels, rights under labels, networks.
 */
#ifndef SBX_LSM_RULES_H
#define SBX_LSM_RULES_H

#include "lsm/lsm.h"
#include "policy/policy.h"

/* A grant whose path was opened. `rights` is POLICY_READ and so on, one of them. */
struct lsm_grant {
	int fd; /* borrowed; O_PATH will do; -1: there is no file of that name (yet) */
	enum policy_rights rights;
	/* The real path of what is bound by its name, should it be a file; NULL: by its inode. */
	const char *path;
	int folder; /* borrowed: of a name that nothing has; else of no account */
};

struct lsm_rules {
	uint32_t tenant;
	enum policy_lsm_mode mode;
	const struct lsm_grant *grants;
	size_t n_grants;
	const struct policy_net_rule *connect;
	size_t n_connect;
};

/*
 * The id of a policy with these rules: of the one that is in the maps already (the usual case, a
 * single lookup), or of a new one that is written now. Rules are complete before their id can be
 * found; what a crash leaves is found by nobody. With `forget`, policies of the tenant that no
 * sandbox uses any more are taken out when one is written; without it, rules_forget() does so. The
 * caller holds the tenant's lock until it has put the id into a leaf.
 */
int rules_ensure(const struct lsm *lsm, const struct lsm_rules *rules, bool forget,
	uint32_t *ret_policy, struct sbx_error *err);

/*
 * Takes out policies of the tenant that no sandbox uses any more, all but `current` and some that
 * may come again. The caller holds the tenant's lock.
 */
int rules_forget(const struct lsm *lsm, uint32_t tenant, uint32_t current, struct sbx_error *err);

/* The mode of a policy that is in the maps. 0 or -errno. */
int rules_mode(const struct lsm *lsm, uint32_t policy, enum policy_lsm_mode *ret_mode);

/* A tree of a tenant's own, opened; or what it shares of one. */
struct lsm_own {
	uint32_t tenant;
	int fd; /* borrowed; -1: nothing has that name (yet) */
	const char *path; /* real */
	bool shared;
	int folder; /* as in struct lsm_grant */
};

/*
 * Makes these the trees that are owned. What one of the `tenants` owned before and doesn't any more
 * is closed until somebody's rules are written anew. A tenant that isn't among `tenants` keeps its
 * own. -EEXIST where two tenants want one tree: then nothing has changed.
 */
int owners_load(const struct lsm *lsm, const struct lsm_own *owns, size_t n_owns,
	const uint32_t *tenants, size_t n_tenants, struct sbx_error *err);

/*
 * What that tenant owned is nobody's, as if it owned nothing any more; `ret_n`: how many inodes.
 * Its labels go with forget_rules. The caller holds LSM_LOCK.
 */
int owners_forget(const struct lsm *lsm, uint32_t tenant, size_t *ret_n, struct sbx_error *err);

/* Calls back with the owner of each inode that is owned. */
int owners_each(const struct lsm *lsm, void (*visit)(uint32_t tenant, void *arg), void *arg,
	struct sbx_error *err);

#endif
