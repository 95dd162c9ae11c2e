/* SPDX-License-Identifier: Apache-2.0 */
#include "libexec/survey.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "lsm/policy_files.h"
#include "state/tenants.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#define F2FS_MAGIC 0xf2f52010
#define XFS_MAGIC  0x58465342

/* What is known to the kernel side at a time: each look at it takes a walk over our descriptors. */
enum { BATCH = 64 };

struct batch {
	char names[BATCH][NAME_MAX + 1];
	struct lsm_file files[BATCH];
	size_t n;
};

struct surveyor {
	const struct lsm *lsm;
	uint32_t round;
	struct survey *survey;
};

static void batch_clear(struct batch *batch)
{
	while (batch->n > 0)
		close_fdp(&batch->files[--batch->n].fd);
}

/*
 * Where a file changes in no other way than by this kernel and through the inode that it has here.
 * On others, with all of their files, `run` looks at each.
 */
static bool is_of_this_kernel(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	return fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_MAGIC ||
	       fs.f_type == BTRFS_SUPER_MAGIC || fs.f_type == F2FS_MAGIC ||
	       fs.f_type == TMPFS_MAGIC;
}

/* Whether what is changed from now on would have a later time. Some filesystems count seconds. */
static bool is_past(const struct timespec *t)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec != t->tv_sec)
		return true;
	return t->tv_nsec != 0 && now.tv_nsec > t->tv_nsec;
}

/*
 * Waits until whatever changes it from now on gives it another time: for a tick, or up to a second
 * where its filesystem counts these. Nothing tells of that but the clock.
 */
static int settle(int fd)
{
	static const struct timespec a_moment = { .tv_nsec = 1000000 };
	struct stat st;

	for (;;) {
		if (fstat(fd, &st) < 0)
			return -errno;
		if (is_past(&st.st_ctim))
			return 0;
		(void)nanosleep(&a_moment, NULL);
	}
}

/* The name still leads to that inode, with no mount in between that could be taken away again. */
static bool is_named(int dir, const char *name, int fd)
{
	struct statx named, held;

	if (statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO, &named) < 0 ||
		statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &held) < 0)
		return false;
	return S_ISREG(named.stx_mode) && named.stx_ino == held.stx_ino &&
	       named.stx_dev_major == held.stx_dev_major &&
	       named.stx_dev_minor == held.stx_dev_minor &&
	       named.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT &&
	       !(named.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/* That a file of its is watched, or its file system as a whole. */
static int watch(const struct surveyor *s, const struct sbx_file_info *info, struct sbx_error *err)
{
	int r = policy_files_add(s->lsm, info, s->round, err);

	if (r != -E2BIG)
		return r;
	s->survey->complete = false;
	return 0;
}

/* They are of one folder, and so of one file system: what isn't is no policy of its name's own. */
static int watch_batch(const struct surveyor *s, const struct batch *batch, struct sbx_error *err)
{
	const struct sbx_file_info whole = { .ino = SBX_INO_OF_DEV,
		.dev = batch->files[0].info.dev };
	int r = watch(s, &whole, err);

	for (size_t i = 0; i < batch->n && r == 0; i++)
		r = watch(s, &batch->files[i].info, err);
	return r;
}

/* Asked again when all is counted: whoever writes by what was opened before is found that way. */
static int survey_batch(
	const struct surveyor *s, int dir, struct batch *batch, struct sbx_error *err)
{
	int r = batch->n ? labels_read(s->lsm, batch->files, batch->n, err) : 0;

	if (r == 0 && batch->n)
		r = watch_batch(s, batch, err);
	if (r == 0 && batch->n)
		r = labels_read(s->lsm, batch->files, batch->n, err);
	for (size_t i = 0; i < batch->n && r == 0; i++)
		if (batch->files[i].info.written ||
			!is_named(dir, batch->names[i], batch->files[i].fd))
			s->survey->complete = false;
	batch_clear(batch);
	return r;
}

static int survey_file(const struct surveyor *s, int dir, const char *name, struct batch *batch,
	struct sbx_error *err)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), r;

	if (fd < 0) {
		s->survey->complete = false;
		return 0;
	}
	r = settle(fd);
	if (r < 0) {
		(void)close(fd);
		return error_errno(err, -r, "stat '%s'", name);
	}
	(void)snprintf(batch->names[batch->n], sizeof(batch->names[0]), "%s", name);
	batch->files[batch->n++] = (struct lsm_file){ .fd = fd };
	return batch->n < BATCH ? 0 : survey_batch(s, dir, batch, err);
}

