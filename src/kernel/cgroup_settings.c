/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits written, read back, and taken back.
 */
#include "kernel/cgroup_settings.h"

#include "base/fs.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static int apply_value(const struct cgroup *cgroup, const struct policy_cgroup_setting *setting,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	const char *file = setting->file, *value = setting->value;
	char got[SETTINGS_TEXT_MAX];
	int r = settings_read(cgroup, file, got, err);

	/* A tenant that is warm has its limits already: reading is half the work of writing. */
	if (r < 0 || settings_same_value(value, got))
		return r;
	r = settings_change(cgroup, file, value, journal, err);
	if (r == 0)
		r = settings_read(cgroup, file, got, err);
	if (r < 0)
		return r;
	if (!settings_same_value(value, got)) {
		got[strcspn(got, "\n")] = '\0';
		return error_set(err, EIO, "%s of cgroup '%s' is '%.100s' after '%s' was written",
			file, cgroup->path, got, value);
	}
	return 0;
}

/* ---- lines ---- */

/* What the kernel calls it: a device by its numbers. */
static int name_thing(
	const struct policy_cgroup_line *line, char name[static 80], struct sbx_error *err)
{
	struct stat st;

	if (!line->device) {
		(void)snprintf(name, 80, "%s", line->thing);
		return 0;
	}
	if (stat(line->thing, &st) < 0)
		return error_errno(err, errno, "%s: device '%s'", line->file, line->thing);
	if (!S_ISBLK(st.st_mode))
		return error_set(
			err, EINVAL, "%s: '%s' is not a block device", line->file, line->thing);
	(void)snprintf(name, 80, "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return 0;
}

/* With all limits in one write, so that none is left of a former policy and none is off between. */
static int change_line(const struct cgroup *cgroup, const char *file, const char *thing,
	const char *limits, struct cgroup_journal *journal, struct sbx_error *err)
{
	const char *none = settings_no_limits(file);
	char got[SETTINGS_TEXT_MAX], before[512], value[512];
	const char *line;
	int r = settings_read(cgroup, file, got, err);

	if (r < 0)
		return r;
	line = settings_find_line(got, thing);
	if (line)
		(void)snprintf(before, sizeof(before), "%s", line);
	else
		(void)snprintf(before, sizeof(before), "%s %s", thing, none);
	/* Only a pair may be said twice. */
	if (*limits && !strchr(none, '='))
		none = "";
	(void)snprintf(value, sizeof(value), "%s %s%s%s", thing, none, *none && *limits ? " " : "",
		limits);
	r = settings_note(journal, file, before, err);
	return r < 0 ? r : settings_write(cgroup, file, value, err);
}

static int apply_line(const struct cgroup *cgroup, const struct policy_cgroup_line *line,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	char thing[80], got[SETTINGS_TEXT_MAX];
	int r = name_thing(line, thing, err);

	if (r == 0)
		r = change_line(cgroup, line->file, thing, line->limits, journal, err);
	if (r == 0)
		r = settings_read(cgroup, line->file, got, err);
	if (r < 0 || settings_line_holds(line->file, settings_find_line(got, thing), line->limits))
		return r;
	return error_set(err, EIO, "%s of cgroup '%s' does not hold '%s %s'", line->file,
		cgroup->path, thing, line->limits);
}

static bool is_limited(const struct policy_cgroup *settings, const char *file, const char *line)
{
	char thing[80];

	for (size_t i = 0; i < settings->n_lines; i++)
		if (streq(settings->lines[i].file, file) &&
			name_thing(&settings->lines[i], thing, NULL) == 0 &&
			strcspn(line, " ") == strlen(thing) && str_after(line, thing))
			return true;
	return false;
}

/* Things that the policy doesn't speak of. No controller, no file. */
static int reset_lines(const struct cgroup *cgroup, const char *file,
	const struct policy_cgroup *settings, struct cgroup_journal *journal, struct sbx_error *err)
{
	char text[SETTINGS_TEXT_MAX], *rest = text, *line;
	int r = 0;

	if (fs_read(cgroup->fd, file, text, sizeof(text)) < 0)
		return 0;
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		const char *limits = line + strcspn(line, " ");

		if (!*line || settings_line_holds(file, settings_no_limits(file), limits) ||
			is_limited(settings, file, line))
			continue;
		line[strcspn(line, " ")] = '\0';
		r = change_line(cgroup, file, line, "", journal, err);
	}
	return r;
}

