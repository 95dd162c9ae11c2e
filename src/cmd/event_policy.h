/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy that an event is judged by: that of its sandbox, as it is now.
 */
#ifndef SBX_CMD_EVENT_POLICY_H
#define SBX_CMD_EVENT_POLICY_H

#include "bpf/abi.h"
#include "cmd/lookup.h"

/* Whose policy was read last: of the next event it may well be the same. */
struct event_policy {
	char tenant[NAME_MAX_LEN + 1], sandbox[SBX_NAME_SIZE];
	struct policy *policy; /* NULL: it can't be had */
	struct lookups grants;
	struct reach_place *places;
	const char *profile_name; /* of what its calls start from */
	struct policy_calls profile; /* empty until it is asked for */
};

void event_policy_find(struct event_policy *last, const struct policy_dirs *dirs,
	const char *tenant, const char *sandbox);

void event_policy_forget(struct event_policy *last);

#endif
