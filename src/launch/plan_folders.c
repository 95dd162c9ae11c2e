/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders that are mounted anew, for what is granted in them and isn't there yet: to be made, or
 * executed once it is.
 */
#include "launch/plan_parts.h"

#include <limits.h>
#include <sys/statvfs.h>

/* One for each folder, whatever names are granted in it. */
static int find_bind(struct plan *plan, const char *path, int folder, struct root_bind **ret_bind)
{
	struct root_bind *bind;

	for (size_t i = 0; i < plan->root.n_binds; i++)
		if (plan->binds[i].tree < 0 && streq(plan->binds[i].path, path)) {
			*ret_bind = &plan->binds[i];
			return 0;
		}
	if (strv_add(&plan->folders, path) < 0)
		return -ENOMEM;
	bind = &plan->binds[plan->root.n_binds++];
	*bind = (struct root_bind){
		.path = plan->folders.v[plan->folders.n - 1],
		.tree = -1,
		.folder = folder,
		.is_dir = true,
	};
	*ret_bind = bind;
	return 0;
}

int plan_host_keeps(const struct resolved *name, unsigned int *ret_rights)
{
	struct statvfs fs;

	if (fstatvfs(name->folder, &fs) < 0)
		return -errno;
	*ret_rights = (fs.f_flag & ST_RDONLY ? POLICY_WRITE : 0) |
		      (fs.f_flag & ST_NOEXEC ? POLICY_EXEC : 0);
	return 0;
}

/* No further than the host's own mount of it is: where that opens nothing it stays as it is. */
static int open_folder(
	struct plan *plan, const struct reach *reach, size_t i, struct sbx_error *err)
{
	const struct reach_place *name = &reach->places[i];
	unsigned int opens = reach_opens(reach, name), kept = 0;
	struct root_bind *bind;
	char path[PATH_MAX];
	int r;

	if (!opens || !reach_around(reach, name, path, sizeof(path)))
		return 0;
	r = plan_host_keeps(&plan->places[i], &kept);
	if (r < 0)
		return error_errno(err, -r, "look at the mount of '%s'", path);
	opens &= ~kept;
	if (!opens)
		return 0;
	if (find_bind(plan, path, plan->places[i].folder, &bind) < 0)
		return error_errno(err, ENOMEM, "plan the mounts");
	bind->writable |= (opens & POLICY_WRITE) != 0;
	bind->executable |= (opens & POLICY_EXEC) != 0;
	return 0;
}

/* An outer path comes first, and a tree before the folder that it is itself. */
static int compare_binds(const void *a, const void *b)
{
	const struct root_bind *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (x->tree < 0) - (y->tree < 0);
}

int plan_open_folders(struct plan *plan, const struct reach *reach, struct sbx_error *err)
{
	size_t n = plan->root.n_binds;
	int r = 0;

	for (size_t i = 0; i < reach->n && r == 0; i++)
		if (reach->places[i].is_name)
			r = open_folder(plan, reach, i, err);
	if (plan->root.n_binds > n)
		qsort(plan->binds, plan->root.n_binds, sizeof(*plan->binds), compare_binds);
	return r;
}
