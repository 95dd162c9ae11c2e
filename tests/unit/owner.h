/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root does not trust files of others, and a checkout may be another user's.
 */
#ifndef SBX_OWNER_H
#define SBX_OWNER_H

#include "test.h"

#include <sys/stat.h>

/* Goes on as the owner of PATH, where root runs the test over somebody's checkout. */
static inline void as_owner_of(const char *path)
{
	struct stat st;

	ASSERT_EQ(0, stat(path, &st));
	if (geteuid() == 0 && st.st_uid != 0)
		ASSERT_EQ(0, seteuid(st.st_uid));
}

#endif
