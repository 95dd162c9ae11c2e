/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other half of cgroup.h: controllers turned on, limits written, read back and taken back.
 */
#include "kernel/cgroup.h"

#include "base/fs.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

void cgroup_controller_of(const char *file, char name[static 32])
{
	size_t n = strcspn(file, ".");

	(void)snprintf(name, 32, "%.*s", (int)n, file);
	if (streq(name, "cgroup"))
		name[0] = '\0';
}

/* Words are separated by spaces; the line may end with the text or a newline. */
static bool line_has_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at += n)
		if ((at == line || at[-1] == ' ') && strchr(" \n", at[n]))
			return true;
	return false;
}

bool cgroup_has_controller(const struct cgroup *cgroup, const char *file, const char *controller)
{
	char line[512];

	return fs_read(cgroup->fd, file, line, sizeof(line)) >= 0 &&
	       line_has_word(line, controller);
}

static const char *name_of(const struct cgroup *cgroup)
{
	return *cgroup->path ? cgroup->path : "/";
}

int cgroup_offers(const struct cgroup *cgroup, const char *file, struct sbx_error *err)
{
	char name[32];
	int r;

	cgroup_controller_of(file, name);
	if (!*name || cgroup_has_controller(cgroup, "cgroup.controllers", name))
		return 0;
	r = error_set(err, ENOTSUP, "%s: cgroup '%s' has no controller '%s'", file, name_of(cgroup),
		name);
	return error_cure(err, r,
		"give the kernel that controller on cgroup v2, or set no limit: '%s ='", file);
}

static int enable(
	const struct cgroup *cgroup, const char *enabled, const char *file, struct sbx_error *err)
{
	char name[32], word[34];
	int r;

	cgroup_controller_of(file, name);
	if (!*name || line_has_word(enabled, name))
		return 0;
	r = cgroup_offers(cgroup, file, err);
	if (r < 0)
		return r;
	(void)snprintf(word, sizeof(word), "+%s", name);
	r = fs_write(cgroup->fd, "cgroup.subtree_control", word);
	if (r < 0)
		return error_errno(err, -r, "write %s to cgroup.subtree_control of '%s'", word,
			name_of(cgroup));
	return 0;
}

int cgroup_enable_for(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err)
{
	char enabled[512];
	ssize_t n = fs_read(cgroup->fd, "cgroup.subtree_control", enabled, sizeof(enabled));
	int r = 0;

	if (n < 0)
		return error_errno(
			err, (int)-n, "read cgroup.subtree_control of '%s'", cgroup->path);
	for (size_t i = 0; i < settings->n_settings && r == 0; i++)
		r = enable(cgroup, enabled, settings->settings[i].file, err);
	if (r == 0 && settings->n_io_limits)
		r = enable(cgroup, enabled, "io.max", err);
	return r;
}

/* Values come as the kernel shows them; only cpu.max adds its period to a lone "max". */
static bool same_value(const char *want, const char *got)
{
	return streq(want, got) || (streq(want, "max") && str_after(got, "max "));
}

static int read_value(const struct cgroup *cgroup, const char *file, char *value, size_t size,
	struct sbx_error *err)
{
	ssize_t n = fs_read(cgroup->fd, file, value, size);

