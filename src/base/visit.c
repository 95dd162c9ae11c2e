/* SPDX-License-Identifier: Apache-2.0 */
#include "base/visit.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

static int open_place(const char *path, int *ret_fd, struct sbx_error *err)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open '%s'", path);
	*ret_fd = fd;
	return 0;
}

static void forget(struct visit *visit)
{
	close_fdp(&visit->mnt_ns);
	close_fdp(&visit->root);
	close_fdp(&visit->cwd);
	*visit = VISIT_INIT;
}

static int begin(struct visit *visit, struct sbx_error *err)
{
	int r = open_place("/", &visit->root, err);

	if (r == 0)
		r = open_place(".", &visit->cwd, err);
	if (r == 0) {
		visit->mnt_ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
		if (visit->mnt_ns < 0)
			r = error_errno(err, errno, "open '/proc/self/ns/mnt'");
	}
	if (r < 0)
		forget(visit);
	return r;
}

int visit_enter(struct visit *visit, int mnt_ns, struct sbx_error *err)
{
	int r = begin(visit, err);

	if (r < 0)
		return r;
	if (setns(mnt_ns, CLONE_NEWNS) < 0) {
		r = error_errno(err, errno, "enter a mount namespace of sandboxctl's own");
		forget(visit);
	}
	return r;
}

int visit_create(struct visit *visit, int *ret_mnt_ns, struct sbx_error *err)
{
	int r = begin(visit, err), fd;

	if (r < 0)
		return r;
	if (unshare(CLONE_NEWNS) < 0) {
		r = error_errno(err, errno, "unshare the mount namespace");
		forget(visit);
		return r;
	}
	/* Now, for there may be no /proc to open it from later. */
	fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "open '/proc/self/ns/mnt'");
	*ret_mnt_ns = fd;
	return 0;
}

int visit_leave(struct visit *visit, struct sbx_error *err)
{
	int r = 0;

	if (visit->mnt_ns < 0)
		return 0;
	/* setns(2) puts root and cwd at the namespace's root, which needn't be where they were. */
	if (setns(visit->mnt_ns, CLONE_NEWNS) < 0 || fchdir(visit->root) < 0 || chroot(".") < 0 ||
		fchdir(visit->cwd) < 0)
		r = error_errno(err, errno, "return to the mount namespace of the start");
	forget(visit);
	return r;
}

void visit_leave_or_die(struct visit *visit)
{
	if (visit_leave(visit, NULL) < 0)
		abort();
}
