/* SPDX-License-Identifier: Apache-2.0 */
#include "state/registry.h"

#include "base/fs.h"

#include <fcntl.h>
#include <jansson.h>
#include <sys/file.h>
#include <sys/stat.h>

#define SANDBOXES_DIR STATE_DIR "/sandboxes"
#define LOCKS_DIR     STATE_DIR "/locks"

static int make_dirs(const char *tenant, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r = fs_make_private_dir(STATE_DIR, err);

	(void)snprintf(path, sizeof(path), SANDBOXES_DIR "/%s", tenant);
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

/* The lock counts only if its file is still in the folder: a release may have come between. */
static bool is_current(int dir, int lock)
{
	struct stat held, there;

	return fstat(lock, &held) == 0 && fstatat(dir, "lock", &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

static int claim_once(const char *path, int *ret_lock)
{
	_cleanup_close_ int dir = -1, lock = -1;
	int r;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	r = try_lock(dir, &lock);
	if (r == -ENOENT || (r == 0 && !is_current(dir, lock)))
		return -EAGAIN;
	if (r == 0)
		*ret_lock = take_fd(&lock);
	return r;
}

int registry_claim(const char *tenant, const char *name, struct registry_entry *ret_entry,
	struct sbx_error *err)
{
	struct registry_entry entry = REGISTRY_ENTRY_INIT;
	int r = make_dirs(tenant, err);

	if (r < 0)
		return r;
	(void)snprintf(entry.path, sizeof(entry.path), SANDBOXES_DIR "/%s/%s", tenant, name);
	do
		r = claim_once(entry.path, &entry.lock);
	while (r == -EAGAIN);
	if (r == -EBUSY)
		return error_set(err, EBUSY, "sandbox '%s/%s' runs already", tenant, name);
	if (r < 0)
		return error_errno(err, -r, "claim '%s'", entry.path);
	*ret_entry = entry;
	return 0;
}

int registry_write(const struct registry_entry *entry, const struct sandbox_status *status,
	struct sbx_error *err)
{
	char path[PATH_MAX + 16], text[1024];
	int n;

	/* Names need no escaping, and the cgroup's path is made of them: name_is_valid(). */
	n = snprintf(text, sizeof(text),
		"{\"tenant\":\"%s\",\"name\":\"%s\",\"pid\":%d,\"supervisor\":%d,\"started\":%lld,"
		"\"cgroup\":\"%s\"}\n",
		status->tenant, status->name, (int)status->pid, (int)status->supervisor,
		(long long)status->started, status->cgroup);
	if (n < 0 || (size_t)n >= sizeof(text))
		return error_errno(err, ENAMETOOLONG, "write the status of '%s'", entry->path);
	(void)snprintf(path, sizeof(path), "%s/status", entry->path);
	return fs_replace(AT_FDCWD, path, text, (size_t)n, FS_VOLATILE, err);
}

/* All but the lock: a supervisor that was killed while it wrote may have left a file half-way. */
static void remove_files(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	struct dirent *file;

	while (dir && (file = readdir(dir)))
		if (file->d_name[0] != '.' && !streq(file->d_name, "lock"))
			(void)unlinkat(dirfd(dir), file->d_name, 0);
}

/* The lock goes last: the name is claimed until then. */
void registry_release(struct registry_entry *entry)
{
	char path[PATH_MAX + 16];

	if (entry->lock < 0)
		return;
	remove_files(entry->path);
	(void)snprintf(path, sizeof(path), "%s/lock", entry->path);
	(void)unlink(path);
	(void)rmdir(entry->path);
	close_fdp(&entry->lock);
	entry->lock = -1;
}

static bool supervisor_lives(const char *path)
{
	char lock_path[PATH_MAX + 16];
	struct flock lock = whole_file;
	_cleanup_close_ int fd = -1;

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", path);
	fd = open(lock_path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* -ENOENT for an entry without a status: it is being made, or was never finished. */
static int read_status(const char *path, struct sandbox_status *ret_status)
{
	const char *tenant, *name, *cgroup;
	char file[PATH_MAX + 16];
	json_int_t pid, supervisor, started;
	json_t *json;
	int r;

	(void)snprintf(file, sizeof(file), "%s/status", path);
	json = json_load_file(file, 0, NULL);
	if (!json)
		return -ENOENT;
	r = json_unpack(json, "{s:s, s:s, s:I, s:I, s:I, s:s}", "tenant", &tenant, "name", &name,
		"pid", &pid, "supervisor", &supervisor, "started", &started, "cgroup", &cgroup);
	if (r == 0) {
		*ret_status = (struct sandbox_status){
			.pid = (pid_t)pid,
			.supervisor = (pid_t)supervisor,
			.started = started,
			.running = supervisor_lives(path),
		};
		(void)snprintf(ret_status->tenant, sizeof(ret_status->tenant), "%s", tenant);
		(void)snprintf(ret_status->name, sizeof(ret_status->name), "%s", name);
		(void)snprintf(ret_status->cgroup, sizeof(ret_status->cgroup), "%s", cgroup);
	}
	json_decref(json);
	return r < 0 ? -EINVAL : 0;
}

static int is_entry(const struct dirent *entry)
{
	return name_is_valid(entry->d_name);
}

/* Calls back for each folder with a valid name in `path`, in order. */
static int each_dir(const char *path, int (*visit)(const char *path, void *arg), void *arg)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_entry, alphasort), r = 0;

	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		char below[PATH_MAX];

		(void)snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
		if (r == 0)
			r = visit(below, arg);
		free(entries[i]);
	}
	free(entries);
	return r;
}

struct visitor {
	int (*visit)(const struct sandbox_status *status, void *arg);
	void *arg;
};

static int visit_sandbox(const char *path, void *arg)
{
	const struct visitor *v = arg;
	struct sandbox_status status;
	int r = read_status(path, &status);

	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : v->visit(&status, v->arg);
}

static int visit_tenant(const char *path, void *arg)
{
	return each_dir(path, visit_sandbox, arg);
}

int registry_each(int (*visit)(const struct sandbox_status *status, void *arg), void *arg,
	struct sbx_error *err)
{
	struct visitor v = { visit, arg };
	int r = each_dir(SANDBOXES_DIR, visit_tenant, &v);

	return r < 0 ? error_errno(err, -r, "read '%s'", SANDBOXES_DIR) : 0;
}

int registry_lock_tenant(const char *tenant, int *ret_lock, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r = fs_make_private_dir(LOCKS_DIR, err);

	(void)snprintf(path, sizeof(path), LOCKS_DIR "/%s", tenant);
	return r < 0 ? r : fs_lock(path, ret_lock, err);
}

bool registry_tenant_is_locked(const char *tenant)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), LOCKS_DIR "/%s", tenant);
	fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	/* No file: nobody has ever locked it. */
	if (fd < 0)
		return errno != ENOENT;
	return flock(fd, LOCK_EX | LOCK_NB) < 0;
}
