/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry as its readers see it. Entries come, vanish and are half-made while they look.
 */
#include "state/registry.h"

#include "base/clock.h"
#include "state/ended.h"

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <sys/inotify.h>

void registry_path(const char *tenant, const char *name, char path[static PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, REGISTRY_SANDBOXES "/%s/%s", tenant, name);
}

void registry_path_of(const struct sandbox_status *status, char path[static PATH_MAX])
{
	if (status->ended)
		ended_path(status->tenant, status->name, path);
	else
		registry_path(status->tenant, status->name, path);
}

static bool is_held(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char lock_path[PATH_MAX + 16];
	_cleanup_close_ int fd = -1;

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", path);
	fd = open(lock_path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool registry_outcome_is_held(int outcome)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(outcome, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool registry_is_held(const char *tenant, const char *name)
{
	char path[PATH_MAX];

	registry_path(tenant, name, path);
	return is_held(path);
}

/*
 * Whether it is the cgroup of a sandbox of that name, wherever the base is or was: what is read
 * here is killed and removed by that path.
 */
static bool is_cgroup_of(const char *path, const char *tenant, const char *name)
{
	char end[2 * NAME_MAX_LEN + sizeof("/.slice/.scope")];
	size_t n = strlen(path), tail;

	(void)snprintf(end, sizeof(end), "/%s.slice/%s.scope", tenant, name);
	tail = strlen(end);
	return n >= tail && streq(path + n - tail, end) && !strstr(path, "/../");
}

static int parse_status(json_t *json, struct sandbox_status *ret_status)
{
	const char *tenant, *name, *cgroup, *policy;
	const char *settings = "", *mounts = "", *changed = "";
	const char *runtime = "", *module = "", *walls = "", *names = "";
	json_int_t pid, supervisor, started, init = 0;

	/* Of an older build it ends with `policy`. */
	if (json_unpack(json,
		    "{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s?I, s?s, s?s, s?s, s?s, s?s, s?s, s?s}",
		    "tenant", &tenant, "name", &name, "pid", &pid, "supervisor", &supervisor,
		    "started", &started, "cgroup", &cgroup, "policy", &policy, "init", &init,
		    "settings", &settings, "mounts", &mounts, "changed", &changed, "runtime",
		    &runtime, "module", &module, "walls", &walls, "names", &names) < 0 ||
		!is_cgroup_of(cgroup, tenant, name))
		return -ENOENT;
	*ret_status = (struct sandbox_status){
		.pid = (pid_t)pid,
		.supervisor = (pid_t)supervisor,
		.init = (pid_t)init,
		.started = started,
	};
	(void)snprintf(ret_status->tenant, sizeof(ret_status->tenant), "%s", tenant);
	(void)snprintf(ret_status->name, sizeof(ret_status->name), "%s", name);
	(void)snprintf(ret_status->cgroup, sizeof(ret_status->cgroup), "%s", cgroup);
	(void)snprintf(ret_status->policy, sizeof(ret_status->policy), "%s", policy);
	(void)snprintf(ret_status->settings, sizeof(ret_status->settings), "%s", settings);
	(void)snprintf(ret_status->mounts, sizeof(ret_status->mounts), "%s", mounts);
	(void)snprintf(ret_status->changed, sizeof(ret_status->changed), "%s", changed);
	(void)snprintf(ret_status->module, sizeof(ret_status->module), "%s", module);
	(void)snprintf(ret_status->runtime, sizeof(ret_status->runtime), "%s", runtime);
	(void)snprintf(ret_status->walls, sizeof(ret_status->walls), "%s", walls);
	(void)snprintf(ret_status->names, sizeof(ret_status->names), "%s", names);
	return 0;
}

/*
 * One that can't be read is as good as none: what is written by rename is either whole, or of
 * nobody that we know.
 */
static int get(bool ended, const char *tenant, const char *name, struct sandbox_status *ret_status)
{
	char file[PATH_MAX + 16], path[PATH_MAX];
	json_t *json;
	int r;

	if (ended)
		ended_path(tenant, name, path);
	else
		registry_path(tenant, name, path);
	(void)snprintf(file, sizeof(file), "%s/status", path);
	json = json_load_file(file, 0, NULL);
	if (!json)
		return -ENOENT;
	r = parse_status(json, ret_status);
	if (r == 0 && (!streq(ret_status->tenant, tenant) || !streq(ret_status->name, name)))
		r = -ENOENT;
	if (r == 0) {
		ret_status->ended = ended;
		ret_status->running = !ended && is_held(path);
	}
	json_decref(json);
	return r;
}

int registry_get(const char *tenant, const char *name, struct sandbox_status *ret_status)
{
	return get(false, tenant, name, ret_status);
}

int registry_get_ended(const char *tenant, const char *name, struct sandbox_status *ret_status)
{
	return get(true, tenant, name, ret_status);
}

/* Nothing tells that a supervisor was killed: without an event it is looked at again then. */
#define LOOK_AGAIN 100 /* msec */

/* Until its status comes by rename, or something of it goes. */
static int wait_for_status(int watch, uint64_t deadline)
{
	struct pollfd pollfd = { .fd = watch, .events = POLLIN };
	char ignored[4096];
	int left = clock_left_ms(deadline);

	if (left == 0)
		return -ETIMEDOUT;
	if (poll(&pollfd, 1, left < LOOK_AGAIN ? left : LOOK_AGAIN) < 0 && errno != EINTR)
		return -errno;
	while (read(watch, ignored, sizeof(ignored)) > 0)
		;
	return 0;
}

int registry_await(const char *tenant, const char *name, uint64_t deadline,
	struct sandbox_status *ret_status, struct sbx_error *err)
{
	_cleanup_close_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char path[PATH_MAX];
	int r = -ENOENT;

	registry_path(tenant, name, path);
	if (watch < 0 || inotify_add_watch(watch, path,
				 IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR) < 0)
		return error_errno(err, errno, "watch '%s'", path);
	for (;;) {
		r = registry_get(tenant, name, ret_status);
		if (r != -ENOENT || !is_held(path))
			return r < 0 ? error_errno(err, -r, "read the status of '%s'", path) : 0;
		r = wait_for_status(watch, deadline);
		if (r < 0)
			return error_errno(err, -r, "wait until '%s/%s' is complete", tenant, name);
	}
}

static int is_entry(const struct dirent *entry)
{
	return name_is_valid(entry->d_name);
}

/*
 * Calls back for each valid name in `path`, in order. A folder that isn't there, or no folder, has
 * none.
 */
static int each_name(const char *path, int (*visit)(const char *name, void *arg), void *arg)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_entry, alphasort), r = 0;

	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = visit(entries[i]->d_name, arg);
		free(entries[i]);
	}
	free(entries);
	return r;
}

