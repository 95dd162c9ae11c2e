/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: what the kernel side has recorded, and what it records from now on.
 */
#include "lsm/events.h"
#include "base/clock.h"
#include "base/when.h"
#include "cmd/cmd.h"
#include "cmd/event.h"
#include "cmd/event_drops.h"
#include "lsm/home.h"
#include "state/ids.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#define SECOND 1000000LL /* usec */

const struct cmd_option cmd_events_options[] = {
	{ "follow", 'f', 'f', NULL, "wait for what comes, and tell it" },
	{ "since", .id = 's', .arg = "WHEN",
		.help = "no older ones: -5m, 10:00, '2026-11-26 10:00'" },
	{ "tenant", 't', 't', "TENANT", "of that one alone" },
	{ "json", .id = CMD_JSON, .help = "print JSON, a line each" },
	{ 0 },
};

struct reading {
	struct lsm_events events;
	struct event_teller teller;
	struct event_drops drops;
	bool one_tenant;
	uint32_t tenant; /* where it is one */
	int64_t since; /* usec since the epoch */
	uint64_t next; /* number of the event that comes next */
	uint64_t lost; /* overwritten before they were read */
	uint64_t pending; /* that is being written; 0: none */
	uint64_t pending_since; /* CLOCK_MONOTONIC, usec */
	uint64_t summed; /* the same: when it was last told what was lost and dropped */
	int epoll, inotify;
};

enum { WAKE_EVENT, WAKE_LOAD };

static int open_events(struct reading *r, struct sbx_error *err)
{
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	int e = lsm_open(&lsm, err);

	return e < 0 ? e : lsm_events_open(&lsm, &r->events, err);
}

static void tell_lost(struct reading *r)
{
	if (!r->lost)
		return;
	if (r->teller.json)
		(void)printf("{\"kind\":\"lost\",\"count\":%llu}\n", (unsigned long long)r->lost);
	else
		(void)printf("-- %llu were overwritten before they could be read --\n",
			(unsigned long long)r->lost);
	r->lost = 0;
}

static void tell_sums(struct reading *r)
{
	tell_lost(r);
	event_drops_tell(&r->drops, r->one_tenant ? &r->tenant : NULL, r->teller.json);
	r->summed = clock_usec();
}

static void tell(struct reading *r, const struct sbx_event *event)
{
	tell_lost(r);
	event_drops_look(&r->drops, &r->events, event->tenant);
	if ((!r->one_tenant || event->tenant == r->tenant) &&
		event_time(&r->teller, event) >= r->since)
		event_tell(&r->teller, event);
}

/* Its writer is at it just now, or has given it up. */
static bool is_given_up(struct reading *r)
{
	if (r->pending != r->next) {
		r->pending = r->next;
		r->pending_since = clock_usec();
	}
	return clock_usec() - r->pending_since >= SECOND;
}

/* All that are there and weren't told. */
static int tell_new(struct reading *r, struct sbx_error *err)
{
	uint64_t newest;
	int e = lsm_events_newest(&r->events, &newest, err);

	if (e == 0 && r->next < lsm_events_oldest(newest)) {
		r->lost += lsm_events_oldest(newest) - r->next;
		r->next = lsm_events_oldest(newest);
	}
	for (; e == 0 && r->next <= newest; r->next++) {
		struct sbx_event event;
		int read = lsm_events_read(&r->events, r->next, &event);

		if (read == 0)
			tell(r, &event);
		else if (read == -ENODATA || is_given_up(r))
			r->lost++;
		else
			break;
	}
	if (r->next > newest)
		r->pending = 0;
	return e;
}

static int flush(struct sbx_error *err)
{
	return fflush(stdout) == 0 ? 0 : error_errno(err, errno, "write to stdout");
}

/* ---- what there is ---- */

static int list(struct reading *r, struct sbx_error *err)
{
	uint64_t newest;
	int e = lsm_events_newest(&r->events, &newest, err);

	if (e < 0)
		return e;
	/* What was overwritten long ago is nobody's loss. */
	r->next = lsm_events_oldest(newest);
	e = tell_new(r, err);
	if (e < 0)
		return e;
	event_drops_look_all(&r->drops, &r->events);
	tell_sums(r);
	return flush(err);
}

/* ---- what comes ---- */

static int watch(struct reading *r, struct sbx_error *err)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = WAKE_LOAD };

	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (r->epoll < 0 || r->inotify < 0)
		return error_errno(err, errno, "wait for events");
	if (inotify_add_watch(r->inotify, LSM_DIR, IN_DELETE | IN_CREATE | IN_MOVED_TO) < 0 ||
		epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->inotify, &event) < 0)
		return error_errno(err, errno, "watch '%s'", LSM_DIR);
	return lsm_events_watch(&r->events, r->epoll, WAKE_EVENT, err);
}

