/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel side has told: the flight recorder, and who waits for more of it.
 */
#ifndef SBX_LSM_EVENTS_H
#define SBX_LSM_EVENTS_H

#include "lsm/lsm.h"

/* Holds nothing but the maps: an unload needn't wait for who reads them. */
struct lsm_events {
	int events, counters, audits, doorbell;
	volatile uint64_t *consumer; /* of the doorbell's ring, mapped; NULL: nobody waits */
	const volatile uint64_t *producer;
	uint64_t generation; /* of the load that they are of */
};

#define LSM_EVENTS_INIT ((struct lsm_events){ -1, -1, -1, -1, NULL, NULL, 0 })

int lsm_events_open(const struct lsm *lsm, struct lsm_events *ret_events, struct sbx_error *err);
void lsm_events_close(struct lsm_events *events);
#define _cleanup_lsm_events_ _cleanup_(lsm_events_close)

/* The number of the newest event; 0: there was none. Those before it count down to 1. */
int lsm_events_newest(const struct lsm_events *events, uint64_t *ret_number, struct sbx_error *err);

/* The oldest that the recorder may still have, where that is the newest. */
static inline uint64_t lsm_events_oldest(uint64_t newest)
{
	return newest > SBX_N_EVENTS ? newest - SBX_N_EVENTS + 1 : 1;
}

/*
 * What two copies of a slot, one after the other, say of that event: 0: it is there, whole;
 * -EAGAIN: it isn't written yet, or just now; -ENODATA: a newer one has taken its place.
 */
int lsm_event_check(const struct sbx_event *first, const struct sbx_event *second, uint64_t number);

/* The same of the recorder, with the event. */
int lsm_events_read(const struct lsm_events *events, uint64_t number, struct sbx_event *ret_event);

/* A tenant's bucket. -ENOENT: it has none yet, for nothing has come of it. */
int lsm_events_audit(const struct lsm_events *events, uint32_t tenant, struct sbx_audit *ret_audit);
/* Goes through all tenants that have one. */
void lsm_events_each_audit(const struct lsm_events *events,
	void (*visit)(uint32_t tenant, const struct sbx_audit *audit, void *arg), void *arg);

/* Has that epoll(7) descriptor wake up for each event, with `id` as its data. */
int lsm_events_watch(struct lsm_events *events, int epoll, uint64_t id, struct sbx_error *err);

/* To be called at each waking, before the recorder is looked at. */
void lsm_events_heard(struct lsm_events *events);

/* The supervisor's own event: a command was ended for its time was over. */
int lsm_tell_timeout(
	const struct lsm *lsm, const struct sbx_timeout *timeout, struct sbx_error *err);

/* How many events of each of these tenants are recorded, a second; more are counted. */
int lsm_set_rates(const struct lsm *lsm, const uint32_t *tenants, const uint32_t *rates, size_t n,
	struct sbx_error *err);

#endif
