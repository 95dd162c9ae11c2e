/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/cgroup.h"

#include "base/fs.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

/* Removing waits for exits that were forced already: seconds only when the machine is drowning. */
#define EMPTY_TIMEOUT_MS 10000

/* kernfs hands out the cgroup's 64-bit id as its file handle (name_to_handle_at(2)). */
static int read_id(struct cgroup *cgroup, struct sbx_error *err)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + sizeof(uint64_t)];
	} u = { .handle.handle_bytes = sizeof(uint64_t) };
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
	char path[PATH_MAX];
	int r = find_mount(path, sizeof(path), err);

	if (r < 0)
		return r;
	root.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
	bool made = mkdirat(parent->fd, name, 0755) == 0;
	int r;

	if (!made && (errno != EEXIST || exclusive))
		return error_errno(err, errno, "make cgroup '%s/%s'", parent->path, name);
	r = open_child(parent, name, ret_cgroup, err);
	if (r < 0 && made)
		(void)unlinkat(parent->fd, name, AT_REMOVEDIR);
	if (r == 0)
		ret_cgroup->made = made;
	return r;
}

static int enable_all(const struct cgroup *cgroup, const struct policy_cgroup *const *settings,
	struct sbx_error *err)
{
	int r = 0;

	for (; settings && *settings && r == 0; settings++)
		r = cgroup_enable_for(cgroup, *settings, err);
	return r;
}

static int walk_base(const char *path, bool make, const struct policy_cgroup *const *settings,
	struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup at = CGROUP_INIT;
	_cleanup_free_ char *copy = strdup(path);
	char *rest = copy, *name;
	unsigned int level = 0;
	int r = copy ? cgroup_open_root(&at, err) : error_errno(err, ENOMEM, "open '%s'", path);

	while (r == 0 && (name = strsep(&rest, "/"))) {
		struct cgroup next;

		if (!*name)
			continue;
		r = enable_all(&at, settings, err);
		if (r < 0)
			return r;
		r = make ? cgroup_make(&at, name, false, &next, err)
			 : open_child(&at, name, &next, err);
		if (r < 0)
			return r;
		cgroup_close(&at);
		at = next;
		level++;
	}
	if (r == 0)
		r = enable_all(&at, settings, err);
	if (r < 0)
		return r;
	*ret_base = at;
	*ret_level = level;
	at.fd = -1;
	return 0;
}

int cgroup_make_base(const char *path, const struct policy_cgroup *const *settings,
	struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err)
{
	return walk_base(path, true, settings, ret_base, ret_level, err);
}

int cgroup_open_base(
	const char *path, struct cgroup *ret_base, unsigned int *ret_level, struct sbx_error *err)
{
	return walk_base(path, false, NULL, ret_base, ret_level, err);
}

void cgroup_close(struct cgroup *cgroup)
{
	close_fdp(&cgroup->fd);
	cgroup->fd = -1;
}

/* "memory" of "memory.max"; "" for cgroup.*, which needs no controller. */
static void controller_of(const char *file, char name[static 32])
{
	size_t n = strcspn(file, ".");

	(void)snprintf(name, 32, "%.*s", (int)n, file);
	if (streq(name, "cgroup"))
		name[0] = '\0';
}

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

static int enable(
	const struct cgroup *cgroup, const char *enabled, const char *file, struct sbx_error *err)
{
	const char *path = *cgroup->path ? cgroup->path : "/";
	char name[32], word[34];
	int r;

	controller_of(file, name);
	if (!*name || line_has_word(enabled, name))
		return 0;
	if (!cgroup_has_controller(cgroup, "cgroup.controllers", name)) {
		r = error_set(
			err, ENOTSUP, "%s: cgroup '%s' has no controller '%s'", file, path, name);
		return error_cure(err, r,
			"give the kernel that controller on cgroup v2, or set no limit: '%s ='",
			file);
	}
	(void)snprintf(word, sizeof(word), "+%s", name);
	r = fs_write(cgroup->fd, "cgroup.subtree_control", word);
	if (r < 0)
		return error_errno(
			err, -r, "write %s to cgroup.subtree_control of '%s'", word, path);
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

/* The kernel rounds bytes down to whole pages; that is still what was asked for. */
static bool same_number(const char *want, const char *got)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), a, b;

	return str_to_u64(want, &a) == 0 && str_to_u64(got, &b) == 0 &&
	       (a == b || (a > b && a - b < page && b % page == 0));
}

/* "default 100" is how io.weight says 100; cpu.max adds its period to a lone "max". */
static bool same_value(const char *want, const char *got)
{
	const char *plain = str_after(got, "default ");

	if (plain && streq(want, plain))
		return true;
	if (streq(want, "max") && str_after(got, "max"))
		return true;
	return streq(want, got) || same_number(want, got);
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

/* Whether `word` is one of the words of `line`. */
static bool has_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at += n)
		if (at[-1] == ' ' && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
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
			if (*word && !has_word(line + strlen(device), word))
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

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* cgroup.events wakes a poll for POLLPRI when `populated` changes. */
static int wait_empty(const struct cgroup *cgroup, struct sbx_error *err)
{
	int64_t deadline = now_ms() + EMPTY_TIMEOUT_MS, left;
	_cleanup_close_ int fd = openat(cgroup->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd pollfd = { .fd = fd, .events = POLLPRI };
	char text[128];
	ssize_t n;

	if (fd < 0)
		return error_errno(err, errno, "open cgroup.events of '%s'", cgroup->path);
	for (;;) {
		n = pread(fd, text, sizeof(text) - 1, 0);
		if (n < 0)
			return error_errno(err, errno, "read cgroup.events of '%s'", cgroup->path);
		text[n] = '\0';
		if (strstr(text, "populated 0"))
			return 0;
		left = deadline - now_ms();
		if (left <= 0)
			return error_set(err, ETIMEDOUT,
				"processes of cgroup '%s' don't end after SIGKILL", cgroup->path);
		if (poll(&pollfd, 1, (int)left) < 0 && errno != EINTR)
			return error_errno(err, errno, "wait for cgroup '%s'", cgroup->path);
	}
}

int cgroup_kill_and_wait(const struct cgroup *cgroup, struct sbx_error *err)
{
	int r = cgroup_kill(cgroup, err);

	return r < 0 ? r : wait_empty(cgroup, err);
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