	if (n < 0)
		return error_errno(err, (int)-n, "read %s of cgroup '%s'", file, cgroup->path);
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

static int apply(
	const struct cgroup *cgroup, const char *file, const char *value, struct sbx_error *err)
{
	char got[256];
	int r = read_value(cgroup, file, got, sizeof(got), err);

	/* A tenant that is warm has its limits already: reading is half the work of writing. */
	if (r < 0 || same_value(value, got))
		return r;
	r = fs_write(cgroup->fd, file, value);
	if (r < 0)
		return error_errno(
			err, -r, "write '%s' to %s of cgroup '%s'", value, file, cgroup->path);
	r = read_value(cgroup, file, got, sizeof(got), err);
	if (r < 0)
		return r;
	if (!same_value(value, got))
		return error_set(err, EIO, "%s of cgroup '%s' is '%s' after '%s' was written", file,
			cgroup->path, got, value);
	return 0;
}

/* Each of "rbps=1 wiops=2" stands in what the kernel shows for the device, "8:0 rbps=1 ...". */
static bool has_limits(char *shown, const char *device, const char *limits)
{
	char *rest = shown, *line, wanted[256], *rest_wanted = wanted, *word;

	(void)snprintf(wanted, sizeof(wanted), "%s", limits);
	while ((line = strsep(&rest, "\n"))) {
		if (!str_after(line, device))
			continue;
		while ((word = strsep(&rest_wanted, " ")))
			if (*word && !line_has_word(line + strlen(device), word))
				return false;
		return true;
	}
	return false;
}

static int apply_io(
	const struct cgroup *cgroup, const struct policy_io_limit *limit, struct sbx_error *err)
{
	char value[256], device[32], got[4096];
	struct stat st;
	ssize_t n;
	int r;

	if (stat(limit->device, &st) < 0)
		return error_errno(err, errno, "io.max: device '%s'", limit->device);
	if (!S_ISBLK(st.st_mode))
		return error_set(err, EINVAL, "io.max: '%s' is not a block device", limit->device);
	(void)snprintf(device, sizeof(device), "%u:%u ", major(st.st_rdev), minor(st.st_rdev));
	(void)snprintf(value, sizeof(value), "%s%s", device, limit->limits);
	r = fs_write(cgroup->fd, "io.max", value);
	if (r < 0)
		return error_errno(
			err, -r, "write '%s' to io.max of cgroup '%s'", value, cgroup->path);
	n = fs_read(cgroup->fd, "io.max", got, sizeof(got));
	if (n < 0)
		return error_errno(err, (int)-n, "read io.max of cgroup '%s'", cgroup->path);
	if (!has_limits(got, device, limit->limits))
		return error_set(
			err, EIO, "io.max of cgroup '%s' does not hold '%s'", cgroup->path, value);
	return 0;
}

/* What a cgroup is born with, as read back: what a policy no longer limits returns to it. */
static const struct {
	const char *file, *value;
} born_with[] = {
	{ "memory.max", "max" },
	{ "memory.high", "max" },
	{ "memory.swap.max", "max" },
	{ "memory.oom.group", "0" },
	{ "pids.max", "max" },
	{ "cpu.max", "max 100000" },
	{ "cpu.weight", "100" },
	{ "io.weight", "default 100" },
	{ "cpuset.cpus", "" },
};

static bool is_set(const struct policy_cgroup *settings, const char *file)
{
	for (size_t i = 0; i < settings->n_settings; i++)
		if (streq(settings->settings[i].file, file))
			return true;
	return false;
}

/* What the policy lists is written after. */
static int reset_io(const struct cgroup *cgroup, struct sbx_error *err)
{
	char text[4096], *rest = text, *line;

	/* No io controller, no limits. */
	if (fs_read(cgroup->fd, "io.max", text, sizeof(text)) < 0)
		return 0;
	while ((line = strsep(&rest, "\n"))) {
		char value[128];
		int r;

		if (!*line)
			continue;
		(void)snprintf(value, sizeof(value), "%.*s rbps=max wbps=max riops=max wiops=max",
			(int)strcspn(line, " "), line);
		r = fs_write(cgroup->fd, "io.max", value);
		if (r < 0)
			return error_errno(err, -r, "reset io.max of cgroup '%s'", cgroup->path);
	}
	return 0;
}

int cgroup_reset(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(born_with); i++) {
		const char *file = born_with[i].file, *value = born_with[i].value;
		char got[256];
		int r;

		if (is_set(settings, file) ||
			read_value(cgroup, file, got, sizeof(got), NULL) < 0 || streq(got, value))
			continue;
		/* An empty value is written as a line: write(2) of nothing does nothing. */
		r = fs_write(cgroup->fd, file, *value ? value : "\n");
		if (r < 0)
			return error_errno(err, -r, "reset %s of cgroup '%s'", file, cgroup->path);
	}
	return reset_io(cgroup, err);
}

int cgroup_apply(
	const struct cgroup *cgroup, const struct policy_cgroup *settings, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < settings->n_settings && r == 0; i++)
		r = apply(cgroup, settings->settings[i].file, settings->settings[i].value, err);
	for (size_t i = 0; i < settings->n_io_limits && r == 0; i++)
		r = apply_io(cgroup, &settings->io_limits[i], err);
	return r;
}
