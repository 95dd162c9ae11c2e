/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that must be denied everything: proof that the hooks not only loaded but run.
 */
#ifndef SBX_LIBEXEC_CANARY_H
#define SBX_LIBEXEC_CANARY_H

#include "kernel/cgroup.h"

/* Tries from a cgroup below the base that no tenant is known for. 0, or -EPERM with what passed. */
int canary_is_denied(const struct cgroup *base, struct sbx_error *err);

#endif
