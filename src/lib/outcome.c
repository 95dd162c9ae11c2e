/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/outcome.h"

#include <jansson.h>

static const char *const reasons[] = {
	[SANDBOXCTL_REASON_EXIT] = "exit",
	[SANDBOXCTL_REASON_SIGNAL] = "signal",
	[SANDBOXCTL_REASON_OOM] = "oom",
	[SANDBOXCTL_REASON_SECCOMP] = "seccomp",
	[SANDBOXCTL_REASON_LSM] = "lsm",
	[SANDBOXCTL_REASON_TIMEOUT] = "timeout",
	[SANDBOXCTL_REASON_SETUP] = "setup",
};

const char *sandboxctl_reason_name(enum sandboxctl_reason reason)
{
	return (size_t)reason < ARRAY_SIZE(reasons) ? reasons[reason] : "unknown";
}

struct text_row {
	const char *key;
	const char **value;
};

struct number_row {
	const char *key;
	json_int_t max;
	int *value; /* or this one: */
	uint64_t *count;
};

static int take_text(const json_t *json, const struct text_row *row)
{
	const char *text = json_string_value(json_object_get(json, row->key));

	if (!text)
		return -EBADMSG;
	*row->value = text;
	return 0;
}

static int take_number(const json_t *json, const struct number_row *row)
{
	const json_t *number = json_object_get(json, row->key);
	json_int_t value = json_integer_value(number);

	if (!json_is_integer(number) || value < 0 || value > row->max)
		return -EBADMSG;
	if (row->value)
		*row->value = (int)value;
	else
		*row->count = (uint64_t)value;
	return 0;
}

static int take_texts(const json_t *json, struct sandboxctl_outcome *o)
{
	const struct text_row rows[] = {
		{ "tenant", &o->tenant },
		{ "name", &o->name },
		{ "step", &o->step },
		{ "error", &o->error },
		{ "cure", &o->cure },
		{ "last_denial", &o->last_denial },
		{ "last_denial_hook", &o->last_denial_hook },
		{ "last_denial_why", &o->last_denial_why },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && r == 0; i++)
		r = take_text(json, &rows[i]);
	return r;
}

static int take_numbers(const json_t *json, struct sandboxctl_outcome *o)
{
	const struct number_row rows[] = {
		{ "pid", .max = INT_MAX, .value = &o->pid },
		{ "exit_code", .max = 255, .value = &o->exit_code },
		{ "signal", .max = 64, .value = &o->signal },
		{ "oom_kills", .max = INT64_MAX, .count = &o->oom_kills },
		{ "pids_max_hits", .max = INT64_MAX, .count = &o->pids_max_hits },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && r == 0; i++)
		r = take_number(json, &rows[i]);
	return r;
}

static int take_reason(const json_t *json, enum sandboxctl_reason *ret_reason)
{
	const char *name = json_string_value(json_object_get(json, "reason"));

	for (size_t i = 0; name && i < ARRAY_SIZE(reasons); i++)
		if (streq(name, reasons[i])) {
			*ret_reason = (enum sandboxctl_reason)i;
			return 0;
		}
	return -EBADMSG;
}

static int take_lsm(const json_t *json, int *ret_lsm)
{
	const json_t *lsm = json_object_get(json, "lsm");

	if (!json_is_boolean(lsm) && !json_is_null(lsm))
		return -EBADMSG;
	*ret_lsm = json_is_null(lsm) ? -1 : json_is_true(lsm);
	return 0;
}

static int take_denied(json_t *json, struct outcome_report *report)
{
	json_t *denied = json_object_get(json, "denied"), *number;
	struct sandboxctl_outcome *o = &report->outcome;
	const char *hook;

	if (!json_is_object(denied))
		return -EBADMSG;
	report->denied = calloc(json_object_size(denied) + 1, sizeof(*report->denied));
	if (!report->denied)
		return -ENOMEM;
	o->denied = report->denied;
	json_object_foreach(denied, hook, number)
	{
		struct sandboxctl_denied *row = &report->denied[o->n_denied++];
		const struct number_row form = { hook, .max = INT64_MAX, .count = &row->count };

		row->hook = hook;
		if (take_number(denied, &form) < 0 ||
			__builtin_add_overflow(o->denials, row->count, &o->denials))
			return -EBADMSG;
	}
	return 0;
}

static int fill(struct outcome_report *report)
{
	struct sandboxctl_outcome *o = &report->outcome;
	int r = take_texts(report->json, o);

	if (r == 0)
		r = take_numbers(report->json, o);
	if (r == 0)
		r = take_reason(report->json, &o->reason);
	if (r == 0)
		r = take_lsm(report->json, &o->lsm);
	return r < 0 ? r : take_denied(report->json, report);
}

int outcome_parse(const char *text, size_t size, struct outcome_report **ret_report)
{
	struct outcome_report *report = calloc(1, sizeof(*report));
	int r = -EBADMSG;

	if (!report)
		return -ENOMEM;
	report->json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(report->json))
		r = fill(report);
	if (r < 0)
		outcome_free(report);
	else
		*ret_report = report;
	return r;
}

void outcome_free(struct outcome_report *report)
{
	if (!report)
		return;
	json_decref(report->json);
	free(report->denied);
	free(report);
}
