/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Controllers: whether they are there, and turned on for whoever needs them.
 */
#include "kernel/cgroup.h"

#include "base/fs.h"

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

static int enable_for(const struct cgroup *cgroup, const char *enabled,
	const struct policy_cgroup *settings, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < settings->n_settings && r == 0; i++)
		r = enable(cgroup, enabled, settings->settings[i].file, err);
	for (size_t i = 0; i < settings->n_lines && r == 0; i++)
		r = enable(cgroup, enabled, settings->lines[i].file, err);
	return r;
}

int cgroup_enable_for(const struct cgroup *cgroup, const struct policy_cgroup *const *settings,
	struct sbx_error *err)
{
	char enabled[512];
	ssize_t n;
	int r = 0;

	if (!settings)
		return 0;
	n = fs_read(cgroup->fd, "cgroup.subtree_control", enabled, sizeof(enabled));
	if (n < 0)
		return error_errno(
			err, (int)-n, "read cgroup.subtree_control of '%s'", cgroup->path);
	/* One that the first of them has turned on is turned on once more. */
	for (; *settings && r == 0; settings++)
		r = enable_for(cgroup, enabled, *settings, err);
	return r;
}
