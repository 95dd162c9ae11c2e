/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/event.h"

#include "base/when.h"
#include "cmd/cmd.h"
#include "cmd/denial.h"
#include "cmd/report.h"
#include "state/ids.h"
#include "state/registry.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int64_t event_clock(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void forget_policy(struct event_policy *p)
{
	free(p->places);
	lookups_clear(&p->grants);
	(void)policy_free(p->policy);
	*p = (struct event_policy){ 0 };
}

void event_rest(struct event_teller *teller)
{
	forget_policy(&teller->last);
	teller->names = EVENT_NAMES_MAX;
	teller->boot = event_clock(CLOCK_REALTIME) - event_clock(CLOCK_BOOTTIME);
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

static int add_lines(char *lines, int (*add)(const char *line, void *arg), void *arg)
{
	char *line;
	int r = 0;

	while (r == 0 && (line = strsep(&lines, "\n")))
		if (*line)
			r = add(line, arg);
	return r;
}

static int add_setting(const char *line, void *arg)
{
	return strv_add(arg, line);
}

static int add_mount(const char *line, void *arg)
{
	return policy_add_mount(arg, line, NULL);
}

/* By the file and the options that it was started with, where anybody remembers them. */
static int load_policy(const struct policy_dirs *dirs, struct event_policy *p)
{
	struct sandbox_status status = { 0 };
	_cleanup_strv_ struct strv settings = { 0 };
	struct policy_wanted wanted = { .tenant = p->tenant, .settings = &settings };
	int r = registry_get(p->tenant, p->sandbox, &status);

	if (r < 0)
		r = registry_get_ended(p->tenant, p->sandbox, &status);
	if (r == 0 && *status.policy)
		wanted.file = status.policy;
	r = add_lines(status.settings, add_setting, &settings);
	if (r == 0)
		r = policy_load(dirs, &wanted, &p->policy, NULL, NULL);
	if (r == 0)
		r = lookup_settle(dirs, &p->policy, p->sandbox, NULL);
	if (r == 0)
		r = add_lines(status.mounts, add_mount, p->policy);
	if (r == 0)
		r = lookup_grants(&p->grants, p->policy, ~0U, NULL);
	if (r == 0)
		p->places = lookups_places(&p->grants);
	return r < 0 || p->places ? r : -ENOMEM;
}

static const struct event_policy *find_policy(
	struct event_teller *t, const char *tenant, const char *sandbox)
{
	struct event_policy *last = &t->last;

	if (streq(last->tenant, tenant) && streq(last->sandbox, sandbox))
		return last;
	forget_policy(last);
	(void)stpcpy(last->tenant, tenant);
	(void)stpcpy(last->sandbox, sandbox);
	if (load_policy(t->dirs, last) < 0) {
		(void)policy_free(last->policy);
		last->policy = NULL;
	}
	return last;
}

static void explain(struct event_teller *t, const char *tenant, const struct sbx_event *event,
	struct denial_answer *ret_answer)
{
	char sandbox[SBX_NAME_SIZE];
	const struct event_policy *p;
	struct denial_subject subject;

	(void)snprintf(sandbox, sizeof(sandbox), "%.63s", event->sandbox);
	if (!name_is_valid(tenant) || !name_is_valid(sandbox))
		return;
	p = find_policy(t, tenant, sandbox);
	if (!p->policy)
		return;
	subject = (struct denial_subject){ t->dirs, p->policy, { p->places, p->grants.n }, NULL,
		&t->names };
	(void)denial_explain(&subject, &event->what, ret_answer);
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

static void print_answer(const struct denial_answer *answer)
{
	const struct explanation *e = &answer->e;
	const char *path = answer->path;
	char where[PLACE_TEXT_MAX];

	if (e->at.source)
		print_line("    %s%s%s: %s", path, *path ? ": " : "", place_text(&e->at, where),
			e->why);
	else if (*path || *e->why)
		print_line("    %s%s%s", path, *path && *e->why ? ": " : "", e->why);
	if (*e->cure)
		print_line("    would allow it: %s", e->cure);
}

static void tell_text(struct event_teller *t, const struct sbx_event *event, const char *tenant,
	const struct denial_answer *answer)
{
	char when[48], what[400];

	when_format(event_time(t, event), when, sizeof(when));
	report_describe_denial(&event->what, what, sizeof(what));
	print_line("%s %s%s%.63s: %s %s", when, tenant, *event->sandbox ? "/" : "", event->sandbox,
		event->errnum ? "denied" : "would be denied:", what);
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

	if (d->wanted & SBX_READ)
		(void)json_array_append_new(wanted, json_string("read"));
	if (d->wanted & SBX_WRITE)
		(void)json_array_append_new(wanted, json_string("write"));
	if (d->wanted & SBX_EXEC)
		(void)json_array_append_new(wanted, json_string("exec"));
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

static void put_answer(json_t *json, const struct denial_answer *answer)
{
	const struct explanation *e = &answer->e;

	put_text(json, "path", answer->path);
	put_text(json, "explanation", e->why);
	if (e->at.source)
		put_text(json, "policy", place_file(&e->at));
	put_number(json, "line", e->at.line);
	put_text(json, "cure", e->cure);
}

static void tell_json(struct event_teller *t, const struct sbx_event *event, const char *tenant,
	const struct denial_answer *answer)
{
	const struct sbx_denial *d = &event->what;
	char when[48], what[400], comm[sizeof(d->comm) + 1], sandbox[SBX_NAME_SIZE];
	json_t *json;

	when_format_utc(event_time(t, event), when, sizeof(when));
	report_describe_denial(d, what, sizeof(what));
	(void)snprintf(comm, sizeof(comm), "%.16s", d->comm);
	(void)snprintf(sandbox, sizeof(sandbox), "%.63s", event->sandbox);
	json = json_pack("{s:I, s:s, s:s, s:o, s:o, s:i, s:o, s:s, s:s, s:s}", "number",
		(json_int_t)event->finished, "time", when, "kind", "denial", "tenant",
		event->tenant ? cmd_text_to_json(tenant) : json_null(), "name",
		*sandbox ? cmd_text_to_json(sandbox) : json_null(), "pid", (int)d->pid, "process",
		cmd_text_to_json(comm), "hook", lsm_hook_name(d->hook), "why", lsm_why_text(d->why),
		"text", what);
	(void)json_object_set_new(json, "allowed", json_boolean(!event->errnum));
	if (d->ino)
		put_file(json, d);
	if (d->family)
		put_address(json, d);
	put_number(json, "target_pid", d->target_pid);
	put_number(json, "argument", d->argument);
	put_answer(json, answer);
	if (!json || json_dumpf(json, stdout, JSON_COMPACT) < 0)
		(void)fputs("{}", stdout);
	(void)putchar('\n');
	json_decref(json);
}

void event_tell(struct event_teller *teller, const struct sbx_event *event)
{
	_cleanup_denial_answer_ struct denial_answer answer = { 0 };
	char tenant[NAME_MAX_LEN + 1];

	event_tenant(event->tenant, tenant, sizeof(tenant));
	explain(teller, tenant, event, &answer);
	if (teller->json)
		tell_json(teller, event, tenant, &answer);
	else
		tell_text(teller, event, tenant, &answer);
}
