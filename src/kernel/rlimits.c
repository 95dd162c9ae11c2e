/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/rlimits.h"

#include "base/str.h"

#include <errno.h>
#include <sys/param.h>
#include <sys/resource.h>

/*
 * What a command has that its policy says nothing of, whatever the caller has: what the kernel and
 * systemd start a service with. CORE, no dumps: with 0 the kernel still feeds a core_pattern that
 * is a pipe, with 1 neither. Real-time priorities would pass by cpu.max. How many processes,
 * pids.max says.
 */
static const struct {
	int resource;
	struct rlimit limit;
} rlimits[] = {
	{ RLIMIT_AS, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_CORE, { 1, 1 } },
	{ RLIMIT_CPU, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_DATA, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_FSIZE, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_LOCKS, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_MEMLOCK, { 8 << 20, 8 << 20 } },
	{ RLIMIT_MSGQUEUE, { 800 << 10, 800 << 10 } },
	{ RLIMIT_NICE, { 0, 0 } },
	{ RLIMIT_NOFILE, { 1024, 512 << 10 } },
	{ RLIMIT_NPROC, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_RSS, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_RTPRIO, { 0, 0 } },
	{ RLIMIT_RTTIME, { RLIM_INFINITY, RLIM_INFINITY } },
	{ RLIMIT_SIGPENDING, { 8192, 8192 } },
	{ RLIMIT_STACK, { 8 << 20, RLIM_INFINITY } },
};
_Static_assert(ARRAY_SIZE(rlimits) == RLIM_NLIMITS, "all of them");

/* NULL: the policy says nothing of it. */
static const struct policy_rlimit *said_rlimit(const struct policy *policy, int resource)
{
	for (size_t i = 0; i < policy->process.n_rlimits; i++)
		if (policy->process.rlimits[i].resource == resource)
			return &policy->process.rlimits[i];
	return NULL;
}

static int set_rlimit(int resource, struct rlimit limit)
{
	return setrlimit(resource, &limit) < 0 ? -errno : 0;
}

/* A root without CAP_SYS_RESOURCE, as in a container, gives as much as it has. */
static int set_default_rlimit(int resource, struct rlimit limit)
{
	struct rlimit own;
	int r = set_rlimit(resource, limit);

	if (r != -EPERM)
		return r;
	if (getrlimit(resource, &own) < 0)
		return -errno;
	limit.rlim_cur = MIN(limit.rlim_cur, own.rlim_max);
	limit.rlim_max = MIN(limit.rlim_max, own.rlim_max);
	return set_rlimit(resource, limit);
}

int rlimits_set(const struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rlimits) && r == 0; i++) {
		const struct policy_rlimit *said = said_rlimit(policy, rlimits[i].resource);

		r = said ? set_rlimit(said->resource, (struct rlimit){ said->soft, said->hard })
			 : set_default_rlimit(rlimits[i].resource, rlimits[i].limit);
	}
	return r;
}
