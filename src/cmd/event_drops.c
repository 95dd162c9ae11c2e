/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/event_drops.h"

#include "cmd/cmd.h"
#include "cmd/event.h"

#include <stdio.h>

/* NULL without memory: then it isn't told. */
static struct event_drop *find(struct event_drops *drops, uint32_t tenant)
{
	struct event_drop *grown;

	for (size_t i = 0; i < drops->n; i++)
		if (drops->v[i].tenant == tenant)
			return &drops->v[i];
	grown = reallocarray(drops->v, drops->n + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	drops->v = grown;
	grown[drops->n] = (struct event_drop){ .tenant = tenant };
	return &grown[drops->n++];
}

static void note(uint32_t tenant, const struct sbx_audit *audit, void *arg)
{
	struct event_drop *drop = audit->dropped ? find(arg, tenant) : NULL;

	if (drop)
		drop->now = audit->dropped;
}

void event_drops_look_all(struct event_drops *drops, const struct lsm_events *events)
{
	lsm_events_each_audit(events, note, drops);
}

void event_drops_look(struct event_drops *drops, const struct lsm_events *events, uint32_t tenant)
{
	struct sbx_audit audit;

	if (lsm_events_audit(events, tenant, &audit) == 0)
		note(tenant, &audit, drops);
}

void event_drops_skip(struct event_drops *drops, const struct lsm_events *events)
{
	event_drops_look_all(drops, events);
	for (size_t i = 0; i < drops->n; i++)
		drops->v[i].told = drops->v[i].now;
}

bool event_drops_are_due(const struct event_drops *drops)
{
	for (size_t i = 0; i < drops->n; i++)
		if (drops->v[i].now != drops->v[i].told)
			return true;
	return false;
}

static void tell(const struct event_drop *drop, bool json)
{
	unsigned long long n = drop->now - drop->told;
	char tenant[NAME_MAX_LEN + 1];

	event_tenant(drop->tenant, tenant, sizeof(tenant));
	if (json && !drop->tenant)
		(void)printf("{\"kind\":\"dropped\",\"tenant\":null,\"count\":%llu}\n", n);
	else if (json)
		(void)printf(
			"{\"kind\":\"dropped\",\"tenant\":\"%s\",\"count\":%llu}\n", tenant, n);
	else
		(void)printf("-- %s: %llu more, over its [audit] rate: counted, not recorded --\n",
			tenant, n);
}

void event_drops_tell(struct event_drops *drops, const uint32_t *tenant, bool json)
{
	for (size_t i = 0; i < drops->n; i++) {
		struct event_drop *drop = &drops->v[i];

		if (drop->now != drop->told && (!tenant || *tenant == drop->tenant))
			tell(drop, json);
		drop->told = drop->now;
	}
}

void event_drops_clear(struct event_drops *drops)
{
	free(drops->v);
	*drops = (struct event_drops){ 0 };
}
