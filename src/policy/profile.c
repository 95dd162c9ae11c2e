/* SPDX-License-Identifier: Apache-2.0 */
/* Shipped lists of system calls: seccomp/, runtimes/ and groups/NAME.ini, all written "@NAME". */
#include "policy/file.h"
#include "policy/key.h"

#include <dirent.h>

struct parsed {
	struct policy_calls calls;
};

static void check_profile(struct key_load *load)
{
	const struct parsed *parsed = load->target;

	if (!parsed->calls.n && !key_seen(load, "seccomp", "allow")->bad) {
		struct policy_place whole = { load->sources->v[0], 0, 0 };

		report_error(load->report, &whole, "allows no system call");
	}
}

/* clang-format off */
static const struct key keys[] = {
	{ "", "version", .type = &type_version,
		.help = "The policy language; 1, before all else", .since = "0.1" },
	{ "seccomp", "allow", .type = &type_any_syscalls,
		.offset = offsetof(struct parsed, calls),
		.help = "Calls, those of all architectures together", .since = "0.1" },
};
/* clang-format on */

static const struct key_table profile_keys = {
	.keys = keys,
	.n = ARRAY_SIZE(keys),
	.check = check_profile,
};

static const char *const folders[] = { "seccomp", "runtimes", "groups" };

/* Adds the "@NAME" of each NAME.ini in the folder. */
static int list_folder(const struct policy_dirs *dirs, const char *folder, struct strv *names)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ char *path = NULL;
	const struct dirent *entry;
	int r = 0;

	if (asprintf(&path, "%s/%s", dirs->shipped, folder) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	while (dir && r == 0 && (entry = readdir(dir)) != NULL) {
		const char *end = strstr(entry->d_name, ".ini");

		if (end && end[strlen(".ini")] == '\0' && entry->d_name[0] != '.')
			r = strv_addf(names, "@%.*s", (int)(end - entry->d_name), entry->d_name);
	}
	return r;
}

/* "there is no profile '@x'", and which there are. Returns -ENOENT. */
static int report_missing(const struct policy_dirs *dirs, const char *name, struct sbx_error *err)
{
	_cleanup_strv_ struct strv names = { 0 };
	char known[sizeof(err->cure)] = "";
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		(void)list_folder(dirs, folders[i], &names);
	strv_sort(&names);
	for (size_t i = 0; i < names.n && n < sizeof(known); i++)
		n += (size_t)snprintf(
			known + n, sizeof(known) - n, "%s%s", i ? " " : "", names.v[i]);
	(void)error_set(err, ENOENT, "there is no profile '%s'", name);
	if (!names.n)
		return error_cure(err, -ENOENT, "there are none at all in '%s'", dirs->shipped);
	return error_cure(err, -ENOENT, "known: %s", known);
}

int policy_parse_profile(
	const struct policy_profile *profile, struct policy_calls *ret_calls, struct sbx_error *err)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct policy_sources sources = { 0 };
	struct parsed parsed = { 0 };
	struct key_load load = {
		.table = &profile_keys,
		.target = &parsed,
		.sources = &sources,
		.report = &report,
	};
	int r = key_begin(&load, err), end;

	if (r == 0)
		r = key_read_text(&load, profile->path, profile->text, profile->size, err);
	end = key_end(&load, r < 0 ? NULL : err);
	r = r < 0 ? r : end;
	assignments_clear(&load.assignments, &load.n_assignments);
	/* Their places go with the sources. */
	for (size_t i = 0; i < parsed.calls.n; i++)
		parsed.calls.v[i].at = (struct policy_place){ 0 };
	sources_clear(&sources);
	if (r < 0)
		calls_clear(&parsed.calls);
	else
		*ret_calls = parsed.calls;
	return r;
}

/* -ENOENT, and ERR untouched, where the folder has none of this name. */
static int read_in(const struct policy_dirs *dirs, const char *folder, const char *name,
	struct policy_profile *ret_profile, struct sbx_error *err)
{
	_cleanup_profile_ struct policy_profile profile = { 0 };
	struct sbx_error why = { 0 };
	int r;

	if (asprintf(&profile.path, "%s/%s/%s.ini", dirs->shipped, folder, name) < 0) {
		profile.path = NULL;
		return error_errno(err, ENOMEM, "read profile '@%s'", name);
	}
	r = file_read(profile.path, &profile.text, &profile.size, &why);
	if (r == -ENOENT)
		return r;
	if (r < 0) {
		(void)error_prefix(&why, r, "%s", profile.path);
		if (err)
			*err = why;
		return r;
	}
	*ret_profile = profile;
	profile = (struct policy_profile){ 0 };
	return 0;
}

int policy_read_profile(const struct policy_dirs *dirs, const char *name,
	struct policy_profile *ret_profile, struct sbx_error *err)
{
	if (*name != '@' || !name_is_valid(name + 1))
		return error_set(
			err, EINVAL, "'%s' is not the name of a profile, as in '@default'", name);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		int r = read_in(dirs, folders[i], name + 1, ret_profile, err);

		if (r != -ENOENT)
			return r;
	}
	return report_missing(dirs, name, err);
}

int policy_load_profile(const struct policy_dirs *dirs, const char *name,
	struct policy_calls *ret_calls, struct sbx_error *err)
{
	_cleanup_profile_ struct policy_profile profile = { 0 };
	int r = policy_read_profile(dirs, name, &profile, err);

	return r < 0 ? r : policy_parse_profile(&profile, ret_calls, err);
}

const char *policy_runtime_profile(enum policy_runtime_type type)
{
	static const char *const profiles[] = {
		[POLICY_RUNTIME_DEFAULT] = "@default",
		[POLICY_RUNTIME_WAZERO] = "@wazero",
	};

	return profiles[type];
}

const char *policy_profile_name(const struct policy *policy)
{
	return policy->seccomp.profile ? policy->seccomp.profile
				       : policy_runtime_profile(policy->runtime.type);
}

void policy_profile_clear(struct policy_profile *profile)
{
	free(profile->path);
	free(profile->text);
	*profile = (struct policy_profile){ 0 };
}
