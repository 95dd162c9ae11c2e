/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container's seccomp profile becomes a policy.
 */
#ifndef SBX_OCI_SECCOMP_IMPORT_H
#define SBX_OCI_SECCOMP_IMPORT_H

#include "oci/host.h"
#include "policy/policy.h"

struct oci_import {
	char *policy; /* its text, which `policy check` takes */
	struct strv notes; /* what it doesn't carry, a line each; they stand in the text too */
};

void oci_import_clear(struct oci_import *import);
#define _cleanup_oci_import_ _cleanup_(oci_import_clear)

/*
 * What the profile in TEXT, of the file NAME, means on HOST for a process without
 * capabilities. TEXT ends in a NUL that SIZE does not count. What a policy can't say is denied and
 * noted: no call gets through that the profile stops, but execve and exit_group, which every
 * program needs. -EINVAL, with an ERR that begins with NAME, where there is no profile in it,
 * or none that comes to a policy.
 */
int oci_seccomp_import(const struct policy_dirs *dirs, const struct oci_host *host,
	const char *name, const char *text, size_t size, struct oci_import *ret,
	struct sbx_error *err);

#endif
