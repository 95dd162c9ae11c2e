/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stopping what is in a cgroup: because somebody wants it to, or for a moment.
 */
#include "kernel/cgroup_freeze.h"

#include "base/clock.h"
#include "base/fs.h"

#include <sys/xattr.h>

/* Stopping is a matter of milliseconds, but for a process that the kernel can't interrupt. */
#define FREEZE_TIMEOUT 10000000 /* usec */

/* On a cgroup that is frozen for a moment: who does that may be killed before the moment is over.
 */
#define BRIEFLY "trusted.sandboxctl.frozen"

bool cgroup_is_frozen(const struct cgroup *cgroup)
{
	_cleanup_close_ int events = cgroup_open_events(cgroup);
	uint64_t frozen = 0;

	return events >= 0 && cgroup_read_event(events, "frozen", &frozen) == 0 && frozen;
}

static int set_frozen(const struct cgroup *cgroup, bool wanted, struct sbx_error *err)
{
	_cleanup_close_ int events = cgroup_open_events(cgroup);
	const char *what = wanted ? "freeze" : "thaw";
	int r = events;

	if (r >= 0)
		r = fs_write(cgroup->fd, "cgroup.freeze", wanted ? "1" : "0");
	if (r == 0)
		r = cgroup_wait_event(events, "frozen", wanted, clock_usec() + FREEZE_TIMEOUT);
	/* It may end by a signal that has waited for this, and be gone already. */
	if (r == -ENODEV && !wanted)
		return 0;
	if (r == -ETIMEDOUT)
		return error_set(err, ETIMEDOUT,
			"%s cgroup '%s': after 10 s some of its processes have not followed", what,
			cgroup->path);
	return r < 0 ? error_errno(err, -r, "%s cgroup '%s'", what, cgroup->path) : 0;
}

int cgroup_freeze(const struct cgroup *cgroup, struct sbx_error *err)
{
	int r;

	/* Whoever has frozen it for a moment leaves it so. */
	(void)fremovexattr(cgroup->fd, BRIEFLY);
	r = set_frozen(cgroup, true, err);
	/* Half of it stopped is worse than either. */
	if (r == -ETIMEDOUT)
		(void)fs_write(cgroup->fd, "cgroup.freeze", "0");
	return r;
}

int cgroup_thaw(const struct cgroup *cgroup, struct sbx_error *err)
{
	return set_frozen(cgroup, false, err);
}

int cgroup_freeze_briefly(const struct cgroup *cgroup, struct sbx_error *err)
{
	int r;

	if (fsetxattr(cgroup->fd, BRIEFLY, "", 0, 0) < 0)
		return error_errno(err, errno, "note that cgroup '%s' is frozen", cgroup->path);
	r = fs_write(cgroup->fd, "cgroup.freeze", "1");
	return r < 0 ? error_errno(err, -r, "freeze cgroup '%s'", cgroup->path) : 0;
}

bool cgroup_is_left_frozen(const struct cgroup *cgroup)
{
	return fgetxattr(cgroup->fd, BRIEFLY, NULL, 0) >= 0;
}

int cgroup_thaw_left(const struct cgroup *cgroup, struct sbx_error *err)
{
	int r;

	if (!cgroup_is_left_frozen(cgroup))
		return 0;
	r = fs_write(cgroup->fd, "cgroup.freeze", "0");
	if (r < 0)
		return error_errno(err, -r, "thaw cgroup '%s'", cgroup->path);
	(void)fremovexattr(cgroup->fd, BRIEFLY);
	return 0;
}
