/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that are no denials of the LSM's: their words, and what a policy says of them.
 */
#ifndef SBX_CMD_EVENT_KIND_H
#define SBX_CMD_EVENT_KIND_H

#include "bpf/abi.h"
#include "policy/explain.h"

#include <jansson.h>

/* "oom_kill". */
const char *event_kind_name(__u32 kind);

/* "fork by sh[123] refused: pids.max". What the process is called may steer a terminal. */
void event_kind_describe(const struct sbx_event *event, char *text, size_t size);

/* What its JSON has besides. */
void event_kind_put(json_t *json, const struct sbx_event *event);

/* A limit that was met, by the policy; `at` is nowhere: by the defaults. */
struct event_limit {
	const char *section, *key, *value;
	struct policy_place at;
};

/* Of the sandbox and of the tenant: which of the two it was isn't told. */
enum { EVENT_LIMITS_MAX = 2 };
size_t event_kind_limits(const struct sbx_event *event, const struct policy *policy,
	struct event_limit ret_limits[static EVENT_LIMITS_MAX]);

/* Of SBX_EVENT_SECCOMP; see explain_syscall(). Nothing is said where nothing is known. */
void event_kind_explain_call(const struct sbx_event *event, const struct policy *policy,
	const struct policy_calls *profile, const char *profile_name, struct explanation *ret);

#endif
