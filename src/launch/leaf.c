/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/leaf.h"

#include "state/registry.h"

#include <fcntl.h>

void leaf_name(char ret[static LEAF_NAME_MAX], const char *name, const char *end)
{
	(void)snprintf(ret, LEAF_NAME_MAX, "%s%s", name, end);
}

int leaf_add_names(int dir, const char *path, const char *end, struct strv *names)
{
	_cleanup_closedir_ DIR *folder = NULL;
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	struct dirent *entry;

	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && (errno = 0, entry = readdir(folder))) {
		size_t n = strlen(entry->d_name), tail = strlen(end);
		char name[NAME_MAX_LEN + 2];

		if (n <= tail || !streq(entry->d_name + n - tail, end))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)(n - tail), entry->d_name);
		if (name_is_valid(name))
			r = strv_add(names, name);
	}
	return r < 0 ? r : -errno;
}

int leaf_find(
	const char *path, struct cgroup *ret_slice, const char **ret_name, struct sbx_error *err)
{
	const char *slash = strrchr(path, '/');
	char above[PATH_MAX];
	unsigned int level;
	int r;

	if (!slash || !slash[1] || (size_t)(slash - path) >= sizeof(above))
		return error_errno(err, EINVAL, "open cgroup '%s'", path);
	(void)snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	r = cgroup_open_base(above, ret_slice, &level, err);
	if (r == 0)
		*ret_name = slash + 1;
	return r;
}

int leaf_remove(
	const struct lsm *lsm, const struct cgroup *slice, const char *name, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	int r = cgroup_open(slice, name, &leaf, err);

	if (r == -ENOENT)
		return 0;
	/* The label first: without its cgroup nobody would find it again. */
	if (r == 0 && lsm)
		r = lsm_leaf_delete(lsm, leaf.id, err);
	return r < 0 ? r : cgroup_remove(slice, name, &leaf, err);
}

int leaf_remove_orphan(const struct lsm *lsm, const char *tenant, const char *name,
	const char *path, struct sbx_error *err)
{
	struct registry_entry entry = REGISTRY_ENTRY_INIT;
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	const char *leaf = NULL;
	int r = registry_claim(tenant, name, &entry, err);

	if (r < 0)
		return r;
	r = leaf_find(path, &slice, &leaf, err);
	if (r == 0)
		r = leaf_remove(lsm, &slice, leaf, err);
	registry_release(&entry);
	return r == -ENOENT ? 0 : r;
}
