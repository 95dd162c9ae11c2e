/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources that give themselves back: cleanup attributes, and the verbs that hand ownership over.
 */
#ifndef SBX_BASE_CLEANUP_H
#define SBX_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Descriptors start at -1; 0 is a valid one and is closed like any other. Keeps errno. */
static inline void close_fdp(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

static inline void free_ptrp(void *p)
{
	free(*(void **)p);
}

static inline void fclose_filep(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

static inline void closedir_dirp(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

#define _cleanup_(f)	   __attribute__((__cleanup__(f)))
#define _cleanup_close_	   _cleanup_(close_fdp)
#define _cleanup_free_	   _cleanup_(free_ptrp)
#define _cleanup_fclose_   _cleanup_(fclose_filep)
#define _cleanup_closedir_ _cleanup_(closedir_dirp)

/* Hands a descriptor to the caller's caller: the cleanup of *fd then has nothing to close. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_ptr(p)                       \
	({                                \
		__auto_type taken_ = (p); \
		(p) = NULL;               \
		taken_;                   \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