/* Whether it was loaded anew: what is of the former load was told, and can't get more. */
static int look_at_load(struct reading *r, struct sbx_error *err)
{
	struct lsm_events before = r->events;
	struct sbx_error ignored;
	char names[4096];

	while (read(r->inotify, names, sizeof(names)) > 0)
		;
	/* There is none just now, or none for this program: the next load tells. */
	if (open_events(r, &ignored) < 0)
		return 0;
	if (r->events.generation == before.generation) {
		lsm_events_close(&r->events);
		r->events = before;
		return 0;
	}
	lsm_events_close(&before);
	event_drops_clear(&r->drops);
	r->next = 1;
	r->pending = 0;
	return lsm_events_watch(&r->events, r->epoll, WAKE_EVENT, err);
}

/* There is something that only time can settle. */
static int timeout_of(const struct reading *r)
{
	return r->pending || r->lost || event_drops_are_due(&r->drops) ? 1000 : -1;
}

static int follow(struct reading *r, struct sbx_error *err)
{
	int e = 0, timeout = 0;

	while (e == 0) {
		struct epoll_event events[2];
		int n;

		event_rest(&r->teller);
		n = epoll_wait(r->epoll, events, ARRAY_SIZE(events), timeout);

		if (n < 0 && errno != EINTR)
			return error_errno(err, errno, "wait for events");
		lsm_events_heard(&r->events);
		e = tell_new(r, err);
		/* Not with each event: a tenant may be denied something all the time. */
		if (clock_usec() - r->summed >= SECOND)
			tell_sums(r);
		for (int i = 0; i < n && e == 0; i++)
			if (events[i].data.u64 == WAKE_LOAD)
				e = look_at_load(r, err);
		if (e == 0)
			e = flush(err);
		timeout = timeout_of(r);
	}
	return e;
}

/* ---- the command ---- */

struct asked {
	bool follow, json;
	const char *since, *tenant;
};

static int find_tenant(const char *name, struct reading *r, struct sbx_error *err)
{
	struct tenant_id *list_of_all = NULL;
	size_t n = 0;
	int e = ids_list(&list_of_all, &n, err);

	if (e < 0)
		return e;
	r->one_tenant = true;
	r->tenant = ids_of(list_of_all, n, name);
	free(list_of_all);
	if (r->tenant)
		return 0;
	e = error_set(err, ENOENT, "there is no tenant '%s'", name);
	return error_cure(err, e, "sandboxctl tenant list --all shows what there is");
}

static int read_events(struct reading *r, const struct asked *asked, struct sbx_error *err)
{
	int e = asked->tenant ? find_tenant(asked->tenant, r, err) : 0;

	if (e == 0)
		e = open_events(r, err);
	if (e == 0 && asked->follow)
		e = watch(r, err);
	if (e < 0)
		return e;
	if (!asked->follow)
		return list(r, err);
	event_drops_skip(&r->drops, &r->events);
	e = lsm_events_newest(&r->events, &r->next, err);
	/* From now on, or what there is since then, too. */
	r->next = asked->since ? lsm_events_oldest(r->next) : r->next + 1;
	return e < 0 ? e : follow(r, err);
}

static int events(const struct cmd_context *context, const struct asked *asked)
{
	int64_t now = (int64_t)clock_usec_of(CLOCK_REALTIME);
	struct reading r = {
		.events = LSM_EVENTS_INIT,
		.teller = { .dirs = &context->dirs, .json = asked->json },
		.since = INT64_MIN,
		.epoll = -1,
		.inotify = -1,
	};
	struct sbx_error err = { 0 };
	int e;

	if (asked->since && when_parse(asked->since, now, &r.since) < 0) {
		(void)fprintf(stderr,
			"sandboxctl: events: '%s' is no moment: -5m, 10:00, '2026-11-26 10:00'\n",
			asked->since);
		return CMD_USAGE;
	}
	if (!cmd_is_root("events"))
		return CMD_FAILED;
	event_rest(&r.teller);
	e = read_events(&r, asked, &err);
	event_rest(&r.teller);
	event_drops_clear(&r.drops);
	lsm_events_close(&r.events);
	close_fdp(&r.epoll);
	close_fdp(&r.inotify);
	return e < 0 ? cmd_fail(&err) : CMD_DONE;
}

int cmd_events(const struct cmd_context *context, int argc, char **argv)
{
	struct asked asked = { 0 };
	int option, exit_code;

	while ((option = cmd_next_option(cmd_events_options, argc, argv)) >= 0) {
		if (option == 'f')
			asked.follow = true;
		else if (option == CMD_JSON)
			asked.json = true;
		else if (option == 's')
			asked.since = optarg;
		else
			asked.tenant = optarg;
	}
	if (cmd_end_options("events", option, argc, argv, 0, 0, &exit_code) < 0)
		return exit_code;
	return events(context, &asked);
}
