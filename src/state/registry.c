/* SPDX-License-Identifier: Apache-2.0 */
#include "state/registry.h"

#include "base/fs.h"
#include "base/utf8.h"
#include "state/ended.h"

#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>

/* One report of a run. */
#define OUTCOME_SIZE (1 << 16)

static int make_dirs(const char *tenant, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r = fs_make_private_dir(STATE_DIR, err);

	(void)snprintf(path, sizeof(path), REGISTRY_SANDBOXES "/%s", tenant);
	return r < 0 ? r : fs_make_private_dir(path, err);
}

/*
 * An entry's lock is of the open file description, fcntl(2), like flock(2)'s; but who only asks
 * whether it is held doesn't take it, and so is in nobody's way.
 */
static const struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

static int try_lock(int dir, int *ret_lock)
{
	_cleanup_close_ int fd =
		openat(dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &whole_file) < 0)
		return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
	*ret_lock = take_fd(&fd);
	return 0;
}

/* The lock counts only if its file is still at its place: a release may have come between. */
static bool is_current(const char *path, int lock)
{
	char lock_path[PATH_MAX + 16];
	struct stat held, there;

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", path);
	return fstat(lock, &held) == 0 && lstat(lock_path, &there) == 0 &&
	       held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

/* -EAGAIN: something of it was removed meanwhile, its tenant's folder as well as its own. */
static int claim_once(const char *path, int *ret_lock)
{
	_cleanup_close_ int dir = -1, lock = -1;
	bool is_new = mkdir(path, 0700) == 0;
	int r;

	if (!is_new && errno != EEXIST)
		return errno == ENOENT ? -EAGAIN : -errno;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	r = try_lock(dir, &lock);
	if (r == -ENOENT || (r == 0 && !is_current(path, lock)))
		return -EAGAIN;
	if (r < 0)
		return r;
	/* Nobody is to take what another one has left for this one's. */
	if (!is_new)
		fs_remove_files(path, "lock");
	*ret_lock = take_fd(&lock);
	return 0;
}

int registry_claim(const char *tenant, const char *name, struct registry_entry *ret_entry,
	struct sbx_error *err)
{
	struct registry_entry entry = REGISTRY_ENTRY_INIT;
	int r;

	registry_path(tenant, name, entry.path);
	do {
		r = make_dirs(tenant, err);
		if (r < 0)
			return r;
		r = claim_once(entry.path, &entry.lock);
	} while (r == -EAGAIN);
	if (r == -EBUSY) {
		(void)error_set(err, EBUSY, "sandbox '%s/%s' runs already", tenant, name);
		return error_cure(err, r, "give this one another --name, or end that one");
	}
	if (r < 0)
		return error_errno(err, -r, "claim '%s'", entry.path);
	/* From now on the name is this one's. */
	ended_forget(tenant, name);
	*ret_entry = entry;
	return 0;
}

/*
 * The file is locked before it can be found: who opens it and then gets its lock knows that the
 * supervisor is done, or dead. It is this very run's; one of the same name later makes another.
 */
static int make_outcome(struct registry_entry *entry, struct sbx_error *err)
{
	char path[PATH_MAX + 16], temporary[PATH_MAX + 16];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/outcome", entry->path);
	(void)snprintf(temporary, sizeof(temporary), "%s~", path);
	fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &whole_file) < 0 || rename(temporary, path) < 0)
		return error_errno(err, errno, "make '%s'", path);
	entry->outcome = take_fd(&fd);
	return 0;
}

static char *status_to_text(const struct sandbox_status *status)
{
	_cleanup_free_ char *cgroup = utf8_repair(status->cgroup);
	_cleanup_free_ char *policy = utf8_repair(status->policy);
	_cleanup_free_ char *module = utf8_repair(status->module);
	json_t *json;
	char *text;

	if (!cgroup || !policy || !module)
		return NULL;
	json = json_pack(
		"{s:s, s:s, s:i, s:i, s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
		"tenant", status->tenant, "name", status->name, "pid", (int)status->pid,
		"supervisor", (int)status->supervisor, "init", (int)status->init, "started",
		(json_int_t)status->started, "cgroup", cgroup, "policy", policy, "mounts",
		status->mounts, "settings", status->settings, "changed", status->changed, "runtime",
		status->runtime, "module",
		/* What is repaired names another file. */
		streq(module, status->module) ? module : "", "walls", status->walls, "names",
		status->names);
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

int registry_write(
	struct registry_entry *entry, const struct sandbox_status *status, struct sbx_error *err)
{
	_cleanup_free_ char *text = status_to_text(status);
	char path[PATH_MAX + 16];
	int r = text ? make_outcome(entry, err)
		     : error_errno(err, ENOMEM, "write the status of '%s'", entry->path);

	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), "%s/status", entry->path);
	return fs_replace(AT_FDCWD, path, text, strlen(text), FS_VOLATILE, err);
}

