/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The base: where it is, who made it, and who is in it.
 *
 * systemd's rules for the tree: https://systemd.io/CGROUP_DELEGATION. It marks what it hands over,
 * and runs the commands of a delegated service (ExecReload= and the like) in a child of its cgroup.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "kernel/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What it names the child. */
#define SYSTEMD_CONTROL ".control"

/* The same two in systemd's order of age. Nobody but root can set either on a cgroup of root's. */
static const char *const marks[] = { "trusted.delegate", "user.delegate" };

bool cgroup_is_delegated(const struct cgroup *cgroup)
{
	char value = '0';

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (fgetxattr(cgroup->fd, marks[i], &value, 1) == 1 && value == '1')
			return true;
	return false;
}

/*
 * The mark alone would not do: `systemctl set-property` makes the cgroup of a service that is
 * stopped, too. The child is made by the service's main process, and goes with the rest.
 */
static bool is_service_there(void)
{
	_cleanup_cgroup_ struct cgroup service = CGROUP_INIT;

	service.fd = open(CGROUP_USUAL_MOUNT CGROUP_SERVICE_BASE,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return service.fd >= 0 && faccessat(service.fd, SYSTEMD_CONTROL, F_OK, 0) == 0 &&
	       cgroup_is_delegated(&service);
}

/* As sd_booted(3) tells. */
static bool is_systemd_init(void)
{
	struct stat st;

	return lstat("/run/systemd/system", &st) == 0 && S_ISDIR(st.st_mode);
}

int cgroup_find_base(struct host_config *host, struct sbx_error *err)
{
	bool systemd;
	int r;

	if (host->base)
		return 0;
	systemd = is_systemd_init();
	if (systemd && !is_service_there()) {
		r = error_set(err, ENOENT,
			"the cgroups are systemd's, and sandboxctl.service doesn't run");
		return error_cure(err, r, "systemctl enable --now sandboxctl");
	}
	host->base = strdup(systemd ? CGROUP_SERVICE_BASE : CGROUP_OWN_BASE);
	return host->base ? 0 : error_errno(err, ENOMEM, "find the base cgroup");
}

/* `make`: what is missing is made, and the controllers for it turned on. */
static int walk(const struct cgroup *root, const char *path, bool make,
	const struct policy_cgroup *const *settings, struct cgroup *ret_base,
	unsigned int *ret_level, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup at = CGROUP_INIT;
	_cleanup_free_ char *copy = strdup(path);
	const struct cgroup *parent = root;
	char *rest = copy, *name;
	unsigned int level = 0;
	int r = copy ? 0 : error_errno(err, ENOMEM, "open '%s'", path);

	while (r == 0 && (name = strsep(&rest, "/"))) {
		struct cgroup next;

		if (!*name)
			continue;
		r = make ? cgroup_enable_for(parent, settings, err) : 0;
		if (r == 0)
			r = make ? cgroup_make(parent, name, false, &next, err)
				 : cgroup_open(parent, name, &next, err);
		if (r < 0)
			return r;
		cgroup_close(&at);
		at = next;
		parent = &at;
		level++;
	}
	if (r < 0)
		return r;
	*ret_base = at;
	*ret_level = level;
	at.fd = -1;
	return 0;
}

/* Whether it is there and systemd's to give. */
static bool is_path_delegated(const struct cgroup *root, const char *path)
{
	_cleanup_cgroup_ struct cgroup at = CGROUP_INIT;

	at.fd = openat(root->fd, path + strspn(path, "/"),
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return at.fd >= 0 && cgroup_is_delegated(&at);
}

int cgroup_make_base(const char *path, const struct policy_cgroup *const *settings,
	struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT, base = CGROUP_INIT;
	int r = cgroup_open_root(&root, err);

	if (r == 0)
		r = walk(&root, path, !is_path_delegated(&root, path), settings, &base, ret_level,
			err);
	if (r == 0)
		r = cgroup_enable_for(&base, settings, err);
	if (r < 0)
		return r;
	*ret_base = base;
	base.fd = -1;
	return 0;
}

int cgroup_open_base(
	const char *path, struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT;
	int r = cgroup_open_root(&root, err);

	return r < 0 ? r : walk(&root, path, false, NULL, ret_base, ret_level, err);
}

int cgroup_open_source(const char *path, struct cgroup *ret_source, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT;
	unsigned int level;
	int r = cgroup_open_root(&root, err);

	if (r < 0)
		return r;
	if (path && is_path_delegated(&root, path))
		return walk(&root, path, false, NULL, ret_source, &level, err);
	*ret_source = root;
	root.fd = -1;
	return 0;
}

int cgroup_make_control(
	const struct cgroup *base, struct cgroup *ret_control, struct sbx_error *err)
{
	return cgroup_make(base, SYSTEMD_CONTROL, false, ret_control, err);
}

/* What is to be done about each; another result than 0 ends it, and is the answer. */
typedef int visit_fn(const struct cgroup *cgroup, struct sbx_error *err);

/* One that is gone by now has nobody in it. */
static int visit_child(
	const struct cgroup *base, const char *name, visit_fn *visit, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup child = CGROUP_INIT;
	int r = cgroup_open(base, name, &child, err);

	if (r == 0)
		r = visit(&child, err);
	return r == -ENOENT || r == -ENODEV ? 0 : r;
}

/* The base as a whole, but a delegated one child by child, less the service itself. */
static int visit_watched(const struct cgroup *base, visit_fn *visit, struct sbx_error *err)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int fd, r = 0;

	if (!cgroup_is_delegated(base))
		return visit(base, err);
	fd = openat(base->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		r = error_errno(err, errno, "read cgroup '%s'", base->path);
		close_fdp(&fd);
		return r;
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		if (entry->d_type == DT_DIR && !streq(entry->d_name, ".") &&
			!streq(entry->d_name, "..") && !streq(entry->d_name, SYSTEMD_CONTROL))
			r = visit_child(base, entry->d_name, visit, err);
	if (r == 0 && errno)
		r = error_errno(err, errno, "read cgroup '%s'", base->path);
	return r;
}

static int is_populated(const struct cgroup *cgroup, struct sbx_error *err)
{
	bool populated;
	int r = cgroup_is_populated(cgroup, &populated, err);

	return r < 0 ? r : populated;
}

/* Who sits in a delegated base itself is nobody's, and not the service either: its own leave. */
static bool has_strays(const struct cgroup *base)
{
	char text[2];

	return cgroup_is_delegated(base) &&
	       fs_read(base->fd, "cgroup.procs", text, sizeof(text)) != 0;
}

int cgroup_is_base_busy(const struct cgroup *base, bool *ret_busy, struct sbx_error *err)
{
	int r = visit_watched(base, is_populated, err);

	if (r < 0)
		return r;
	*ret_busy = r > 0 || has_strays(base);
	return 0;
}

int cgroup_kill_all(const struct cgroup *base, struct sbx_error *err)
{
	int r = visit_watched(base, cgroup_kill_and_wait, err);

	if (r < 0 || !has_strays(base))
		return r;
	return error_set(
		err, EBUSY, "processes sit in cgroup '%s' itself, and not below", base->path);
}

static int wait_for(const struct cgroup *cgroup, struct sbx_error *err)
{
	return cgroup_wait_empty(cgroup, CLOCK_NEVER, err);
}

int cgroup_wait_idle(const struct cgroup *base, struct sbx_error *err)
{
	int r;

	/* Who came in meanwhile is waited for, too. */
	do {
		r = visit_watched(base, wait_for, err);
		if (r == 0)
			r = visit_watched(base, is_populated, err);
	} while (r > 0);
	return r;
}
