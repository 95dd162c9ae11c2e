/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/cgroup.h"

#include "base/clock.h"
#include "base/fs.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* Removing waits for exits that were forced already: seconds only when the machine is drowning. */
#define EMPTY_TIMEOUT 10000000 /* usec */

/* kernfs hands out the cgroup's 64-bit id as its file handle (name_to_handle_at(2)). */
union cgroup_handle {
	struct file_handle handle;
	char space[sizeof(struct file_handle) + sizeof(uint64_t)];
};

/* FILEID_KERNFS of include/linux/exportfs.h: the handle is the id and nothing else. */
#define HANDLE_TYPE 0xfe

static int read_id(struct cgroup *cgroup, struct sbx_error *err)
{
	union cgroup_handle u = { .handle.handle_bytes = sizeof(uint64_t) };
	int mount_id;

	if (name_to_handle_at(cgroup->fd, "", &u.handle, &mount_id, AT_EMPTY_PATH) < 0)
		return error_errno(err, errno, "read the id of cgroup '%s'", cgroup->path);
	memcpy(&cgroup->id, u.handle.f_handle, sizeof(cgroup->id));
	return 0;
}

/* The mount point of the cgroup2 file system: /sys/fs/cgroup, or elsewhere beside v1. */
static int find_mount(char *path, size_t size, struct sbx_error *err)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/mounts", "re");
	char line[PATH_MAX + 256], target[PATH_MAX], type[32];
	int r;

	if (!f)
		return error_errno(err, errno, "open '/proc/self/mounts'");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %4095s %31s", target, type) != 2 || !streq(type, "cgroup2"))
			continue;
		if (strlen(target) >= size)
			break;
		memcpy(path, target, strlen(target) + 1);
		return 0;
	}
	r = error_set(err, ENOTSUP, "cgroup v2 is not mounted");
	return error_cure(err, r, "mount -t cgroup2 none /sys/fs/cgroup");
}