/* The lock goes last: the name is claimed until then. And who waited finds it free. */
void registry_release(struct registry_entry *entry)
{
	char path[PATH_MAX + 16];

	if (entry->lock < 0)
		return;
	fs_remove_files(entry->path, "lock");
	(void)snprintf(path, sizeof(path), "%s/lock", entry->path);
	(void)unlink(path);
	(void)rmdir(entry->path);
	close_fdp(&entry->lock);
	close_fdp(&entry->outcome);
	entry->lock = entry->outcome = -1;
}

void registry_keep(struct registry_entry *entry, const char *tenant, const char *name)
{
	if (entry->lock < 0)
		return;
	if (ended_keep(entry->path, tenant, name) < 0) {
		registry_release(entry);
		return;
	}
	close_fdp(&entry->lock);
	close_fdp(&entry->outcome);
	entry->lock = entry->outcome = -1;
}

static int open_outcome(const char *path, int *ret_outcome, struct sbx_error *err)
{
	char outcome[PATH_MAX + 16];
	int fd;

	(void)snprintf(outcome, sizeof(outcome), "%s/outcome", path);
	fd = open(outcome, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "open '%s'", outcome);
	*ret_outcome = fd;
	return 0;
}

int registry_open_outcome(
	const char *tenant, const char *name, int *ret_outcome, struct sbx_error *err)
{
	char path[PATH_MAX];

	registry_path(tenant, name, path);
	return open_outcome(path, ret_outcome, err);
}

int registry_open_outcome_of(
	const struct sandbox_status *status, int *ret_outcome, struct sbx_error *err)
{
	char path[PATH_MAX];

	registry_path_of(status, path);
	return open_outcome(path, ret_outcome, err);
}

/* The waiting is for the lock, which the supervisor's end gives free however it comes. */
int registry_wait(int outcome, char **ret_text, struct sbx_error *err)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	_cleanup_free_ char *text = malloc(OUTCOME_SIZE);
	char path[64];
	ssize_t n;

	if (!text)
		return error_errno(err, ENOMEM, "wait for a sandbox");
	while (fcntl(outcome, F_OFD_SETLKW, &whole) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for a sandbox");
	/* By its descriptor: its name is gone by now. */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", outcome);
	n = fs_read(AT_FDCWD, path, text, OUTCOME_SIZE);
	if (n < 0)
		return error_errno(err, (int)-n, "read a sandbox's outcome");
	/* The line's end is written last. */
	if (n == 0 || text[n - 1] != '\n')
		return error_set(err, ENODATA, "the sandbox's supervisor was killed");
	*ret_text = take_ptr(text);
	return 0;
}

static void lock_path(const char *tenant, char path[static PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, REGISTRY_LOCKS "/%s", tenant);
}

int registry_lock_tenant(const char *tenant, int *ret_lock, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r = fs_make_private_dir(REGISTRY_LOCKS, err);

	lock_path(tenant, path);
	return r < 0 ? r : fs_lock(path, ret_lock, err);
}

/* The size of the lock's file, of which no other use is made, and which the lock protects. */
static uint64_t updates_of(int r, const struct stat *st)
{
	return r < 0 ? 0 : (uint64_t)st->st_size;
}

uint64_t registry_updates(const char *tenant)
{
	char path[PATH_MAX];
	struct stat st;

	lock_path(tenant, path);
	return updates_of(lstat(path, &st), &st);
}

uint64_t registry_lock_updates(int lock)
{
	struct stat st;

	return updates_of(fstat(lock, &st), &st);
}

int registry_note_update(int lock, struct sbx_error *err)
{
	if (ftruncate(lock, (off_t)registry_lock_updates(lock) + 1) < 0)
		return error_errno(err, errno, "note the update");
	return 0;
}

bool registry_tenant_is_locked(const char *tenant)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	int r;

	lock_path(tenant, path);
	r = fs_try_lock(path, &fd);
	/* No file: nobody holds it. */
	return r < 0 && r != -ENOENT;
}

void registry_forget_tenant(const char *tenant)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), REGISTRY_SANDBOXES "/%s", tenant);
	(void)rmdir(path);
	lock_path(tenant, path);
	(void)unlink(path);
}
