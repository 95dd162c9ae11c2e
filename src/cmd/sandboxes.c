/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/sandboxes.h"

#include "cmd/cmd.h"
#include "kernel/cgroup_freeze.h"

#include <stdio.h>
#include <time.h>

static int add(const struct sandbox_status *s, void *arg)
{
	struct sandboxes *list = arg;
	struct sandbox_status *grown = realloc(list->v, (list->n + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->v = grown;
	list->v[list->n++] = *s;
	return 0;
}

int sandbox_is_none(const char *text, struct sbx_error *err)
{
	int r = error_set(err, EINVAL, "'%s' is not TENANT/NAME", text);

	return error_cure(err, r, "sandboxctl list shows what there is");
}

int sandbox_parse(const char *text, struct sandbox_operand *ret, struct sbx_error *err)
{
	const char *slash = strchr(text, '/');
	int n = slash ? (int)(slash - text) : (int)strlen(text);
	char tenant[NAME_MAX_LEN + 2];

	(void)snprintf(tenant, sizeof(tenant), "%.*s", n, text);
	if (!name_is_valid(tenant) || (slash && !name_is_valid(slash + 1)))
		return sandbox_is_none(text, err);
	(void)snprintf(ret->tenant, sizeof(ret->tenant), "%s", tenant);
	(void)snprintf(ret->name, sizeof(ret->name), "%s", slash ? slash + 1 : "");
	return 0;
}

static int find(const struct sandbox_operand *o, bool ended_too, struct sandboxes *list,
	struct sbx_error *err)
{
	struct sandbox_status status;
	int r;

	if (!*o->name)
		r = registry_each(o->tenant, add, list, err);
	else if (registry_get(o->tenant, o->name, &status) == 0 ||
		 (ended_too && registry_get_ended(o->tenant, o->name, &status) == 0))
		r = add(&status, list);
	else
		r = 0;
	if (r < 0 || list->n)
		return r;
	r = *o->name ? error_set(err, ENOENT, "there is no sandbox '%s/%s'", o->tenant, o->name)
		     : error_set(err, ENOENT, "there is no sandbox of tenant '%s'", o->tenant);
	return error_cure(err, r, "sandboxctl list shows what there is");
}

static int find_all(
	const char *operand, bool ended_too, struct sandboxes *ret_list, struct sbx_error *err)
{
	_cleanup_sandboxes_ struct sandboxes list = { 0 };
	struct sandbox_operand o;
	int r = operand ? sandbox_parse(operand, &o, err) : registry_each(NULL, add, &list, err);

	if (r == 0 && operand)
		r = find(&o, ended_too, &list, err);
	if (r < 0)
		return r;
	*ret_list = list;
	list = (struct sandboxes){ 0 };
	return 0;
}

int sandboxes_find(const char *operand, struct sandboxes *ret_list, struct sbx_error *err)
{
	return find_all(operand, false, ret_list, err);
}

int sandboxes_find_ended(const char *operand, struct sandboxes *ret_list, struct sbx_error *err)
{
	return find_all(operand, true, ret_list, err);
}

void sandboxes_clear(struct sandboxes *list)
{
	free(list->v);
}

int sandbox_open(const struct sandbox_status *s, struct cgroup *ret_leaf, struct sbx_error *err)
{
	unsigned int level;
	int r = cgroup_open_base(s->cgroup, ret_leaf, &level, err);

	return r == -ENOENT ? error_set(err, ENOENT, "it has ended") : r;
}

const char *sandbox_state(const struct sandbox_status *s)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;

	if (s->ended)
		return "ended";
	if (!s->running)
		return "orphaned";
	return sandbox_open(s, &leaf, NULL) == 0 && cgroup_is_frozen(&leaf) ? "frozen" : "running";
}

void sandbox_started(const struct sandbox_status *s, char text[static 32])
{
	time_t t = (time_t)s->started;
	struct tm tm;

	if (!localtime_r(&t, &tm) || strftime(text, 32, "%F %T", &tm) == 0)
		(void)snprintf(text, 32, "?");
}

int sandboxes_each(const char *operand,
	int (*act)(const struct sandbox_status *s, void *arg, struct sbx_error *err), void *arg)
{
	_cleanup_sandboxes_ struct sandboxes list = { 0 };
	struct sbx_error err = { 0 };
	int exit_code = CMD_DONE;

	if (sandboxes_find(operand, &list, &err) < 0)
		return cmd_fail(&err);
	for (size_t i = 0; i < list.n; i++)
		if (act(&list.v[i], arg, &err) < 0) {
			(void)error_prefix(&err, 0, "%s/%s", list.v[i].tenant, list.v[i].name);
			exit_code = cmd_fail(&err);
			err = (struct sbx_error){ 0 };
		}
	return exit_code;
}
