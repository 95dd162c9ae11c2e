/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy says of one act, by which of its lines, and which line would change that. Nothing
 * is looked up here: paths come resolved.
 */
#ifndef SBX_POLICY_EXPLAIN_H
#define SBX_POLICY_EXPLAIN_H

#include "policy/ownership.h"
#include "policy/reach.h"

/* What stands in the way of what is denied. */
enum explain_wall {
	EXPLAIN_ANY_WALL, /* a mount, or that it isn't in sight, or the filter: the LSM apart */
	EXPLAIN_GRANTS, /* the policy's own allowlist alone, which `[lsm] mode` may lift */
	EXPLAIN_OWNER, /* it is another tenant's */
};

struct explanation {
	bool allowed;
	enum explain_wall wall; /* where it is not allowed */
	bool partly; /* not allowed, but a part of what was asked is */
	struct policy_place at; /* of the line that decides; nowhere: none does */
	char why[320];
	char cure[320]; /* a line, and where it belongs; "": no line would allow it */
};

struct explain_files {
	struct reach reach;
	const struct policy_own *owns; /* other tenants', as own_sort() leaves them */
	size_t n_owns;
	enum policy_proc proc; /* that the sandbox gets: none without a pid namespace */
};

/*
 * Of the file that the sandbox sees under this path, which leads through no symlink. `wanted` is
 * POLICY_READ, POLICY_WRITE, POLICY_EXEC, or POLICY_OWN for what it alone gives, which is to change
 * metadata. The nearest grant above it decides, within what its mount lets through, and another
 * tenant's ownership before all grants. As with `[lsm] mode = enforce`.
 */
void explain_file(const struct explain_files *files, const char *path, enum policy_rights wanted,
	struct explanation *ret);

/* The same of an address. */
void explain_connect(const struct policy *policy, enum policy_protocol protocol,
	const struct in6_addr *address, uint16_t port, struct explanation *ret);

/* A system call of this architecture, in these cases: one at least. */
struct explain_call {
	const char *name;
	const char *test; /* that they are of; NULL: all that a policy could allow */
	struct call_cases cases;
};

/*
 * `profile` is the list that the policy starts from, by its name. -EINVAL as allowlist_make(), and
 * where the cases are too many to compare.
 */
int explain_syscall(const struct policy *policy, const struct policy_calls *profile,
	const char *profile_name, const struct explain_call *call, struct explanation *ret,
	struct sbx_error *err);

/* A part of explain_file: of what no grant covers, or what covers it isn't seen there. */
void explain_private(const struct explain_files *files, const char *path, enum policy_rights wanted,
	struct explanation *ret);

/* Another: false where what lies at this path on the host is no other tenant's. */
bool explain_owner(const struct explain_files *files, const char *path, struct explanation *ret);

/* For those that explain: starts an answer, and ends it with "LINE in [SECTION]". */
void explain_say(struct explanation *e, bool allowed, const struct policy_place *at,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void explain_cure(struct explanation *e, const char *section, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