struct visitor {
	const char *root; /* of the tenants' folders */
	const char *tenant;
	int (*visit)(const char *tenant, const char *name, void *arg);
	void *arg;
};

static int visit_name(const char *name, void *arg)
{
	const struct visitor *v = arg;

	return v->visit(v->tenant, name, v->arg);
}

static int visit_tenant(const char *tenant, void *arg)
{
	struct visitor *v = arg;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", v->root, tenant);
	v->tenant = tenant;
	return each_name(path, visit_name, v);
}

int registry_each_folder(const char *tenant,
	int (*visit)(const char *tenant, const char *name, void *arg), void *arg,
	struct sbx_error *err)
{
	struct visitor v = { .root = REGISTRY_SANDBOXES, .visit = visit, .arg = arg };
	int r = tenant ? visit_tenant(tenant, &v) : each_name(REGISTRY_SANDBOXES, visit_tenant, &v);

	return r < 0 ? error_errno(err, -r, "read '%s'", REGISTRY_SANDBOXES) : 0;
}

struct status_visitor {
	int (*get)(const char *tenant, const char *name, struct sandbox_status *ret_status);
	int (*visit)(const struct sandbox_status *status, void *arg);
	void *arg;
};

static int visit_status(const char *tenant, const char *name, void *arg)
{
	const struct status_visitor *v = arg;
	struct sandbox_status status;

	return v->get(tenant, name, &status) < 0 ? 0 : v->visit(&status, v->arg);
}

int registry_each(const char *tenant, int (*visit)(const struct sandbox_status *status, void *arg),
	void *arg, struct sbx_error *err)
{
	struct status_visitor v = { registry_get, visit, arg };

	return registry_each_folder(tenant, visit_status, &v, err);
}

int registry_each_ended(int (*visit)(const struct sandbox_status *status, void *arg), void *arg,
	struct sbx_error *err)
{
	struct status_visitor each = { registry_get_ended, visit, arg };
	struct visitor v = { .root = ENDED_DIR, .visit = visit_status, .arg = &each };
	int r = each_name(ENDED_DIR, visit_tenant, &v);

	return r < 0 ? error_errno(err, -r, "read '%s'", ENDED_DIR) : 0;
}

static int add_name(const char *name, void *arg)
{
	return strv_add(arg, name);
}

int registry_list_tenants(struct strv *names)
{
	static const char *const folders[] = { REGISTRY_SANDBOXES, REGISTRY_LOCKS, ENDED_DIR };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && r == 0; i++)
		r = each_name(folders[i], add_name, names);
	return r;
}
