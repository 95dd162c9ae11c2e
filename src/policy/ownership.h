/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a path is, by the `own` of all tenants: the one rule for whoever loads, checks or explains.
 */
#ifndef SBX_POLICY_OWNERSHIP_H
#define SBX_POLICY_OWNERSHIP_H

#include "policy/policy.h"

/* A tree that a tenant owns, or a part of one that it shares. All borrowed. */
struct policy_own {
	const char *path; /* real: without symlinks */
	const char *tenant;
	struct policy_place at; /* nowhere where that doesn't matter */
	bool shared;
};

/* Puts them into the order that those below look them up in. */
void own_sort(struct policy_own *owns, size_t n);

/*
 * The outermost tree that PATH, a real path, is or lies in, and that is another's than TENANT's
 * (NULL: anybody's). NULL where there is none.
 */
const struct policy_own *own_above(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path);

/* The same, but for what its owner shares: what no grant of TENANT's opens. */
const struct policy_own *own_closing(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path);

/* Whether PATH lies in what that tenant owns. */
bool own_holds(const struct policy_own *owns, size_t n, const char *tenant, const char *path);

/* The first tree that is PATH or lies in it, and that is another's than TENANT's. */
const struct policy_own *own_below(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path);

/* "own '/srv/a/b' lies in '/srv/a', which tenant 'a' owns". Returns -EEXIST. */
int own_refuse(const struct policy_own *own, enum policy_rights rights, const char *path,
	struct sbx_error *err);

/* "share '/srv/a' lies in nothing that tenant 'a' owns". Returns -EINVAL. */
int own_refuse_share(const char *tenant, const char *path, struct sbx_error *err);

#endif
