/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `policy check` says beyond the text of a file: of the other tenants, of this host, and of
 * the files that are granted. All of it goes to the file's report. Nothing is changed, and what
 * this caller may not look at is a warning.
 */
#ifndef SBX_CMD_CHECK_H
#define SBX_CMD_CHECK_H

#include "cmd/lookup.h"
#include "policy/report.h"

/* A file that is checked. Without a policy it has errors of its own, and is left at that. */
struct checked {
	const char *path;
	struct policy *policy;
	struct policy_report report;
	struct lookups grants;
	bool id_taken; /* said already */
	uid_t uid; /* of its tenant on this host; 0: not known */
	gid_t gid; /* where the uid is known */
	bool lsm; /* this host has it, or nobody knows */
};

/* The file as a whole, for what no line of it says. */
static inline struct policy_place checked_whole(const struct checked *file)
{
	return (struct policy_place){ file->policy->sources.v[0], 0, 0 };
}

/* Where `id` stands, or else the file. */
struct policy_place checked_id(const struct checked *file);

/* Each file with the tenants' folder, where each takes the place of its tenant's. */
int check_tenants(
	const struct policy_dirs *dirs, struct checked *files, size_t n, struct sbx_error *err);

/*
 * Whether this host knows the tenant by this id, has what the limits need, and takes the calls as a
 * filter. Sets `uid`, `gid` and `lsm`, for check_files.
 */
void check_host(const struct policy_dirs *dirs, struct checked *files, size_t n);

/* Whether what is granted is there, and of use to the tenant's uid. For who has a policy. */
void check_files(struct checked *file);

#endif
