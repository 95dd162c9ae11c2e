/* SPDX-License-Identifier: Apache-2.0 */
#include "example.h"

static int read_text(struct key_load *load, const char *text, struct sbx_error *err)
{
	int r = key_begin(load, err), end;

	if (r == 0)
		r = key_read_text(load, "example", text, strlen(text), err);
	end = key_end(load, r < 0 ? NULL : err);
	return r < 0 ? r : end;
}

/* Outside of sections stands the version, which is checked and forgotten. */
static bool speaks_of(const struct key_load *load, const char *section)
{
	if (!*section)
		return true;
	for (size_t i = 0; i < load->n_assignments; i++)
		if (streq(load->assignments[i].key->section, section))
			return true;
	return false;
}

int example_read(const struct key_table *table, const char *section, const struct policy_dirs *dirs,
	const char *text, struct policy_report *report, struct sbx_error *err)
{
	_cleanup_policy_ struct policy *policy = calloc(1, sizeof(*policy));
	_cleanup_host_config_ struct host_config host = { 0 };
	struct policy_sources sources = { 0 };
	struct key_load load = {
		.table = table,
		.dirs = dirs,
		.names = { .tenant = "acme" },
		.target = table == &host_keys ? (void *)&host : policy,
		.sources = &sources,
		.report = report,
	};
	int r;

	if (!policy)
		return error_errno(err, ENOMEM, "read an example");
	r = read_text(&load, text, err);
	if (r == 0 && !speaks_of(&load, section))
		r = error_set(err, EINVAL, "it has no key of [%s]", section);
	assignments_clear(&load.assignments, &load.n_assignments);
	sources_clear(&sources);
	return r;
}
