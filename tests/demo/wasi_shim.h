/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Unix program expects of libc and WASI does not have; forced in with `clang -include`.
 */
#ifndef TESTS_DEMO_WASI_SHIM_H
#define TESTS_DEMO_WASI_SHIM_H

#include <sys/types.h>

/*
 * Files of WASI have neither mode nor owner. There is nothing to carry over from one file to
 * another, so these succeed: a failure would make a program give up on a copy that is complete.
 */
static inline int fchmod(int fd, mode_t mode)
{
	(void)fd;
	(void)mode;
	return 0;
}

static inline int fchown(int fd, uid_t owner, gid_t group)
{
	(void)fd;
	(void)owner;
	(void)group;
	return 0;
}

#endif
