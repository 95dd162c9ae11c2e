/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile's rules as the two lists of a policy, and what is lost on the way.
 */
#ifndef SBX_OCI_SECCOMP_RULES_H
#define SBX_OCI_SECCOMP_RULES_H

#include "oci/seccomp.h"
#include "policy/calls.h"

/* An import on its way. */
struct importer {
	const struct oci_host *host;
	struct oci_seccomp profile;
	struct oci_answer otherwise; /* the policy's; its name is borrowed */
	struct policy_calls bare; /* are allowed in any case */
	struct policy_calls allow, deny; /* the lists */
	struct strv notes;
	struct sbx_error *err;
};

/*
 * Adds to the lists what the rules come to; `allow` has what is allowed without one already. 0 or
 * -ENOMEM.
 */
int oci_rules_run(struct importer *i);

#endif
