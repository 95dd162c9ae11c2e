/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/home.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

static int not_loaded(struct sbx_error *err, const char *why)
{
	int r = error_set(err, ENOENT, "the LSM is not loaded%s", why);

	return error_cure(err, r, "sandboxctl lsm load");
}

/* What is found at the pin's path must be a namespace, and never a file put in its place. */
int home_open(int *ret_home, struct sbx_error *err)
{
	_cleanup_close_ int fd = open(LSM_HOME_PIN, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 && errno == ENOENT)
		return not_loaded(err, "");
	if (fd < 0)
		return error_errno(err, errno, "open '%s'", LSM_HOME_PIN);
	if (fstatfs(fd, &fs) < 0)
		return error_errno(err, errno, "statfs '%s'", LSM_HOME_PIN);
	if (fs.f_type != NSFS_MAGIC)
		return not_loaded(err, ": '" LSM_HOME_PIN "' pins nothing");
	*ret_home = take_fd(&fd);
	return 0;
}

int home_check_published(int home, struct sbx_error *err)
{
	_cleanup_close_ int published = -1;
	struct stat held, there;
	int r = home_open(&published, NULL);

	if (r == 0 && (fstat(home, &held) < 0 || fstat(published, &there) < 0))
		return error_errno(err, errno, "stat '%s'", LSM_HOME_PIN);
	/* nsfs gives each namespace an inode number of its own while it lives. */
	if (r == 0 && held.st_ino == there.st_ino && held.st_dev == there.st_dev)
		return 0;
	return error_set(err, ESTALE, "the LSM was unloaded meanwhile");
}

static int attach(const char *fstype, const char *target, struct sbx_error *err)
{
	if (mkdir(target, 0700) < 0 && errno != EEXIST)
		return error_errno(err, errno, "mkdir '%s'", target);
	if (mount(fstype, target, fstype, MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") < 0)
		return error_errno(err, errno, "mount %s on '%s'", fstype, target);
	return 0;
}

/* An empty root: the copies of the host's mounts would keep them busy after the host's umount. */
static int empty_root(struct sbx_error *err)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, errno, "make '/' private");
	if (mount("sandboxctl", LSM_DIR, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") <
		0)
		return error_errno(err, errno, "mount tmpfs on '%s'", LSM_DIR);
	if (chdir(LSM_DIR) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		return error_errno(err, errno, "pivot_root to '%s'", LSM_DIR);
	/* The old root lies on top of the new one at "." now. */
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return error_errno(err, errno, "umount the old root");
	return 0;
}

int home_create(struct visit *visit, int *ret_home, struct sbx_error *err)
{
	_cleanup_close_ int home = -1;
	int r = visit_create(visit, &home, err);

	if (r == 0)
		r = empty_root(err);
	if (r == 0)
		r = attach("bpf", HOME_BPF, err);
	if (r == 0 && mkdir(HOME_LABELS, 0700) < 0)
		r = error_errno(err, errno, "mkdir '%s'", HOME_LABELS);
	if (r == 0)
		*ret_home = take_fd(&home);
	return r;
}

int home_publish(int home, struct sbx_error *err)
{
	_cleanup_close_ int target =
		open(LSM_HOME_PIN, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	char source[64];

	if (target < 0)
		return error_errno(err, errno, "create '%s'", LSM_HOME_PIN);
	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", home);
	if (mount(source, LSM_HOME_PIN, NULL, MS_BIND, NULL) < 0) {
		int r = error_errno(err, errno, "pin the mount namespace on '%s'", LSM_HOME_PIN);

		(void)unlink(LSM_HOME_PIN);
		return r;
	}
	return 0;
}

bool home_is_half_published(void)
{
	_cleanup_close_ int home = -1;

	return home_open(&home, NULL) == -ENOENT && access(LSM_HOME_PIN, F_OK) == 0;
}

int home_unpublish(struct sbx_error *err)
{
	if (umount2(LSM_HOME_PIN, UMOUNT_NOFOLLOW | MNT_DETACH) < 0)
		return error_errno(err, errno, "umount '%s'", LSM_HOME_PIN);
	/* A file that pins nothing is as good as none. */
	(void)unlink(LSM_HOME_PIN);
	return 0;
}
