/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cgroup's files read and written, with a journal of what they held before.
 */
#include "kernel/cgroup_settings.h"

#include "base/fs.h"

#include <linux/limits.h>
#include <sys/xattr.h>

static int no_file(const struct cgroup *cgroup, const char *file, int errnum, struct sbx_error *err)
{
	int r = error_errno(err, errnum, "read %s of cgroup '%s'", file, cgroup->path);

	return errnum == ENOENT ? error_cure(err, r,
					  "this kernel has no such file; take it out of the policy")
				: r;
}

int settings_read(const struct cgroup *cgroup, const char *file,
	char text[static SETTINGS_TEXT_MAX], struct sbx_error *err)
{
	ssize_t n = fs_read(cgroup->fd, file, text, SETTINGS_TEXT_MAX);

	return n < 0 ? no_file(cgroup, file, (int)-n, err) : 0;
}

int settings_write(
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
	if (settings_is_born_with(file) || settings_no_limits(file) ||
		streq(file, "cpu.weight.nice"))
		return 0;
	(void)snprintf(name, sizeof(name), SETTINGS_KEPT "%s", file);
	if (fsetxattr(cgroup->fd, name, value, strlen(value), XATTR_CREATE) < 0 && errno != EEXIST)
		return error_errno(
			err, errno, "keep what %s of cgroup '%s' was", file, cgroup->path);
	return 0;
}

/* What has to be written to have it as it was. */
int settings_note(
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

int settings_change(const struct cgroup *cgroup, const char *file, const char *value,
	struct cgroup_journal *journal, struct sbx_error *err)
{
	char got[SETTINGS_TEXT_MAX];
	int r = settings_read(cgroup, file, got, err);

	if (r < 0)
		return r;
	got[strcspn(got, "\n")] = '\0';
	/* The kernel says of a partition why it isn't one, and takes the word alone. */
	if (strstr(got, " invalid"))
		*strstr(got, " invalid") = '\0';
	r = keep(cgroup, file, got, err);
	if (r == 0)
		r = settings_note(journal, file, got, err);
	return r < 0 ? r : settings_write(cgroup, file, value, err);
}

int cgroup_undo(
	const struct cgroup *cgroup, const struct cgroup_journal *journal, struct sbx_error *err)
{
	int first = 0;

	for (size_t i = journal->n; i-- > 0;) {
		const struct cgroup_change *change = &journal->v[i];
		int r = settings_write(cgroup, change->file, change->before, first ? NULL : err);

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
