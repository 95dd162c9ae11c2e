/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/cgroup_events.h"

#include "base/clock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>

int cgroup_open_events(const struct cgroup *cgroup)
{
	int fd = openat(cgroup->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int cgroup_read_event(int events, const char *key, uint64_t *ret_value)
{
	char text[128], *rest = text, *line;
	ssize_t n = pread(events, text, sizeof(text) - 1, 0);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		const char *after = str_after(line, key);

		if (after && *after == ' ')
			return str_to_u64(after + 1, ret_value);
	}
	return -ENODATA;
}

/* A change of cgroup.events wakes a poll for POLLPRI. */
int cgroup_wait_event(int events, const char *key, uint64_t wanted, uint64_t deadline)
{
	struct pollfd pollfd = { .fd = events, .events = POLLPRI };
	uint64_t value;

	for (;;) {
		int r = cgroup_read_event(events, key, &value), left = clock_left_ms(deadline);

		if (r < 0 || value == wanted)
			return r;
		if (left == 0)
			return -ETIMEDOUT;
		if (poll(&pollfd, 1, left) < 0 && errno != EINTR)
			return -errno;
	}
}

/*
 * Of a cgroup that is removed soon after its last process went, the kernel may keep the change to
 * itself; the folder above tells that it was removed.
 */
static int watch_removals(const struct cgroup *parent)
{
	_cleanup_close_ int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", parent->fd);
	if (fd < 0 || inotify_add_watch(fd, path, IN_DELETE | IN_ONLYDIR) < 0)
		return -errno;
	return take_fd(&fd);
}

static int wait_change(int events, int removals)
{
	struct pollfd fds[] = {
		{ .fd = events, .events = POLLPRI },
		{ .fd = removals, .events = POLLIN },
	};
	char ignored[4096];

	if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
		return -errno;
	while (read(removals, ignored, sizeof(ignored)) > 0)
		;
	return 0;
}

int cgroup_wait_gone(const struct cgroup *parent, const char *name, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup cgroup = CGROUP_INIT;
	_cleanup_close_ int removals = watch_removals(parent), events = -1;
	uint64_t populated = 1;
	int r = removals < 0 ? error_errno(err, -removals, "watch cgroup '%s'", parent->path)
			     : cgroup_open(parent, name, &cgroup, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = events = cgroup_open_events(&cgroup);
	while (r >= 0) {
		r = cgroup_read_event(events, "populated", &populated);
		if (r == 0 && !populated)
			return 0;
		if (r == 0)
			r = wait_change(events, removals);
	}
	return r == -ENODEV || r == -ENOENT
		       ? 0
		       : error_errno(err, -r, "wait for cgroup '%s'", cgroup.path);
}
