/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User namespaces that know next to nobody: user_namespaces(7).
 */
#ifndef SBX_KERNEL_USERNS_H
#define SBX_KERNEL_USERNS_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

struct userns_ids {
	/* The same numbers inside and outside. */
	uid_t uid;
	gid_t gid;
	uint32_t root; /* uid and gid of who is 0 inside; nobody's number outside. 0: there is none
			*/
};

/*
 * Makes one, for processes to join, as none is in it: the descriptor is CLOEXEC, and the caller's.
 * All other ids are nobody's in it, no process of it sets groups, and none makes namespaces of any
 * kind, whatever its capabilities. Takes CAP_SYS_ADMIN, CAP_SETUID and CAP_SETGID.
 */
int userns_make(const struct userns_ids *ids, int *ret_userns, struct sbx_error *err);

#endif
