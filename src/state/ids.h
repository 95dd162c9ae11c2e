/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants' ids: assigned once, never used again, kept in /var/lib/sandboxctl/tenants.
 */
#ifndef SBX_STATE_IDS_H
#define SBX_STATE_IDS_H

#include "base/error.h"

#include "base/str.h"

#include <stdint.h>

#define IDS_DIR "/var/lib/sandboxctl"

/* Below this ids are given to policies that name theirs, so that these find them free. */
#define IDS_FIRST_ASSIGNED 1000

/*
 * The id of a tenant, 1 to `max`; assigned now where it has none: `wanted`, where its policy names
 * one (0: any that nobody has had). -EEXIST when that is another tenant's, or when this tenant has
 * another one already.
 */
int ids_get(
	const char *tenant, uint32_t wanted, uint32_t max, uint32_t *ret_id, struct sbx_error *err);

/* The same, but nothing is assigned: -ENOENT where it would be. */
int ids_find(
	const char *tenant, uint32_t wanted, uint32_t max, uint32_t *ret_id, struct sbx_error *err);

/* The tenant of an id, for reports. -ENOENT when there is none. */
int ids_name(uint32_t id, char ret_name[static NAME_MAX_LEN + 1]);

struct tenant_id {
	char name[NAME_MAX_LEN + 1];
	uint32_t id;
};

/* All that were ever assigned, in the order of names. The list is the caller's. */
int ids_list(struct tenant_id **ret_list, size_t *ret_n, struct sbx_error *err);

/* The id of a tenant in such a list; 0: it has none. */
uint32_t ids_of(const struct tenant_id *list, size_t n, const char *tenant);

#endif
