/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies at the paths of policies, as this caller sees it. What can't be looked up is kept with
 * the reason, for its line to be named.
 */
#ifndef SBX_CMD_LOOKUP_H
#define SBX_CMD_LOOKUP_H

#include "kernel/resolve.h"
#include "policy/ownership.h"
#include "policy/reach.h"

#include <sys/types.h>

/* A grant. All but `place` and `err` is borrowed from its policy. */
struct lookup {
	const char *tenant;
	const struct policy_grant *grant;
	/* Without its descriptor. Where `r` is not 0: the path alone, and real only in its parts
	 * that could be looked at. */
	struct resolved place;
	int r; /* 0, or -errno with `err`; -ENODATA: what its path depends on is not known */
	struct sbx_error err;
	bool is_name; /* nothing has that name, in a folder that is there; so the path is real */
	dev_t dev; /* where `r` is 0, and of no name */
	ino_t ino;
};

struct lookups {
	struct lookup *v;
	size_t n;
};

/* policy_settle() with the id that the tenant is known to have, if any. */
int lookup_settle(const struct policy_dirs *dirs, struct policy **policy, const char *sandbox,
	struct sbx_error *err);

/* Adds the policy's grants and shares whose right is one of `rights`. Fails without memory only. */
int lookup_grants(struct lookups *list, const struct policy *policy, unsigned int rights,
	struct sbx_error *err);

/*
 * Names of one policy that nothing has are -ENOENT until then: no error where a run would start
 * all the same, and else what it would say.
 */
int lookups_settle_names(struct lookups *list, bool lsm, struct sbx_error *err);

/* The first error in the list, with its line; 0 where there is none. */
int lookups_error(const struct lookups *list, struct sbx_error *err);

/* The same as places, which the caller frees; they point into the list. NULL: no memory. */
struct reach_place *lookups_places(const struct lookups *list);

/* One of an `own` or `share`; it points into the list. */
struct policy_own lookup_own(const struct lookup *lookup);

/* All that were found, as own_sort() leaves them; for the caller to free. NULL: no memory. */
struct policy_own *lookups_owns(const struct lookups *list, size_t *ret_n);

/* Into the order of trees: path_compare(). */
void lookups_sort(struct lookups *list);

void lookups_clear(struct lookups *list);
#define _cleanup_lookups_ _cleanup_(lookups_clear)

/* A tenant of the folder. Without a policy it could not be read: `r` and `err` say why. */
struct lookup_tenant {
	char *name;
	struct policy *policy;
	int r;
	struct sbx_error err;
};

struct lookup_tenants {
	struct lookup_tenant *v;
	size_t n;
	/* Of all of them, and what they share; what isn't there is so by its name. */
	struct lookups owns;
};

/* All tenants of the folder but those of `except`. */
int lookup_tenants(const struct policy_dirs *dirs, const struct strv *except,
	struct lookup_tenants *ret_tenants, struct sbx_error *err);
void lookup_tenants_clear(struct lookup_tenants *tenants);
#define _cleanup_lookup_tenants_ _cleanup_(lookup_tenants_clear)

#endif
