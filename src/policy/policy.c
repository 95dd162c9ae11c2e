/* SPDX-License-Identifier: Apache-2.0 */
/* From a tenant's name or a file to its policy. */
#include "policy/policy.h"

#include "policy/key.h"

#include <dirent.h>
#include <sys/stat.h>

static const char suffix[] = ".ini";

int policy_tenant_of(const char *path, char ret_tenant[static NAME_MAX_LEN + 1])
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	char tenant[NAME_MAX_LEN + 1] = "";
	size_t n = strlen(file), tail = strlen(suffix);

	if (n <= tail || n - tail > NAME_MAX_LEN || !streq(file + n - tail, suffix))
		return -EINVAL;
	memcpy(tenant, file, n - tail);
	if (!name_is_valid(tenant))
		return -EINVAL;
	memcpy(ret_tenant, tenant, sizeof(tenant));
	return 0;
}

static int name_policy(
	struct policy *policy, const char *path, const char *tenant, struct sbx_error *err)
{
	if (!tenant) {
		if (policy_tenant_of(path, policy->tenant) == 0)
			return 0;
		(void)error_set(err, EINVAL, "'%s' is not named as a tenant's file", path);
		return error_cure(err, -EINVAL,
			"name it TENANT.ini (a to z, 0 to 9 and '-'); run takes -t TENANT too");
	}
	if (!name_is_valid(tenant))
		return error_set(err, EINVAL,
			"'%s' is not a tenant's name: a to z, 0 to 9 and '-', %d at most", tenant,
			NAME_MAX_LEN);
	(void)stpcpy(policy->tenant, tenant);
	return 0;
}

/* "NAME.ini", and no leftover of an editor or a package. */
static int is_drop_in(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name), tail = strlen(suffix);

	return entry->d_name[0] != '.' && n > tail && streq(entry->d_name + n - tail, suffix);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* PATH.d/ *.ini; whatever the locale, in the order of bytes. */
