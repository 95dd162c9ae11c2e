/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include "base/cleanup.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>

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

/* A pidfd can be read from its process' end on: pidfd_open(2). */
bool process_is_alive(int pidfd)
{
	struct pollfd pollfd = { .fd = pidfd, .events = POLLIN };

	return poll(&pollfd, 1, 0) == 0;
}