int cgroup_open_root(struct cgroup *ret_root, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT;
	char path[PATH_MAX] = CGROUP_USUAL_MOUNT;
	struct statfs fs;
	int r = 0;

	/* The list of all mounts is long, and slow to make. */
	root.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root.fd < 0 || fstatfs(root.fd, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC) {
		cgroup_close(&root);
		r = find_mount(path, sizeof(path), err);
		if (r < 0)
			return r;
		root.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (root.fd < 0)
		return error_errno(err, errno, "open '%s'", path);
	r = read_id(&root, err);
	if (r < 0)
		return r;
	*ret_root = root;
	root.fd = -1;
	return 0;
}

static int open_child(const struct cgroup *parent, const char *name, struct cgroup *ret_cgroup,
	struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup child = CGROUP_INIT;
	int n, r;

	n = snprintf(child.path, sizeof(child.path), "%s/%s", parent->path, name);
	if (n < 0 || (size_t)n >= sizeof(child.path))
		return error_errno(err, ENAMETOOLONG, "cgroup '%s/%s'", parent->path, name);
	child.fd = openat(parent->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (child.fd < 0)
		return error_errno(err, errno, "open cgroup '%s'", child.path);
	r = read_id(&child, err);
	if (r < 0)
		return r;
	*ret_cgroup = child;
	child.fd = -1;
	return 0;
}

int cgroup_open(const struct cgroup *parent, const char *name, struct cgroup *ret_cgroup,
	struct sbx_error *err)
{
	return open_child(parent, name, ret_cgroup, err);
}

int cgroup_make(const struct cgroup *parent, const char *name, bool exclusive,
	struct cgroup *ret_cgroup, struct sbx_error *err)
{
	/* It mostly is there, and to ask mkdir(2) for that takes locks. */
	int r = exclusive ? -ENOENT : open_child(parent, name, ret_cgroup, NULL);
	bool made;

	if (r == 0)
		return 0;
	made = mkdirat(parent->fd, name, 0755) == 0;
	if (!made && (errno != EEXIST || exclusive))
		return error_errno(err, errno, "make cgroup '%s/%s'", parent->path, name);
	r = open_child(parent, name, ret_cgroup, err);
	if (r < 0 && made)
		(void)unlinkat(parent->fd, name, AT_REMOVEDIR);
	if (r == 0)
		ret_cgroup->made = made;
	return r;
}

/* Its path, below the mount that `root` stands for. For messages: what doesn't fit is cut. */
static void read_path(const struct cgroup *root, struct cgroup *cgroup)
{
	char mount[PATH_MAX], path[PATH_MAX];
	const char *below = NULL;

	if (fs_path_of(root->fd, mount, sizeof(mount), NULL) == 0 &&
		fs_path_of(cgroup->fd, path, sizeof(path), NULL) == 0)
		below = str_after(path, mount);
	(void)snprintf(cgroup->path, sizeof(cgroup->path), "%s", below ? below : "?");
}

int cgroup_open_id(uint64_t id, struct cgroup *ret_cgroup, struct sbx_error *err)
{
	union cgroup_handle u = { .handle = { .handle_bytes = sizeof(id),
					  .handle_type = HANDLE_TYPE } };
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT, cgroup = CGROUP_INIT;
	int r = cgroup_open_root(&root, err);

	if (r < 0)
		return r;
	memcpy(u.handle.f_handle, &id, sizeof(id));
	cgroup.fd = open_by_handle_at(root.fd, &u.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup.fd < 0)
		return error_errno(err, errno == ESTALE ? ENOENT : errno, "open cgroup id %llu",
			(unsigned long long)id);
	cgroup.id = id;
	read_path(&root, &cgroup);
	*ret_cgroup = cgroup;
	cgroup.fd = -1;
	return 0;
}

void cgroup_close(struct cgroup *cgroup)
{
	close_fdp(&cgroup->fd);
	cgroup->fd = -1;
}

uint64_t cgroup_event(const struct cgroup *cgroup, const char *file, const char *key)
{
	char text[1024], *rest = text, *line;
	uint64_t value;

	if (fs_read(cgroup->fd, file, text, sizeof(text)) < 0)
		return 0;
	while ((line = strsep(&rest, "\n"))) {
		const char *after = str_after(line, key);

		if (after && *after == ' ' && str_to_u64(after + 1, &value) == 0)
			return value;
	}
	return 0;
}

int cgroup_kill(const struct cgroup *cgroup, struct sbx_error *err)
{
	int r = fs_write(cgroup->fd, "cgroup.kill", "1");

	if (r < 0)
		return error_errno(err, -r, "kill cgroup '%s'", cgroup->path);
	return 0;
}

static int events_failed(const struct cgroup *cgroup, int r, struct sbx_error *err)
{
	return error_errno(err, -r, "read cgroup.events of '%s'", cgroup->path);
}

/* What can't be told is an error, and never "nobody". */
int cgroup_is_populated(const struct cgroup *cgroup, bool *ret_populated, struct sbx_error *err)
{
	_cleanup_close_ int events = cgroup_open_events(cgroup);
	uint64_t populated = 1;
	int r = events < 0 ? events : cgroup_read_event(events, "populated", &populated);

	if (r < 0)
		return events_failed(cgroup, r, err);
	*ret_populated = populated;
	return 0;
}

int cgroup_wait_empty(const struct cgroup *cgroup, uint64_t deadline, struct sbx_error *err)
{
	_cleanup_close_ int events = cgroup_open_events(cgroup);
	int r = events < 0 ? events : cgroup_wait_event(events, "populated", 0, deadline);

	if (r == -ETIMEDOUT)
		return error_set(
			err, ETIMEDOUT, "processes of cgroup '%s' don't end", cgroup->path);
	return r < 0 ? events_failed(cgroup, r, err) : 0;
}

int cgroup_kill_and_wait(const struct cgroup *cgroup, struct sbx_error *err)
{
	int r = cgroup_kill(cgroup, err);

	return r < 0 ? r : cgroup_wait_empty(cgroup, clock_usec() + EMPTY_TIMEOUT, err);
}

int cgroup_remove(const struct cgroup *parent, const char *name, const struct cgroup *cgroup,
	struct sbx_error *err)
{
	int r;

	/* Empty already is the usual case; only then does it go at once. */
	if (unlinkat(parent->fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY)
		return error_errno(err, errno, "remove cgroup '%s'", cgroup->path);
	r = cgroup_kill_and_wait(cgroup, err);
	if (r < 0)
		return r;
	if (unlinkat(parent->fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return error_errno(err, errno, "remove cgroup '%s'", cgroup->path);
	return 0;
}
