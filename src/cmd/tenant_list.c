/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "kernel/netns.h"
#include "lsm/rules.h"
#include "state/ids.h"
#include "state/registry.h"

#include <stdio.h>

struct row {
	char name[NAME_MAX_LEN + 1];
	uint32_t id; /* 0: none yet */
	bool has_policy;
	size_t n_sandboxes;
	size_t n_own; /* inodes that the LSM knows as its own */
};

struct table {
	struct row *rows; /* in the order of names */
	size_t n;
	bool has_lsm;
	uint32_t first_uid;
};

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static struct row *find(const struct table *t, const char *name)
{
	struct row key = { 0 };

	(void)snprintf(key.name, sizeof(key.name), "%s", name);
	return t->n ? bsearch(&key, t->rows, t->n, sizeof(key), compare_rows) : NULL;
}

/* Who has a policy, an id, or both. */
static int fill(const struct policy_dirs *dirs, struct table *t, struct sbx_error *err)
{
	_cleanup_free_ struct tenant_id *ids = NULL;
	_cleanup_strv_ struct strv policies = { 0 };
	size_t n_ids = 0;
	int r = policy_list_tenants(dirs, &policies, err);

	if (r == 0)
		r = ids_list(&ids, &n_ids, err);
	if (r < 0)
		return r;
	t->rows = calloc(policies.n + n_ids + 1, sizeof(*t->rows));
	if (!t->rows)
		return error_errno(err, ENOMEM, "list the tenants");
	for (size_t i = 0; i < policies.n; i++) {
		struct row *row = &t->rows[t->n++];

		row->has_policy = true;
		row->id = ids_of(ids, n_ids, policies.v[i]);
		(void)snprintf(row->name, sizeof(row->name), "%s", policies.v[i]);
	}
	strv_sort(&policies);
	qsort(t->rows, t->n, sizeof(*t->rows), compare_rows);
	for (size_t i = 0, n = t->n; i < n_ids; i++) {
		const struct table with_policy = { .rows = t->rows, .n = n };

		if (find(&with_policy, ids[i].name))
			continue;
		(void)snprintf(t->rows[t->n].name, sizeof(t->rows->name), "%s", ids[i].name);
		t->rows[t->n++].id = ids[i].id;
	}
	qsort(t->rows, t->n, sizeof(*t->rows), compare_rows);
	return 0;
}

static int count_sandbox(const char *tenant, const char *name, void *arg)
{
	struct row *row = find(arg, tenant);

	(void)name;
	if (row)
		row->n_sandboxes++;
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

struct owners {
	uint32_t *v; /* a tenant's id for each inode that it owns */
	size_t n;
	bool incomplete;
};

static void add_owner(uint32_t tenant, void *arg)
{
	struct owners *o = arg;
	uint32_t *grown = realloc(o->v, (o->n + 1) * sizeof(*grown));

	if (!grown) {
		o->incomplete = true;
		return;
	}
	o->v = grown;
	o->v[o->n++] = tenant;
}

/* How many times an id stands in what is sorted. */
static size_t count_owned(const struct owners *o, uint32_t tenant)
{
	const uint32_t *found =
		o->n ? bsearch(&tenant, o->v, o->n, sizeof(*o->v), compare_numbers) : NULL;
	const uint32_t *end = o->v + o->n;
	size_t n = 0;

	if (!found)
		return 0;
	while (found > o->v && found[-1] == tenant)
		found--;
	for (; found < end && *found == tenant; found++)
		n++;
	return n;
}

static int count_own(struct table *t, struct sbx_error *err)
{
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	struct owners o = { 0 };
	int r = lsm_open(&lsm, err);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = owners_each(&lsm, add_owner, &o, err);
	if (r == 0 && o.incomplete)
		r = error_errno(err, ENOMEM, "list what tenants own");
	if (r == 0 && o.n)
		qsort(o.v, o.n, sizeof(*o.v), compare_numbers);
	for (size_t i = 0; i < t->n && r == 0; i++)
		t->rows[i].n_own = count_owned(&o, t->rows[i].id);
	t->has_lsm = r == 0;
	free(o.v);
	return r;
}

/* Whether there is anything to forget, or to run. */
static bool has_something(const struct row *row)
{
	return row->has_policy || row->n_sandboxes || row->n_own || netns_is_there(row->name);
}

static void print_row(const struct table *t, const struct row *row)
{
	char id[16] = "-", uid[16] = "-", own[24] = "-";

	if (row->id) {
		(void)snprintf(id, sizeof(id), "%u", row->id);
		(void)snprintf(uid, sizeof(uid), "%u", t->first_uid + row->id);
	}
	if (t->has_lsm)
		(void)snprintf(own, sizeof(own), "%zu", row->n_own);
	(void)printf("%-32s %6s %10s %9zu  %-7s %s\n", row->name, id, uid, row->n_sandboxes,
		row->has_policy ? "yes" : "removed", own);
}

static json_t *row_to_json(const struct table *t, const struct row *row)
{
	return json_pack("{s:s, s:o, s:o, s:I, s:b, s:o}", "name", row->name, "id",
		row->id ? json_integer(row->id) : json_null(), "uid",
		row->id ? json_integer((json_int_t)t->first_uid + row->id) : json_null(),
		"sandboxes", (json_int_t)row->n_sandboxes, "policy", row->has_policy, "own",
		t->has_lsm ? json_integer((json_int_t)row->n_own) : json_null());
}

static void show(const struct table *t, bool all, bool json)
{
	json_t *array = json ? json_array() : NULL;

	if (!json)
		(void)printf("%-32s %6s %10s %9s  %-7s %s\n", "TENANT", "ID", "UID", "SANDBOXES",
			"POLICY", "OWN");
	for (size_t i = 0; i < t->n; i++) {
		if (!all && !has_something(&t->rows[i]))
			continue;
		if (json)
			(void)json_array_append_new(array, row_to_json(t, &t->rows[i]));
		else
			print_row(t, &t->rows[i]);
	}
	if (json)
		cmd_print_json(array);
}

int cmd_tenant_list(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	struct table t = { 0 };
	struct sbx_error err = { 0 };
	unsigned int options;
	int exit_code, r;

	if (cmd_operands("tenant list", argc, argv, 0, 0, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("tenant list"))
		return CMD_FAILED;
	r = host_config_load(&context->dirs, &host, &err);
	t.first_uid = host.first_id;
	if (r == 0)
		r = fill(&context->dirs, &t, &err);
	if (r == 0)
		r = registry_each_folder(NULL, count_sandbox, &t, &err);
	if (r == 0)
		r = count_own(&t, &err);
	if (r == 0)
		show(&t, options & CMD_ALL, options & CMD_JSON);
	free(t.rows);
	return r < 0 ? cmd_fail(&err) : CMD_DONE;
}