/* Takes FD. `path`: as it stands in the list of folders; the tenants folder has none there. */
static int survey_folder(const struct surveyor *s, int fd, const char *path, struct sbx_error *err);

/* A link is followed by who reads the policy: what it leads to may become another. */
static int survey_drop_ins(
	const struct surveyor *s, int dir, const char *name, struct sbx_error *err)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char path[PATH_MAX];
	int r;

	if (fd < 0) {
		s->survey->complete = false;
		return 0;
	}
	r = fs_path_of(fd, path, sizeof(path), err);
	/* It can't stand in the list. */
	if (r == 0 && strchr(path, '\n'))
		s->survey->complete = false;
	else if (r == 0 && strv_add(&s->survey->drop_ins, path) < 0)
		r = error_errno(err, ENOMEM, "list the folders of drop-ins");
	return r < 0 ? r : survey_folder(s, take_fd(&fd), path, err);
}

static int survey_entries(
	const struct surveyor *s, DIR *dir, const char *path, struct sbx_error *err)
{
	_cleanup_(batch_clear) struct batch batch = { .n = 0 };
	struct dirent *entry;
	int r = 0;

	while (r == 0 && (errno = 0, entry = readdir(dir))) {
		if (tenants_is_drop_ins(entry->d_name))
			r = survey_drop_ins(s, dirfd(dir), entry->d_name, err);
		else if (tenants_is_policy(entry->d_name))
			r = survey_file(s, dirfd(dir), entry->d_name, &batch, err);
	}
	if (r == 0 && errno)
		return error_errno(err, errno, "read '%s'", path);
	return r < 0 ? r : survey_batch(s, dirfd(dir), &batch, err);
}

static int survey_folder(const struct surveyor *s, int fd, const char *path, struct sbx_error *err)
{
	_cleanup_closedir_ DIR *dir = NULL;
	uint64_t hash = tenants_folder_hash(s->lsm->ready.generation, path, fd, NULL);
	int r = settle(fd);

	if (r == 0)
		dir = fdopendir(fd);
	if (!dir) {
		r = error_errno(err, r < 0 ? -r : errno, "open the folder '%s'", path);
		(void)close(fd);
		return r;
	}
	if (!is_of_this_kernel(fd))
		s->survey->complete = false;
	s->survey->folders += hash;
	return survey_entries(s, dir, path, err);
}

int survey_policies(const struct lsm *lsm, const char *config_dir, uint32_t round,
	struct survey *ret_survey, struct sbx_error *err)
{
	_cleanup_(survey_clear) struct survey survey = { .complete = true };
	const struct surveyor s = { lsm, round, &survey };
	struct sbx_counters counters;
	char path[PATH_MAX];
	int fd, r = lsm_read_counters(lsm, &counters, err);

	if (r < 0)
		return r;
	survey.changes = counters.policy_changes;
	(void)snprintf(path, sizeof(path), "%s/tenants", config_dir);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		return error_errno(err, errno, "open '%s'", path);
	if (fd < 0)
		survey.folders = tenants_config_hash(config_dir, lsm->ready.generation);
	else
		r = survey_folder(&s, fd, "", err);
	if (r < 0)
		return r;
	*ret_survey = survey;
	survey = (struct survey){ 0 };
	return 0;
}

void survey_clear(struct survey *survey)
{
	strv_clear(&survey->drop_ins);
	*survey = (struct survey){ 0 };
}
