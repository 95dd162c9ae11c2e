/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits written, read back, taken back, and put back as they were.
 */
#include "kernel/cgroup.h"

#include "base/fs.h"

#include <limits.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* As much as io.max has with a hundred devices. */
enum { TEXT_MAX = 8192 };

/*
 * What a cgroup is born with, as read back: what a policy no longer limits returns to it. Any other
 * file's value is kept in an attribute of the cgroup before it is first written.
 */
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

/* Files with a line for each thing, and what a thing without limits has. */
static const struct {
	const char *file, *none;
} line_files[] = {
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.latency", "target=0" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
	{ "misc.max", "max" },
};

/* Only root can read or write these. */
#define KEPT "trusted.sandboxctl.was."

static const char *no_limits(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(line_files); i++)
		if (streq(line_files[i].file, file))
			return line_files[i].none;
	return NULL;
}

static bool is_born_with(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(born_with); i++)
		if (streq(born_with[i].file, file))
			return true;
	return false;
}

/* ---- texts ---- */

static bool next_word(const char **s, const char **ret_word, size_t *ret_n)
{
	*s += strspn(*s, " \t\n");
	*ret_word = *s;
	*ret_n = strcspn(*s, " \t\n");
	*s += *ret_n;
	return *ret_n > 0;
}

static bool has_word(const char *line, const char *word, size_t n)
{
	const char *at;
	size_t length;

	while (next_word(&line, &at, &length))
		if (length == n && strncmp(at, word, n) == 0)
			return true;
	return false;
}

static bool same_words(const char *a, const char *b)
{
	const char *x, *y;
	size_t n = 0, m = 0;

	for (;;) {
		bool more = next_word(&a, &x, &n), too = next_word(&b, &y, &m);

		if (more != too || n != m || strncmp(x, y, n) != 0)
			return false;
		if (!more)
			return true;
	}
}

/* "target=0" says what no line says, too. */
static bool is_no_limit(const char *file, const char *word, size_t n)
{
	const char *none = no_limits(file);

	return none && has_word(none, word, n);
}

/* Each word behind the thing stands in the line. No line: it has no limits. */
static bool line_holds(const char *file, const char *line, const char *limits)
{
	const char *word;
	size_t n;

	while (next_word(&limits, &word, &n))
		if (!(line ? has_word(line, word, n) : is_no_limit(file, word, n)))
			return false;
	return true;
}

/* The line of TEXT that begins with the word THING, cut off from the rest; NULL: none. */
static char *find_line(char *text, const char *thing)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		if (strcspn(line, " ") == strlen(thing) && str_after(line, thing))
			return line;
	return NULL;
}

/*
 * Values come as the kernel shows them; cpu.max adds its period to a lone "max", and a file may
 * have more lines than the one that was written.
 */
static bool same_value(const char *want, char *text)
{
	char *line = strsep(&text, "\n");

	if (same_words(want, line) || (streq(want, "max") && str_after(line, "max ")))
		return true;
	while (strchr(want, ' ') && (line = strsep(&text, "\n")))
		if (same_words(want, line))
			return true;
	return false;
}

/* ---- reading and writing ---- */

static int no_file(const struct cgroup *cgroup, const char *file, int errnum, struct sbx_error *err)
{
	int r = error_errno(err, errnum, "read %s of cgroup '%s'", file, cgroup->path);

	return errnum == ENOENT ? error_cure(err, r,
					  "this kernel has no such file; take it out of the policy")
				: r;
}

static int read_text(const struct cgroup *cgroup, const char *file, char text[static TEXT_MAX],
	struct sbx_error *err)
{
	ssize_t n = fs_read(cgroup->fd, file, text, TEXT_MAX);

	return n < 0 ? no_file(cgroup, file, (int)-n, err) : 0;
}

static int write_text(
	const struct cgroup *cgroup, const char *file, const char *value, struct sbx_error *err)
{
	int r;

	if (streq(file, "memory.max"))
		return cgroup_set_memory_max(cgroup, value, err);
	/* An empty value is written as a line: write(2) of nothing does nothing. */
	r = fs_write(cgroup->fd, file, *value ? value : "\n");
	if (r < 0)
		return error_errno(
			err, -r, "write '%s' to %s of cgroup '%s'", value, file, cgroup->path);
	return 0;
}

/* The value as a cgroup is born with it, unless it was written before and so is kept already. */
static int keep(
	const struct cgroup *cgroup, const char *file, const char *value, struct sbx_error *err)
{
	char name[XATTR_NAME_MAX + 1];

	/* The nice value is cpu.weight in other words, and goes with it. */
	if (is_born_with(file) || no_limits(file) || streq(file, "cpu.weight.nice"))
		return 0;
	(void)snprintf(name, sizeof(name), KEPT "%s", file);
	if (fsetxattr(cgroup->fd, name, value, strlen(value), XATTR_CREATE) < 0 && errno != EEXIST)
		return error_errno(
			err, errno, "keep what %s of cgroup '%s' was", file, cgroup->path);
	return 0;
}

