/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/events.h"

#include "base/bpf.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

/* A record of the doorbell's: its header, and a number. */
enum { RECORD_SIZE = BPF_RINGBUF_HDR_SZ + sizeof(uint64_t) };

int lsm_events_open(const struct lsm *lsm, struct lsm_events *ret_events, struct sbx_error *err)
{
	_cleanup_lsm_events_ struct lsm_events events = LSM_EVENTS_INIT;
	int r = lsm_open_pin(lsm, "events", &events.events, err);

	if (r == 0)
		r = lsm_open_pin(lsm, "counters", &events.counters, err);
	if (r == 0)
		r = lsm_open_pin(lsm, "audits", &events.audits, err);
	if (r == 0)
		r = lsm_open_pin(lsm, "doorbell", &events.doorbell, err);
	if (r < 0)
		return r;
	events.generation = lsm->ready.generation;
	*ret_events = events;
	events = LSM_EVENTS_INIT;
	return 0;
}

void lsm_events_close(struct lsm_events *events)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (events->consumer)
		(void)munmap((void *)events->consumer, page);
	if (events->producer)
		(void)munmap((void *)events->producer, page);
	close_fdp(&events->events);
	close_fdp(&events->counters);
	close_fdp(&events->audits);
	close_fdp(&events->doorbell);
	*events = LSM_EVENTS_INIT;
}

int lsm_events_newest(const struct lsm_events *events, uint64_t *ret_number, struct sbx_error *err)
{
	struct sbx_counters counters;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(events->counters, &zero, &counters) < 0)
		return error_errno(err, errno, "read the map 'counters'");
	*ret_number = counters.events;
	return 0;
}

int lsm_event_check(const struct sbx_event *first, const struct sbx_event *second, uint64_t number)
{
	if (first->begun > number || second->begun > number)
		return -ENODATA;
	if (first->begun != number || first->finished != number ||
		memcmp(first, second, sizeof(*first)) != 0)
		return -EAGAIN;
	return 0;
}

int lsm_events_read(const struct lsm_events *events, uint64_t number, struct sbx_event *ret_event)
{
	__u32 slot = number % SBX_N_EVENTS;
	struct sbx_event copies[2];

	for (size_t i = 0; i < ARRAY_SIZE(copies); i++)
		if (bpf_map_lookup_elem(events->events, &slot, &copies[i]) < 0)
			return -errno;
	*ret_event = copies[0];
	return lsm_event_check(&copies[0], &copies[1], number);
}

int lsm_events_audit(const struct lsm_events *events, uint32_t tenant, struct sbx_audit *ret_audit)
{
	return bpf_map_lookup_elem(events->audits, &tenant, ret_audit) < 0 ? -errno : 0;
}

void lsm_events_each_audit(const struct lsm_events *events,
	void (*visit)(uint32_t tenant, const struct sbx_audit *audit, void *arg), void *arg)
{
	uint32_t tenant, *previous = NULL;
	struct sbx_audit audit;

	while (bpf_map_get_next_key(events->audits, previous, &tenant) == 0) {
		if (lsm_events_audit(events, tenant, &audit) == 0)
			visit(tenant, &audit, arg);
		previous = &tenant;
	}
}

/*
 * The ring is mapped for its positions alone. Several may follow, and a ring has one reader: so
 * each looks for the events in the recorder, and all throw away what is in the ring.
 */
int lsm_events_watch(struct lsm_events *events, int epoll, uint64_t id, struct sbx_error *err)
{
	/* By edge: each one that comes wakes everybody, whoever has looked at the former ones. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = id };
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer, *producer;

	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, events->doorbell, 0);
	if (consumer == MAP_FAILED)
		return error_errno(err, errno, "map the ring 'doorbell'");
	events->consumer = consumer;
	producer = mmap(NULL, page, PROT_READ, MAP_SHARED, events->doorbell, (off_t)page);
	if (producer == MAP_FAILED)
		return error_errno(err, errno, "map the ring 'doorbell'");
	events->producer = producer;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, events->doorbell, &event) < 0)
		return error_errno(err, errno, "watch the ring 'doorbell'");
	return 0;
}

/*
 * All but one record, for an empty ring wakes nobody: who comes second would miss it. A position
 * that is behind another follower's by now is put right by whoever wrote it.
 */
void lsm_events_heard(struct lsm_events *events)
{
	uint64_t end;

	do {
		end = __atomic_load_n(events->producer, __ATOMIC_ACQUIRE);
		if (end >= RECORD_SIZE)
			__atomic_store_n(events->consumer, end - RECORD_SIZE, __ATOMIC_SEQ_CST);
	} while (__atomic_load_n(events->producer, __ATOMIC_SEQ_CST) != end);
}

static int run_program(int program, const void *what, size_t size, struct sbx_error *err)
{
	BPF_ATTR(attr);

	attr.test.prog_fd = (__u32)program;
	attr.test.ctx_in = bpf_pointer(what);
	attr.test.ctx_size_in = (__u32)size;
	if (bpf_call(BPF_PROG_TEST_RUN, &attr) < 0)
		return error_errno(err, errno, "run a program of the recorder's");
	if (attr.test.retval)
		return error_errno(err, (int)attr.test.retval, "tell the recorder");
	return 0;
}

int lsm_tell_timeout(
	const struct lsm *lsm, const struct sbx_timeout *timeout, struct sbx_error *err)
{
	_cleanup_close_ int program = -1;
	int r = lsm_open_pin(lsm, "tell_timeout", &program, err);

	return r < 0 ? r : run_program(program, timeout, sizeof(*timeout), err);
}

static int set_rate(int program, uint32_t tenant, uint32_t rate, struct sbx_error *err)
{
	const struct sbx_rate_change change = { .interval = rate ? SBX_AUDIT_SECOND / rate : 0,
		.tenant = tenant };
	int r = run_program(program, &change, sizeof(change), err);

	return r < 0 ? error_prefix(err, r, "set a tenant's [audit] rate") : 0;
}

/* Most tenants have the one that who is new gets, and no bucket before they need it. */
static bool has_rate(int audits, uint32_t tenant, uint32_t rate)
{
	struct sbx_audit audit = { .interval = SBX_AUDIT_INTERVAL };

	(void)bpf_map_lookup_elem(audits, &tenant, &audit);
	return audit.interval == (rate ? SBX_AUDIT_SECOND / rate : 0);
}

int lsm_set_rates(const struct lsm *lsm, const uint32_t *tenants, const uint32_t *rates, size_t n,
	struct sbx_error *err)
{
	_cleanup_close_ int audits = -1, program = -1;
	int r = lsm_open_pin(lsm, "audits", &audits, err);

	if (r == 0)
		r = lsm_open_pin(lsm, "set_rate", &program, err);
	for (size_t i = 0; i < n && r == 0; i++)
		if (!has_rate(audits, tenants[i], rates[i]))
			r = set_rate(program, tenants[i], rates[i], err);
	return r;
}
