/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A moment in another mount namespace, and back. The process must have one thread only (setns(2)).
 */
#ifndef SBX_BASE_VISIT_H
#define SBX_BASE_VISIT_H

#include "base/error.h"

/* Where a process was before. Descriptors -1 when not away. */
struct visit {
	int mnt_ns, root, cwd;
};

#define VISIT_INIT ((struct visit){ -1, -1, -1 })

/* Goes into a new one, which is a copy of this one; its descriptor is `ret_mnt_ns`. */
int visit_create(struct visit *visit, int *ret_mnt_ns, struct sbx_error *err);

int visit_enter(struct visit *visit, int mnt_ns, struct sbx_error *err);

/*
 * Back to where the visit began. A failure leaves the process in the wrong namespace: it can only
 * end.
 */
int visit_leave(struct visit *visit, struct sbx_error *err);

/* For `_cleanup_`: leaves, and aborts the process where that fails. */
void visit_leave_or_die(struct visit *visit);

#endif
