/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/inherited.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ASKED		 0xffffffffUL
#define TIMER_SLACK_NSEC 50000UL

/* More than any kernel is built for: it takes those that there are, and that the cgroup has. */
#define CPUS_MAX 8192

int inherited_hide(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : -EPERM;
}

/* A caller without address randomisation, or for which all that is read can be executed. */
static int reset_personality(void)
{
	if (personality(PER_LINUX) < 0)
		return -errno;
	return personality(ASKED) == PER_LINUX ? 0 : -EPERM;
}

/* A real-time policy would go by cpu.max, a nice below 0 by other tenants of the same weight. */
static int reset_scheduling(void)
{
	struct sched_attr attr = { .size = sizeof(attr), .sched_policy = SCHED_NORMAL };

	if (syscall(SYS_sched_setattr, 0, &attr, 0) < 0 ||
		syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) < 0)
		return -errno;
	return attr.sched_policy == SCHED_NORMAL && attr.sched_nice == 0 ? 0 : -EPERM;
}

/* One of none follows from nice. */
static int reset_ioprio(void)
{
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0) < 0 ? -errno : 0;
}

/* A caller that is bound to few CPUs binds the tenant, whose cpuset.cpus says to which. */
static int reset_affinity(void)
{
	unsigned char all[CPUS_MAX / 8];

	(void)memset(all, 0xff, sizeof(all));
	return syscall(SYS_sched_setaffinity, 0, sizeof(all), all) < 0 ? -errno : 0;
}

/* Not every kernel knows of nodes. */
static int reset_memory_policy(void)
{
	return syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) < 0 && errno != ENOSYS ? -errno
											: 0;
}

/* 0 is what the caller has. */
static int reset_timer_slack(void)
{
	return prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NSEC, 0, 0, 0) < 0 ? -errno : 0;
}

/*
 * A caller that is never to be killed would take the host down with its tenant. Written by who has
 * CAP_SYS_RESOURCE, it is also the lowest that the tenant can go back to: proc(5).
 */
static int reset_oom_score(void)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, "0", 1) != 1 ? -errno : 0;
}

static int (*const resets[])(void) = {
	reset_personality,
	reset_scheduling,
	reset_ioprio,
	reset_affinity,
	reset_memory_policy,
	reset_timer_slack,
	reset_oom_score,
};

int inherited_reset(void)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(resets) && r == 0; i++)
		r = resets[i]();
	return r;
}