/* What has to be written to have it as it was. */
static int note(
	struct cgroup_journal *journal, const char *file, const char *before, struct sbx_error *err)
{
	struct cgroup_change change = { strdup(file), strdup(before) }, *room;

	room = reallocarray(journal->v, journal->n + 1, sizeof(*room));
	if (room)
		journal->v = room;
	if (!room || !change.file || !change.before) {
		free(change.file);
		free(change.before);
		return error_errno(err, ENOMEM, "note what %s was", file);
	}
	room[journal->n++] = change;
	return 0;
}

static int change_value(const struct cgroup *cgroup, const char *file, const char *value,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	char got[TEXT_MAX];
	int r = read_text(cgroup, file, got, err);

	if (r < 0)
		return r;
	got[strcspn(got, "\n")] = '\0';
	/* The kernel says of a partition why it isn't one, and takes the word alone. */
	if (strstr(got, " invalid"))
		*strstr(got, " invalid") = '\0';
	r = keep(cgroup, file, got, err);
	if (r == 0)
		r = note(journal, file, got, err);
	return r < 0 ? r : write_text(cgroup, file, value, err);
}

static int apply_value(const struct cgroup *cgroup, const struct policy_cgroup_setting *setting,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	const char *file = setting->file, *value = setting->value;
	char got[TEXT_MAX];
	int r = read_text(cgroup, file, got, err);

	/* A tenant that is warm has its limits already: reading is half the work of writing. */
	if (r < 0 || same_value(value, got))
		return r;
	r = change_value(cgroup, file, value, journal, err);
	if (r == 0)
		r = read_text(cgroup, file, got, err);
	if (r < 0)
		return r;
	if (!same_value(value, got)) {
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
	const char *none = no_limits(file);
	char got[TEXT_MAX], before[512], value[512];
	const char *line;
	int r = read_text(cgroup, file, got, err);

	if (r < 0)
		return r;
	line = find_line(got, thing);
	if (line)
		(void)snprintf(before, sizeof(before), "%s", line);
	else
		(void)snprintf(before, sizeof(before), "%s %s", thing, none);
	/* Only a pair may be said twice. */
	if (*limits && !strchr(none, '='))
		none = "";
	(void)snprintf(value, sizeof(value), "%s %s%s%s", thing, none, *none && *limits ? " " : "",
		limits);
	r = note(journal, file, before, err);
	return r < 0 ? r : write_text(cgroup, file, value, err);
}

static int apply_line(const struct cgroup *cgroup, const struct policy_cgroup_line *line,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	char thing[80], got[TEXT_MAX];
	int r = name_thing(line, thing, err);

	if (r == 0)
		r = change_line(cgroup, line->file, thing, line->limits, journal, err);
	if (r == 0)
		r = read_text(cgroup, line->file, got, err);
	if (r < 0 || line_holds(line->file, find_line(got, thing), line->limits))
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
	char text[TEXT_MAX], *rest = text, *line;
	int r = 0;

	if (fs_read(cgroup->fd, file, text, sizeof(text)) < 0)
		return 0;
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		const char *limits = line + strcspn(line, " ");

		if (!*line || line_holds(file, no_limits(file), limits) ||
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
	const char *file = str_after(name, KEPT);
	char value[512] = "", got[TEXT_MAX];
	ssize_t n;
	int r;

	if (!file || policy_cgroup_find(settings, file))
		return 0;
	n = fgetxattr(cgroup->fd, name, value, sizeof(value) - 1);
	if (n < 0)
		return error_errno(
			err, errno, "read what %s of cgroup '%s' was", file, cgroup->path);
	value[n] = '\0';
	r = read_text(cgroup, file, got, err);
	if (r < 0 || same_value(value, got))
		return r;
	return change_value(cgroup, file, value, journal, err);
}

static int reset_others(const struct cgroup *cgroup, const struct policy_cgroup *settings,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	char names[TEXT_MAX];
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

	for (size_t i = 0; i < ARRAY_SIZE(born_with) && r == 0; i++) {
		const char *file = born_with[i].file, *value = born_with[i].value;
		char got[TEXT_MAX];

		/* No controller, no limit. */
		if (is_set(settings, file) || read_text(cgroup, file, got, NULL) < 0)
			continue;
		got[strcspn(got, "\n")] = '\0';
		if (!streq(got, value))
			r = change_value(cgroup, file, value, journal, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(line_files) && r == 0; i++)
		r = reset_lines(cgroup, line_files[i].file, settings, journal, err);
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

int cgroup_undo(
	const struct cgroup *cgroup, const struct cgroup_journal *journal, struct sbx_error *err)
{
	int first = 0;

	for (size_t i = journal->n; i-- > 0;) {
		const struct cgroup_change *change = &journal->v[i];
		int r = write_text(cgroup, change->file, change->before, first ? NULL : err);

		if (first == 0)
			first = r;
	}
	return first;
}

void cgroup_journal_clear(struct cgroup_journal *journal)
{
	for (size_t i = 0; i < journal->n; i++) {
		free(journal->v[i].file);
		free(journal->v[i].before);
	}
	free(journal->v);
	*journal = (struct cgroup_journal){ 0 };
}
