/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/event.h"

#include "base/clock.h"
#include "base/when.h"
#include "cmd/cmd.h"
#include "cmd/denial.h"
#include "cmd/event_kind.h"
#include "cmd/report.h"
#include "state/ids.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

void event_rest(struct event_teller *teller)
{
	event_policy_forget(&teller->last);
	teller->names = EVENT_NAMES_MAX;
	teller->boot = (int64_t)(clock_usec_of(CLOCK_REALTIME) - clock_usec_of(CLOCK_BOOTTIME));
}

int64_t event_time(const struct event_teller *teller, const struct sbx_event *event)
{
	return teller->boot + (int64_t)(event->time / 1000);
}

void event_tenant(uint32_t tenant, char *text, size_t size)
{
	char name[NAME_MAX_LEN + 1];

	if (!tenant)
		(void)snprintf(text, size, "(nobody)");
	else if (ids_name(tenant, name) == 0)
		(void)snprintf(text, size, "%s", name);
	else
		(void)snprintf(text, size, "id %u", tenant);
}

/* ---- what its policy says ---- */

struct answer {
	struct denial_answer denial;
	struct event_limit limits[EVENT_LIMITS_MAX];
	size_t n_limits;
};

static void explain_call(const struct policy_dirs *dirs, struct event_policy *p,
	const struct sbx_event *event, struct explanation *ret)
{
	if (p->profile.n || policy_load_profile(dirs, p->profile_name, &p->profile, NULL) == 0)
		event_kind_explain_call(event, p->policy, &p->profile, p->profile_name, ret);
}

static void explain(struct event_teller *t, const char *tenant, const struct sbx_event *event,
	struct answer *ret)
{
	struct event_policy *p = &t->last;
	char sandbox[SBX_NAME_SIZE];
	struct denial_subject subject;

	(void)snprintf(sandbox, sizeof(sandbox), "%.63s", event->sandbox);
	if (!name_is_valid(tenant) || !name_is_valid(sandbox))
		return;
	event_policy_find(p, t->dirs, tenant, sandbox);
	if (!p->policy)
		return;
	subject = (struct denial_subject){ t->dirs, p->policy, { p->places, p->grants.n }, NULL,
		&t->names };
	if (event->kind == SBX_EVENT_DENIAL)
		(void)denial_explain(&subject, &event->what, &ret->denial);
	else if (event->kind == SBX_EVENT_SECCOMP)
		explain_call(t->dirs, p, event, &ret->denial.e);
	ret->n_limits = event_kind_limits(event, p->policy, ret->limits);
}

static void describe(const struct sbx_event *event, char *text, size_t size)
{
	if (event->kind == SBX_EVENT_DENIAL)
		report_describe_denial(&event->what, text, size);
	else
		event_kind_describe(event, text, size);
}

/* ---- text ---- */

