/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/mntns.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/stat.h>

#define OWN_NS	  "/proc/self/ns/mnt"
#define HOST_NS	  "/proc/1/ns/mnt"
#define HOST_ROOT "/proc/1/root"

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

/*
 * A /run of its own makes an installation of its own: nothing of the host's is meant. Nor can who
 * may not look at process 1 tell: he is in no position to enter its namespaces, or to load the LSM.
 */
static bool belongs_elsewhere(void)
{
	return !same_file(OWN_NS, HOST_NS) && same_file("/run", HOST_ROOT "/run");
}

int mntns_enter_host(struct sbx_error *err)
{
	_cleanup_close_ int host = -1;
	char here[PATH_MAX];

	if (!belongs_elsewhere())
		return 0;
	host = open(HOST_NS, O_RDONLY | O_CLOEXEC);
	if (host < 0)
		return error_errno(err, errno, "open '%s'", HOST_NS);
	/* A folder that the host doesn't have is "/" there: a relative path is then not found. */
	if (!getcwd(here, sizeof(here)))
		here[0] = '\0';
	if (setns(host, CLONE_NEWNS) < 0)
		return error_errno(err, errno, "enter the host's mount namespace");
	if (*here && chdir(here) < 0 && chdir("/") < 0)
		return error_errno(err, errno, "chdir '/'");
	return 0;
}
