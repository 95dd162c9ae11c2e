/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include "base/cleanup.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct {
	int resource;
	rlim_t least;
} needs[] = {
	{ RLIMIT_FSIZE, RLIM_INFINITY },
	{ RLIMIT_NOFILE, 4096 },
};

/* RLIM_INFINITY is the highest number. */
static void raise_limit(int resource, rlim_t least)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0 || limit.rlim_cur >= least)
		return;
	limit.rlim_cur = least;
	if (limit.rlim_max < least)
		limit.rlim_max = least;
	/* Where it can't be raised, what needs more says so itself. */
	(void)setrlimit(resource, &limit);
}

void process_normalise(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	/* The kernel reaps the children of who ignores it. */
	(void)sigaction(SIGCHLD, &sa, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		raise_limit(needs[i].resource, needs[i].least);
}

/* fs.nr_open, of which this is the default: where it is less, as many as can be. */
void process_allow_files(void)
{
	for (rlim_t n = 1 << 20; n > 4096; n /= 2)
		raise_limit(RLIMIT_NOFILE, n);
}

/* As deep as a stack is ever used here: fewer pages are there, and of others it says so. */
#define STACK_DEPTH (256 << 10)

/* Not of this function's own page, nor of that below, where a handler or the callee may stand. */
void process_release_memory(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t end = ((uintptr_t)__builtin_frame_address(0) & -page) - page;

	(void)malloc_trim(0);
	(void)madvise((void *)(end - STACK_DEPTH), STACK_DEPTH, MADV_DONTNEED);
}

/* A pidfd can be read from its process' end on: pidfd_open(2). */
bool process_is_alive(int pidfd)
{
	struct pollfd pollfd = { .fd = pidfd, .events = POLLIN };

	return poll(&pollfd, 1, 0) == 0;
}
