/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the meaning of a container's profile depends on besides its text.
 */
#ifndef SBX_OCI_HOST_H
#define SBX_OCI_HOST_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* The names of one architecture. */
struct oci_arch {
	uint32_t number; /* libseccomp's */
	const char *name; /* uname(2)'s: "x86_64" */
	const char *token; /* the OCI's: "SCMP_ARCH_X86_64" */
	const char *docker; /* in includes and excludes: "amd64" */
};

struct oci_kernel {
	uint32_t major, minor;
};

struct oci_host {
	const struct oci_arch *arch;
	struct oci_kernel kernel;
};

/* Of this machine. */
int oci_host_read(struct oci_host *ret, struct sbx_error *err);

/* The architecture that programs of this machine are made for; NULL: not known here. */
const struct oci_arch *oci_arch_native(void);

/* "6.12" and nothing else. 0 or -EINVAL. */
int oci_kernel_parse(const char *s, struct oci_kernel *ret);

bool oci_kernel_is_at_least(const struct oci_kernel *kernel, const struct oci_kernel *least);

#endif
