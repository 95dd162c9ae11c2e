/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/mntns.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/stat.h>

#define OWN_NS	"/proc/self/ns/mnt"
#define HOST_NS "/proc/1/ns/mnt"

int mntns_enter_host(struct sbx_error *err)
{
	_cleanup_close_ int host = -1;
	struct stat own_ns, host_ns;
	char here[PATH_MAX];

	/* Who may not look at process 1 is in no position to enter its namespaces, or to load the
	 * LSM. */
	if (stat(HOST_NS, &host_ns) < 0 && errno == EACCES)
		return 0;
	if (stat(OWN_NS, &own_ns) < 0 || stat(HOST_NS, &host_ns) < 0)
		return error_errno(err, errno, "stat '%s'", HOST_NS);
	if (own_ns.st_ino == host_ns.st_ino && own_ns.st_dev == host_ns.st_dev)
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