__attribute__((format(printf, 1, 2))) static void print_line(const char *fmt, ...)
{
	char text[2 * PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_make_printable(text);
	(void)puts(text);
}

static void print_answer(const struct answer *answer)
{
	const struct explanation *e = &answer->denial.e;
	const char *path = answer->denial.path;
	char where[PLACE_TEXT_MAX];

	if (e->at.source)
		print_line("    %s%s%s: %s", path, *path ? ": " : "", place_text(&e->at, where),
			e->why);
	else if (*path || *e->why)
		print_line("    %s%s%s", path, *path && *e->why ? ": " : "", e->why);
	if (*e->cure)
		print_line("    would allow it: %s", e->cure);
	for (size_t i = 0; i < answer->n_limits; i++) {
		const struct event_limit *limit = &answer->limits[i];

		print_line("    %s: %s = %s in [%s]", place_text(&limit->at, where), limit->key,
			limit->value, limit->section);
	}
}

/* What the LSM denied is said by what was tried. */
static const char *verdict_of(const struct sbx_event *event)
{
	if (event->kind != SBX_EVENT_DENIAL)
		return "";
	return event->errnum ? "denied " : "would be denied: ";
}

static void tell_text(struct event_teller *t, const struct sbx_event *event, const char *tenant,
	const struct answer *answer)
{
	char when[48], what[400];

	when_format(event_time(t, event), when, sizeof(when));
	describe(event, what, sizeof(what));
	print_line("%s %s%s%.63s: %s%s", when, tenant, *event->sandbox ? "/" : "", event->sandbox,
		verdict_of(event), what);
	print_answer(answer);
}

/* ---- JSON ---- */

static void put_text(json_t *json, const char *key, const char *text)
{
	if (*text)
		(void)json_object_set_new(json, key, cmd_text_to_json(text));
}

static void put_number(json_t *json, const char *key, uint64_t n)
{
	if (n)
		(void)json_object_set_new(json, key, json_integer((json_int_t)n));
}

static void put_file(json_t *json, const struct sbx_denial *d)
{
	char device[32], name[sizeof(d->name) + 1];
	json_t *wanted = json_array();

	for (size_t i = 0; i < REPORT_N_RIGHTS; i++)
		if (d->wanted & report_rights[i].right)
			(void)json_array_append_new(wanted, json_string(report_rights[i].name));
	(void)snprintf(device, sizeof(device), "%u:%u", d->dev >> 20, d->dev & 0xfffff);
	(void)snprintf(name, sizeof(name), "%.32s", d->name);
	put_text(json, "file", name);
	put_number(json, "inode", d->ino);
	put_text(json, "device", device);
	(void)json_object_set_new(json, "wanted", wanted);
}

static void put_address(json_t *json, const struct sbx_denial *d)
{
	char address[INET6_ADDRSTRLEN] = "";

	put_number(json, "family", d->family);
	if (d->family == AF_INET)
		(void)inet_ntop(AF_INET, d->address + 12, address, sizeof(address));
	else if (d->family == AF_INET6)
		(void)inet_ntop(AF_INET6, d->address, address, sizeof(address));
	put_text(json, "address", address);
	put_number(json, "port", d->port);
	put_number(json, "protocol", d->protocol);
}

static void put_denial(json_t *json, const struct sbx_event *event, const char *text)
{
	const struct sbx_denial *d = &event->what;

	put_text(json, "hook", lsm_hook_name(d->hook));
	put_text(json, "why", lsm_why_text(d->why));
	put_text(json, "text", text);
	(void)json_object_set_new(json, "allowed", json_boolean(!event->errnum));
	if (d->ino)
		put_file(json, d);
	if (d->family)
		put_address(json, d);
	put_number(json, "target_pid", d->target_pid);
	put_number(json, "argument", d->argument);
}

static void put_place(json_t *json, const struct policy_place *at)
{
	if (at->source)
		put_text(json, "policy", place_file(at));
	put_number(json, "line", at->line);
}

static json_t *limits_to_json(const struct answer *answer)
{
	json_t *limits = json_array();

	for (size_t i = 0; i < answer->n_limits; i++) {
		const struct event_limit *limit = &answer->limits[i];
		json_t *json = json_pack("{s:s, s:s, s:o}", "section", limit->section, "key",
			limit->key, "value", cmd_text_to_json(limit->value));

		put_place(json, &limit->at);
		(void)json_array_append_new(limits, json);
	}
	return limits;
}

static void put_answer(json_t *json, const struct answer *answer)
{
	const struct explanation *e = &answer->denial.e;

	put_text(json, "path", answer->denial.path);
	put_text(json, "explanation", e->why);
	put_place(json, &e->at);
	put_text(json, "cure", e->cure);
	if (answer->n_limits)
		(void)json_object_set_new(json, "limits", limits_to_json(answer));
}

static void tell_json(struct event_teller *t, const struct sbx_event *event, const char *tenant,
	const struct answer *answer)
{
	const struct sbx_denial *d = &event->what;
	char when[48], what[400], comm[sizeof(d->comm) + 1], sandbox[SBX_NAME_SIZE];
	json_t *json;

	when_format_utc(event_time(t, event), when, sizeof(when));
	describe(event, what, sizeof(what));
	report_make_printable(what);
	(void)snprintf(comm, sizeof(comm), "%.16s", d->comm);
	(void)snprintf(sandbox, sizeof(sandbox), "%.63s", event->sandbox);
	json = json_pack("{s:I, s:s, s:s, s:o, s:o, s:i, s:o}", "number",
		(json_int_t)event->finished, "time", when, "kind", event_kind_name(event->kind),
		"tenant", event->tenant ? cmd_text_to_json(tenant) : json_null(), "name",
		*sandbox ? cmd_text_to_json(sandbox) : json_null(), "pid", (int)d->pid, "process",
		*comm ? cmd_text_to_json(comm) : json_null());
	if (event->kind == SBX_EVENT_DENIAL) {
		put_denial(json, event, what);
	} else {
		put_text(json, "text", what);
		event_kind_put(json, event);
	}
	put_answer(json, answer);
	if (!json || json_dumpf(json, stdout, JSON_COMPACT) < 0)
		(void)fputs("{}", stdout);
	(void)putchar('\n');
	json_decref(json);
}

void event_tell(struct event_teller *teller, const struct sbx_event *event)
{
	struct answer answer = { 0 };
	char tenant[NAME_MAX_LEN + 1];

	event_tenant(event->tenant, tenant, sizeof(tenant));
	explain(teller, tenant, event, &answer);
	if (teller->json)
		tell_json(teller, event, tenant, &answer);
	else
		tell_text(teller, event, tenant, &answer);
	denial_answer_clear(&answer.denial);
}
