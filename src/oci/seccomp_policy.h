/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of calls as the text of a policy that stands alone.
 */
#ifndef SBX_OCI_SECCOMP_POLICY_H
#define SBX_OCI_SECCOMP_POLICY_H

#include "oci/host.h"
#include "policy/policy.h"

/* What every list has besides its own. */
#define OCI_BARE_PROFILE "@bare"

/* All borrowed. */
struct oci_policy {
	const char *from; /* the file's path */
	const struct oci_host *host; /* that it is for */
	const struct strv *notes; /* what it doesn't carry */
	const char *otherwise; /* `default`: "errno EPERM" */
	struct policy_calls *allow,
		*deny; /* are sorted; tests of a call that is in them whole go */
};

/*
 * Writes the policy and reads it, as `policy check` would. Returns 0 and the caller's text; -EINVAL
 * where it is none, which ERR then says; -ENOMEM.
 */
int oci_policy_write(const struct policy_dirs *dirs, const struct oci_policy *policy,
	char **ret_text, struct sbx_error *err);

#endif