/* ---- taking back ---- */

/* Three files have one weight between them. */
static bool is_set(const struct policy_cgroup *settings, const char *file)
{
	if (policy_cgroup_find(settings, file))
		return true;
	return streq(file, "cpu.weight") && (policy_cgroup_find(settings, "cpu.weight.nice") ||
						    policy_cgroup_find(settings, "cpu.idle"));
}

static int reset_kept(const struct cgroup *cgroup, const char *name,
	const struct policy_cgroup *settings, struct cgroup_journal *journal, struct sbx_error *err)
{
	const char *file = str_after(name, SETTINGS_KEPT);
	char value[512] = "", got[SETTINGS_TEXT_MAX];
	ssize_t n;
	int r;

	if (!file || policy_cgroup_find(settings, file))
		return 0;
	n = fgetxattr(cgroup->fd, name, value, sizeof(value) - 1);
	if (n < 0)
		return error_errno(
			err, errno, "read what %s of cgroup '%s' was", file, cgroup->path);
	value[n] = '\0';
	r = settings_read(cgroup, file, got, err);
	if (r < 0 || settings_same_value(value, got))
		return r;
	return settings_change(cgroup, file, value, journal, err);
}

static int reset_others(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	char names[SETTINGS_TEXT_MAX];
	ssize_t n = flistxattr(cgroup->fd, names, sizeof(names));
	int r = 0;

	if (n < 0)
		return error_errno(err, errno, "list the attributes of cgroup '%s'", cgroup->path);
	for (const char *name = names; name < names + n && r == 0; name += strlen(name) + 1)
		r = reset_kept(cgroup, name, settings, journal, err);
	return r;
}

static int reset_born_with(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < settings_n_born_with && r == 0; i++) {
		const char *file = settings_born_with[i].file, *value = settings_born_with[i].value;
		char got[SETTINGS_TEXT_MAX];

		/* No controller, no limit. */
		if (is_set(settings, file) || settings_read(cgroup, file, got, NULL) < 0)
			continue;
		got[strcspn(got, "\n")] = '\0';
		if (!streq(got, value))
			r = settings_change(cgroup, file, value, journal, err);
	}
	for (size_t i = 0; i < settings_n_line_files && r == 0; i++)
		r = reset_lines(cgroup, settings_line_files[i].file, settings, journal, err);
	return r;
}

/* What is idle has no weight that could be reset: so the others come first. */
static int reset(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	int r = reset_others(cgroup, settings, journal, err);

	return r < 0 ? r : reset_born_with(cgroup, settings, journal, err);
}

/* ---- all of it ---- */

static int say_place(const struct policy_place *at, int r, struct sbx_error *err)
{
	char where[PLACE_TEXT_MAX];

	return r < 0 && at->source ? error_prefix(err, r, "%s", place_text(at, where)) : r;
}

static int apply(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < settings->n_settings && r == 0; i++)
		r = say_place(&settings->settings[i].at,
			apply_value(cgroup, &settings->settings[i], journal, err), err);
	for (size_t i = 0; i < settings->n_lines && r == 0; i++)
		r = say_place(&settings->lines[i].at,
			apply_line(cgroup, &settings->lines[i], journal, err), err);
	return r;
}

int cgroup_apply(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err)
{
	_cleanup_journal_ struct cgroup_journal journal = { 0 };

	return apply(cgroup, settings, &journal, err);
}

int cgroup_change(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *ret_journal, struct sbx_error *err)
{
	_cleanup_journal_ struct cgroup_journal journal = { 0 };
	int r = cgroup_thaw_left(cgroup, err);

	if (r == 0)
		r = reset(cgroup, settings, &journal, err);
	if (r == 0)
		r = apply(cgroup, settings, &journal, err);
	if (r < 0) {
		struct sbx_error undoing = { 0 };

		if (cgroup_undo(cgroup, &journal, &undoing) < 0 && err)
			error_append(err, &undoing);
		return r;
	}
	if (ret_journal) {
		*ret_journal = journal;
		journal = (struct cgroup_journal){ 0 };
	}
	return 0;
}
