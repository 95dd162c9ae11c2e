/* SPDX-License-Identifier: Apache-2.0 */
/* Shipped lists of system calls: seccomp/, runtimes/ and groups/NAME.ini, all written "@NAME". */
#include "policy/key.h"

#include <dirent.h>

struct profile {
	struct policy_calls calls;
};

static void check_profile(struct key_load *load)
{
	const struct profile *profile = load->target;

	if (!profile->calls.n && !key_seen(load, "seccomp", "allow")->bad) {
		struct policy_place whole = { load->sources->v[0], 0, 0 };

		report_error(load->report, &whole, "allows no system call");
	}
}

/* clang-format off */
static const struct key keys[] = {
	{ "", "version", .type = &type_version,
		.help = "The policy language; 1, before all else", .since = "0.1" },
	{ "seccomp", "allow", .type = &type_any_syscalls,
		.offset = offsetof(struct profile, calls),
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

static int read_profile(const char *path, struct policy_calls *ret_calls, struct sbx_error *err)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct policy_sources sources = { 0 };
	struct profile profile = { 0 };
	struct key_load load = {
		.table = &profile_keys,
		.target = &profile,
		.sources = &sources,
		.report = &report,
	};
	int r = key_read_file(&load, path, err);

	/* Their places go with the sources. */
	for (size_t i = 0; i < profile.calls.n; i++)
		profile.calls.v[i].at = (struct policy_place){ 0 };
	sources_clear(&sources);
	if (r < 0)
		calls_clear(&profile.calls);
	else
		*ret_calls = profile.calls;
	return r;
}

int policy_load_profile(const struct policy_dirs *dirs, const char *name,
	struct policy_calls *ret_calls, struct sbx_error *err)
{
	if (*name != '@' || !name_is_valid(name + 1))
		return error_set(
			err, EINVAL, "'%s' is not the name of a profile, as in '@default'", name);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *path = NULL;
		struct sbx_error why = { 0 };
		int r;

		if (asprintf(&path, "%s/%s/%s.ini", dirs->shipped, folders[i], name + 1) < 0) {
			path = NULL;
			return error_errno(err, ENOMEM, "read profile '%s'", name);
		}
		r = read_profile(path, ret_calls, &why);
		if (r == -ENOENT)
			continue;
		if (r < 0 && err)
			*err = why;
		return r;
	}
	return report_missing(dirs, name, err);
}
