/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.max of a cgroup that processes are in. The kernel kills to get below a new limit; here
 * memory is taken away first, and where it can't be, the limit stays what it was.
 */
#include "kernel/cgroup.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/fs.h"

#include <poll.h>

#define LOWER_TIMEOUT  10000000 /* usec, for all of it */
#define FREEZE_TIMEOUT 1000000 /* usec, for one attempt */
/* Nothing tells that use has fallen: without an event it is looked at again after that time. */
#define LOOK_AGAIN 100 /* msec */

/* "max" is the highest number. */
static int read_number(
	const struct cgroup *cgroup, const char *file, uint64_t *ret_number, struct sbx_error *err)
{
	char text[64];
	ssize_t n = fs_read(cgroup->fd, file, text, sizeof(text));

	if (n < 0)
		return error_errno(err, (int)-n, "read %s of cgroup '%s'", file, cgroup->path);
	text[strcspn(text, "\n")] = '\0';
	*ret_number = UINT64_MAX;
	if (!streq(text, "max") && str_to_u64(text, ret_number) < 0)
		return error_set(err, EIO, "%s of cgroup '%s' is '%s'", file, cgroup->path, text);
	return 0;
}

static int write_number(
	const struct cgroup *cgroup, const char *file, uint64_t number, struct sbx_error *err)
{
	char text[32] = "max";
	int r;

	if (number != UINT64_MAX)
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	r = fs_write(cgroup->fd, file, text);
	if (r < 0)
		return error_errno(
			err, -r, "write '%s' to %s of cgroup '%s'", text, file, cgroup->path);
	return 0;
}

struct lowering {
	const struct cgroup *cgroup;
	uint64_t max; /* that is wanted */
	uint64_t deadline;
	int events; /* cgroup.events: wakes a poll for POLLPRI when a process comes, goes or stops
		     */
};

/* Waits for the next event from now on, at most until the deadline or that long. */
static void wait_for_change(const struct lowering *l)
{
	struct pollfd pollfd = { .fd = l->events, .events = POLLPRI };
	int left = clock_left_ms(l->deadline);
	uint64_t ignored;

	(void)cgroup_read_event(l->events, "frozen", &ignored);
	(void)poll(&pollfd, 1, left < LOOK_AGAIN ? left : LOOK_AGAIN);
}

/*
 * Who can't run can't take memory between the look and the write. *ret_done false: it has too much,
 * or doesn't stop.
 */
static int set_frozen(const struct lowering *l, bool *ret_done, struct sbx_error *err)
{
	uint64_t current = UINT64_MAX, kills;
	int r;

	if (cgroup_wait_event(l->events, "frozen", 1, clock_usec() + FREEZE_TIMEOUT) < 0)
		return 0;
	failpoint_kill("memory-frozen");
	r = read_number(l->cgroup, "memory.current", &current, err);
	if (r < 0 || current > l->max)
		return r;
	kills = cgroup_event(l->cgroup, "memory.events", "oom_kill");
	r = write_number(l->cgroup, "memory.max", l->max, err);
	if (r == 0 && cgroup_event(l->cgroup, "memory.events", "oom_kill") != kills)
		return error_set(err, EIO,
			"the kernel killed a process of cgroup '%s' for the new memory.max",
			l->cgroup->path);
	*ret_done = r == 0;
	return r;
}

/* What somebody else has frozen is nobody's to thaw. */
static int try_set(const struct lowering *l, bool *ret_done, struct sbx_error *err)
{
	uint64_t before = 0;
	int thawed, r = read_number(l->cgroup, "cgroup.freeze", &before, err);

	if (r < 0)
		return r;
	if (!before)
		r = cgroup_freeze_briefly(l->cgroup, err);
	if (r == 0)
		r = set_frozen(l, ret_done, err);
	/* What somebody has frozen meanwhile stays so, too. */
	thawed = cgroup_thaw_left(l->cgroup, r < 0 ? NULL : err);
	return r < 0 ? r : thawed;
}

/* It comes back when it has the bytes or can't get any more, which is no error yet. */
static void reclaim(const struct lowering *l, uint64_t bytes)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	(void)fs_write(l->cgroup->fd, "memory.reclaim", text);
}

static int give_up(const struct lowering *l, uint64_t current, struct sbx_error *err)
{
	unsigned long long max = l->max;
	int r;

	if (current <= l->max)
		return error_set(err, ETIMEDOUT,
			"memory.max of cgroup '%s' can't be lowered to %llu: its processes don't "
			"stop for it",
			l->cgroup->path, max);
	r = error_set(err, EBUSY,
		"memory.max of cgroup '%s' can't be lowered to %llu: %llu bytes are in use, and "
		"could not be taken away in %d s",
		l->cgroup->path, max, (unsigned long long)current, LOWER_TIMEOUT / 1000000);
	return error_cure(err, r,
		"the limit is what it was; end what uses the memory, or allow it swap with "
		"memory.swap.max");
}

static int lower(const struct lowering *l, struct sbx_error *err)
{
	for (;;) {
		uint64_t current = 0;
		bool done = false;
		int r = read_number(l->cgroup, "memory.current", &current, err);

		if (r == 0 && current > l->max) {
			reclaim(l, current - l->max);
			r = read_number(l->cgroup, "memory.current", &current, err);
		}
		if (r == 0 && current <= l->max)
			r = try_set(l, &done, err);
		if (r < 0 || done)
			return r;
		if (clock_left_ms(l->deadline) == 0)
			return give_up(l, current, err);
		wait_for_change(l);
	}
}

/* Above memory.high whoever takes memory has to give some back first, and waits. */
static int lower_from_high(const struct lowering *l, struct sbx_error *err)
{
	uint64_t high = 0;
	int restored = 0, r = read_number(l->cgroup, "memory.high", &high, err);

	if (r < 0)
		return r;
	if (l->max < high)
		r = write_number(l->cgroup, "memory.high", l->max, err);
	if (r == 0)
		r = lower(l, err);
	if (l->max < high)
		restored = write_number(l->cgroup, "memory.high", high, r < 0 ? NULL : err);
	return r < 0 ? r : restored;
}

int cgroup_set_memory_max(const struct cgroup *cgroup, const char *value, struct sbx_error *err)
{
	uint64_t before = 0, max = UINT64_MAX;
	_cleanup_close_ int events = -1;
	bool populated = false;
	int r = cgroup_is_populated(cgroup, &populated, err);

	if (r == 0)
		r = read_number(cgroup, "memory.max", &before, err);
	if (r < 0)
		return r;
	if (!streq(value, "max") && str_to_u64(value, &max) < 0)
		return error_set(err, EINVAL, "memory.max: '%s' is not a number", value);
	if (max >= before || !populated)
		return write_number(cgroup, "memory.max", max, err);
	events = cgroup_open_events(cgroup);
	if (events < 0)
		return error_errno(err, -events, "open cgroup.events of '%s'", cgroup->path);
	return lower_from_high(
		&(struct lowering){ cgroup, max, clock_usec() + LOWER_TIMEOUT, events }, err);
}
