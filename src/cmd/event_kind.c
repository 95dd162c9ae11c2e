/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/event_kind.h"

#include "cmd/cmd.h"
#include "policy/allowlist.h"
#include "policy/syscalls.h"

#include <stdio.h>

enum { CALL_TEXT_MAX = 64 };

static void describe_oom_kill(const struct sbx_event *event, char *text, size_t size)
{
	(void)snprintf(text, size, "%.16s[%u] killed for want of memory", event->what.comm,
		event->what.pid);
}

static void describe_fork_refused(const struct sbx_event *event, char *text, size_t size)
{
	(void)snprintf(text, size, "fork by %.16s[%u] refused: pids.max", event->what.comm,
		event->what.pid);
}

static void describe_timeout(const struct sbx_event *event, char *text, size_t size)
{
	uint64_t usec = event->what.ino;
	bool in_seconds = usec % 1000000 == 0;

	(void)snprintf(text, size, "command [%u] ended: %s %llu %s", event->what.pid,
		event->kind == SBX_EVENT_TIMEOUT ? "timeout of"
						 : "it didn't open its module within",
		(unsigned long long)(usec / (in_seconds ? 1000000 : 1000)),
		in_seconds ? "s" : "ms");
}

static const char *answer_to(const struct sbx_event *event)
{
	const char *name = event->errnum ? strerrorname_np((int)event->errnum) : "SIGSYS";

	return name ? name : "?";
}

static void describe_call(const struct sbx_event *event, char *text, size_t size)
{
	char call[CALL_TEXT_MAX];

	(void)syscalls_describe(event->what.argument, event->what.foreign, call, sizeof(call));
	(void)snprintf(text, size, "denied system call %s by %.16s[%u]: %s", call, event->what.comm,
		event->what.pid, answer_to(event));
}

static const struct {
	const char *name;
	void (*describe)(const struct sbx_event *event, char *text, size_t size);
} kinds[SBX_N_EVENT_KINDS] = {
	[SBX_EVENT_DENIAL] = { "denial", NULL },
	[SBX_EVENT_OOM_KILL] = { "oom_kill", describe_oom_kill },
	[SBX_EVENT_FORK_REFUSED] = { "fork_refused", describe_fork_refused },
	[SBX_EVENT_TIMEOUT] = { "timeout", describe_timeout },
	[SBX_EVENT_START_TIMEOUT] = { "start_timeout", describe_timeout },
	[SBX_EVENT_SECCOMP] = { "seccomp", describe_call },
};

const char *event_kind_name(__u32 kind)
{
	return kind < SBX_N_EVENT_KINDS ? kinds[kind].name : "?";
}

void event_kind_describe(const struct sbx_event *event, char *text, size_t size)
{
	if (event->kind < SBX_N_EVENT_KINDS && kinds[event->kind].describe)
		kinds[event->kind].describe(event, text, size);
	else
		(void)snprintf(text, size, "?");
}

void event_kind_put(json_t *json, const struct sbx_event *event)
{
	char call[CALL_TEXT_MAX];

	if (event->kind == SBX_EVENT_SECCOMP) {
		(void)syscalls_describe(
			event->what.argument, event->what.foreign, call, sizeof(call));
		(void)json_object_set_new(json, "syscall", cmd_text_to_json(call));
		(void)json_object_set_new(json, "answer", json_string(answer_to(event)));
	}
	if (event->kind == SBX_EVENT_TIMEOUT || event->kind == SBX_EVENT_START_TIMEOUT)
		(void)json_object_set_new(json, "usec", json_integer((json_int_t)event->what.ino));
}

/* ---- the policy ---- */

static const struct {
	enum sbx_event_kind kind;
	const char *section, *key;
} limits[] = {
	{ SBX_EVENT_OOM_KILL, "cgroup.sandbox", "memory.max" },
	{ SBX_EVENT_OOM_KILL, "cgroup", "memory.max" },
	{ SBX_EVENT_FORK_REFUSED, "cgroup.sandbox", "pids.max" },
	{ SBX_EVENT_FORK_REFUSED, "cgroup", "pids.max" },
	{ SBX_EVENT_TIMEOUT, "runtime", "timeout" },
	{ SBX_EVENT_START_TIMEOUT, "runtime", "start.timeout" },
};

/* By `run --timeout`, or the policy is another one by now. */
static bool is_of_others(const struct sbx_event *event, const struct policy *policy)
{
	return event->kind == SBX_EVENT_TIMEOUT && policy->runtime.timeout != event->what.ino;
}

size_t event_kind_limits(const struct sbx_event *event, const struct policy *policy,
	struct event_limit ret_limits[static EVENT_LIMITS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(limits) && n < EVENT_LIMITS_MAX; i++) {
		const char *section = limits[i].section, *key = limits[i].key;
		const struct policy_assignment *line;
		struct event_limit limit = { .section = section, .key = key };

		if (limits[i].kind != event->kind || is_of_others(event, policy))
			continue;
		line = policy_find_value(policy, section, key);
		limit.value = line ? line->text : policy_initial_value(section, key);
		if (line)
			limit.at = line->at;
		if (limit.value && *limit.value)
			ret_limits[n++] = limit;
	}
	return n;
}

void event_kind_explain_call(const struct sbx_event *event, const struct policy *policy,
	const struct policy_calls *profile, const char *profile_name, struct explanation *ret)
{
	char name[CALL_TEXT_MAX];
	struct explain_call call = { .name = name };

	if (!syscalls_describe(event->what.argument, event->what.foreign, name, sizeof(name))) {
		explain_say(ret, false, NULL, "no policy can allow that");
		return;
	}
	if (allowlist_limit(name, &call.cases) < 0 ||
		explain_syscall(policy, profile, profile_name, &call, ret, NULL) < 0)
		*ret = (struct explanation){ 0 };
	if (ret->allowed)
		explain_say(ret, false, NULL,
			"this policy allows it: it had another one, or a filter of its own");
	cases_clear(&call.cases);
}
