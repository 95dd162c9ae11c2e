/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy's system calls as a container's seccomp profile.
 */
#ifndef SBX_OCI_SECCOMP_EXPORT_H
#define SBX_OCI_SECCOMP_EXPORT_H

#include "oci/host.h"
#include "policy/policy.h"

/*
 * `linux.seccomp` of the OCI runtime specification: ALLOWED, the one list that allowlist_flatten()
 * gives, and the policy's answer to all others. Exact, for a case is what one rule tests. 0 and the
 * caller's text, or -ENOMEM.
 */
int oci_seccomp_export(const struct policy *policy, const struct policy_calls *allowed,
	const struct oci_arch *arch, char **ret_json, struct sbx_error *err);

#endif