static int read_drop_ins(struct key_load *load, const char *path, struct sbx_error *err)
{
	_cleanup_free_ char *folder = NULL;
	struct dirent **entries;
	int n, r = 0;

	if (asprintf(&folder, "%s.d", path) < 0) {
		folder = NULL;
		return error_errno(err, ENOMEM, "read '%s'", path);
	}
	n = scandir(folder, &entries, is_drop_in, by_name);
	if (n < 0)
		return errno == ENOENT ? 0 : error_errno(err, errno, "read folder '%s'", folder);
	for (int i = 0; i < n; i++) {
		char *file = NULL;

		if (r == 0 && asprintf(&file, "%s/%s", folder, entries[i]->d_name) < 0)
			r = error_errno(err, ENOMEM, "read '%s'", folder);
		else if (r == 0)
			r = key_read(load, file, err);
		free(file);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* What has no tenant's name isn't read. */
static void report_unnamed(struct key_load *load, const char *path, const struct sbx_error *err)
{
	struct policy_place whole = { sources_add(load->sources, path), 0, 0 };

	if (err)
		report_failure(load->report, &whole, err);
	else
		report_error(load->report, &whole, "not a tenant's name");
}

static int read_settings(struct key_load *load, const struct strv *settings, struct strv *ret_kept,
	struct sbx_error *err)
{
	for (size_t i = 0; settings && i < settings->n; i++) {
		int r = key_read_setting(load, settings->v[i], err);

		if (r < 0)
			return r;
		if (strv_add(ret_kept, settings->v[i]) < 0)
			return error_errno(err, ENOMEM, "read '--set %s'", settings->v[i]);
	}
	return 0;
}

static int read_policy(const struct policy_dirs *dirs, const char *path,
	const struct text_names *names, const struct strv *settings, struct policy **ret_policy,
	struct policy_report *report, struct sbx_error *err)
{
	_cleanup_policy_ struct policy *policy = calloc(1, sizeof(*policy));
	struct key_load load = {
		.table = &policy_keys,
		.dirs = dirs,
		.names = *names,
		.target = policy,
		.sources = policy ? &policy->sources : NULL,
		.report = report,
	};
	int r, end;

	if (policy)
		policy->path = strdup(path);
	if (!policy || !policy->path)
		return error_errno(err, ENOMEM, "read '%s'", path);
	r = name_policy(policy, path, names->tenant, err);
	if (r < 0) {
		report_unnamed(&load, path, err);
		return r;
	}
	load.names.tenant = policy->tenant;
	r = key_begin(&load, err);
	if (r == 0)
		r = key_read(&load, path, err);
	if (r == 0)
		r = read_drop_ins(&load, path, err);
	if (r == 0)
		r = read_settings(&load, settings, &policy->settings, err);
	end = key_end(&load, r < 0 ? NULL : err);
	policy->assignments = load.assignments;
	policy->n_assignments = load.n_assignments;
	policy->unsettled = load.unsettled;
	if (r < 0 || end < 0)
		return r < 0 ? r : end;
	*ret_policy = take_ptr(policy);
	return 0;
}

static int load_file(const struct policy_dirs *dirs, const struct policy_wanted *wanted,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err)
{
	_cleanup_policy_report_ struct policy_report own = { 0 };
	const struct text_names names = { .tenant = wanted->tenant };

	return read_policy(dirs, wanted->file, &names, wanted->settings, ret_policy,
		report ? report : &own, err);
}

int policy_load_file(const struct policy_dirs *dirs, const char *path, const char *tenant,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err)
{
	return load_file(dirs, &(const struct policy_wanted){ .tenant = tenant, .file = path },
		ret_policy, report, err);
}

int policy_settle(const struct policy_dirs *dirs, struct policy **policy, uint32_t id,
	const char *sandbox, struct sbx_error *err)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *settled = NULL;
	struct policy *old = *policy;
	char number[sizeof("4294967295")];
	const struct text_names names = { old->tenant, id ? number : NULL, sandbox };
	int r;

	if (!old->unsettled)
		return 0;
	(void)snprintf(number, sizeof(number), "%u", id);
	r = read_policy(dirs, old->path, &names, &old->settings, &settled, &report, err);
	if (r < 0 || !settled)
		return r;
	if (settled->id != old->id)
		return error_set(err, EINVAL, "'%s' changed while it was read", old->path);
	*policy = take_ptr(settled);
	(void)policy_free(old);
	return 0;
}

int policy_load(const struct policy_dirs *dirs, const struct policy_wanted *wanted,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err)
{
	const char *tenant = wanted->tenant;
	struct policy_wanted found = *wanted;
	_cleanup_free_ char *path = NULL;
	int r;

	if (wanted->file)
		return load_file(dirs, wanted, ret_policy, report, err);
	/* Not a path before it is known to be a name: "../x" must not leave the folder. */
	if (!name_is_valid(tenant))
		return error_set(err, EINVAL,
			"'%s' is not a tenant's name: a to z, 0 to 9 and '-', %d at most", tenant,
			NAME_MAX_LEN);
	if (asprintf(&path, "%s/tenants/%s%s", dirs->config, tenant, suffix) < 0) {
		path = NULL;
		return error_errno(err, ENOMEM, "read the policy of '%s'", tenant);
	}
	found.file = path;
	r = load_file(dirs, &found, ret_policy, report, err);
	if (r != -ENOENT)
		return r;
	(void)error_set(err, ENOENT, "tenant '%s' has no policy: there is no '%s'", tenant, path);
	return error_cure(err, r, "copy '%s/default.ini' there and edit it", dirs->shipped);
}

int policy_load_tenant(const struct policy_dirs *dirs, const char *tenant,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err)
{
	return policy_load(
		dirs, &(const struct policy_wanted){ .tenant = tenant }, ret_policy, report, err);
}

static int add_tenant(
	const char *file, const char *folder, struct strv *names, struct sbx_error *err)
{
	char tenant[NAME_MAX_LEN + 1];
	size_t n = strlen(file), tail = strlen(suffix);

	/* Editors' and packages' leftovers end otherwise. */
	if (*file == '.' || n < tail || !streq(file + n - tail, suffix))
		return 0;
	if (policy_tenant_of(file, tenant) < 0) {
		(void)error_set(
			err, EINVAL, "'%s/%s' is not named as a tenant's file", folder, file);
		return error_cure(err, -EINVAL,
			"name it TENANT.ini: a to z, 0 to 9 and '-'; or move it out of the folder");
	}
	return strv_add(names, tenant) < 0 ? error_errno(err, ENOMEM, "list '%s'", folder) : 0;
}

int policy_list_tenants(
	const struct policy_dirs *dirs, struct strv *ret_names, struct sbx_error *err)
{
	_cleanup_strv_ struct strv names = { 0 };
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ char *folder = NULL;
	const struct dirent *entry;
	int r;

	if (asprintf(&folder, "%s/tenants", dirs->config) < 0) {
		folder = NULL;
		return error_errno(err, ENOMEM, "list tenants");
	}
	dir = opendir(folder);
	if (!dir && errno != ENOENT)
		return error_errno(err, errno, "open folder '%s'", folder);
	while (dir && (errno = 0, entry = readdir(dir)) != NULL) {
		r = add_tenant(entry->d_name, folder, &names, err);
		if (r < 0)
			return r;
	}
	if (dir && errno)
		return error_errno(err, errno, "read folder '%s'", folder);
	strv_sort(&names);
	*ret_names = names;
	names = (struct strv){ 0 };
	return 0;
}

const struct policy_assignment *policy_find_value(
	const struct policy *policy, const char *section, const char *key)
{
	for (size_t i = policy->n_assignments; i-- > 0;) {
		const struct policy_assignment *a = &policy->assignments[i];

		if (streq(a->key->section, section) && streq(a->key->name, key))
			return a;
	}
	return NULL;
}

const char *policy_initial_value(const char *section, const char *key)
{
	for (size_t i = 0; i < policy_keys.n; i++)
		if (streq(policy_keys.keys[i].section, section) &&
			streq(policy_keys.keys[i].name, key))
			return policy_keys.keys[i].initial;
	return NULL;
}

enum policy_proc policy_proc(const struct policy *policy)
{
	return policy->namespaces.pid ? policy->filesystem.proc : POLICY_PROC_NONE;
}

struct policy *policy_free(struct policy *policy)
{
	if (!policy)
		return NULL;
	key_clear(&policy_keys, policy);
	free(policy->cgroup.settings);
	free(policy->cgroup_sandbox.settings);
	free(policy->filesystem.grants);
	free(policy->filesystem.shares);
	free(policy->process.rlimits);
	free(policy->path);
	strv_clear(&policy->settings);
	assignments_clear(&policy->assignments, &policy->n_assignments);
	sources_clear(&policy->sources);
	free(policy);
	return NULL;
}
