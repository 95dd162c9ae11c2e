/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking away what belongs to no living supervisor, after a crash: sandboxes, what tenants without
 * a policy had, and the rules that nobody uses. What lives, or is being made, is never touched: the
 * locks are those that a run takes, in its order.
 */
#ifndef SBX_LAUNCH_GC_H
#define SBX_LAUNCH_GC_H

#include "kernel/cgroup.h"
#include "launch/leaf.h"
#include "lsm/lsm.h"
#include "policy/policy.h"
#include "state/ids.h"

struct gc_options {
	struct policy_dirs dirs;
	const char *cache; /* folder of compiled seccomp programs */
	bool dry_run; /* nothing is removed */
	/* Called with each thing before it is removed: "sandbox acme/web". */
	void (*say)(const char *what);
};

/* What fails doesn't keep the rest; `err` then has all of it, as far as there is room. */
int gc(const struct gc_options *options, struct sbx_error *err);

/*
 * Gives up all that a tenant without a policy still has, but its id. -EBUSY while it has a policy,
 * or processes; -ENOENT when there was never such a tenant.
 */
int gc_forget_tenant(const struct gc_options *options, const char *tenant, struct sbx_error *err);

/* ---- for the files of gc alone ---- */

struct gc {
	const struct gc_options *options;
	struct lsm lsm;
	bool has_lsm;
	struct cgroup base; /* descriptor -1: there is none */
	char base_path[PATH_MAX];
	struct tenant_id *ids;
	size_t n_ids;
	struct strv policies; /* names of tenants that have one, sorted */
	int r; /* of the first thing that failed */
	struct sbx_error *err;
};

int gc_open(const struct gc_options *options, struct gc *ret, struct sbx_error *err);
void gc_close(struct gc *gc);
#define _cleanup_gc_ _cleanup_(gc_close)

void gc_say(const struct gc *gc, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Notes what failed. */
void gc_failed(struct gc *gc, int r, const struct sbx_error *err);

bool gc_has_policy(const struct gc *gc, const char *tenant);

/* The cgroup of a tenant, and what it is called; -ENOENT: it has none. */
int gc_open_slice(const struct gc *gc, const char *tenant, char name[static LEAF_NAME_MAX],
	struct cgroup *ret_slice);

/* gc_tenant.c: the parts of one tenant, whose lock the caller holds. Whether a sandbox of it lives.
 */
bool gc_tenant(struct gc *gc, const char *tenant);

/* gc_lsm.c: what only the LSM knows of; a tenant's policies; the rules of those that went. */
void gc_lsm(struct gc *gc);
void gc_policies(struct gc *gc, const char *tenant);
void gc_rules(struct gc *gc);

/* gc_files.c: what was being written. */
void gc_files(struct gc *gc);

#endif
