/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What labels are on comes and goes: files and mounts that the host makes and removes while others
 * open them; files that are found by a handle; what takes an inode from under its label.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- files and mounts by the thousand ---- */

/* Of files as many at once: they are asked for together. */
enum { BATCH = 256 };

struct counts {
	uint32_t opened, denied, other;
};

/* A process that went to a cgroup: it is told a number of files, and says what came of their opens.
 */
struct opener {
	int ask[2], answer[2];
	struct counts total;
};

static void path_of(char path[static 512], const char *dir, uint32_t i)
{
	(void)snprintf(path, 512, "%s/%u", dir, i);
}

static _Noreturn void open_on_demand(const struct opener *o, const char *dir, bool mounts)
{
	char path[512];
	uint32_t n;

	while (read(o->ask[0], &n, sizeof(n)) == sizeof(n)) {
		struct counts counts = { 0 };

		for (uint32_t i = 0; i < n; i++) {
			int r;

			path_of(path, dir, i);
			r = mounts ? try_open(dir, O_RDONLY | O_DIRECTORY) : try_open(path, O_RDWR);
			counts.opened += r == 0;
			counts.denied += r == -EACCES;
			counts.other += r != 0 && r != -EACCES;
		}
		if (write(o->answer[1], &counts, sizeof(counts)) != sizeof(counts))
			break;
	}
	_exit(0);
}

static int start_opener(struct opener *o, const char *procs, const char *dir, bool mounts)
{
	int cgroup = open(procs, O_WRONLY | O_CLOEXEC);
	pid_t pid;

	if (cgroup < 0 || pipe2(o->ask, O_CLOEXEC) < 0 || pipe2(o->answer, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		(void)close(o->ask[1]);
		if (write(cgroup, "0", 1) != 1)
			_exit(1);
		(void)close(cgroup);
		open_on_demand(o, dir, mounts);
	}
	(void)close(cgroup);
	(void)close(o->ask[0]);
	(void)close(o->answer[1]);
	return 0;
}

static int ask(struct opener *openers, uint32_t n)
{
	struct counts counts;

	for (int i = 0; i < 2; i++)
		if (write(openers[i].ask[1], &n, sizeof(n)) != sizeof(n))
			return -errno;
	for (int i = 0; i < 2; i++) {
		if (read(openers[i].answer[0], &counts, sizeof(counts)) != sizeof(counts))
			return -EPIPE;
		openers[i].total.opened += counts.opened;
		openers[i].total.denied += counts.denied;
		openers[i].total.other += counts.other;
	}
	return 0;
}

static int churn_files(struct opener *openers, uint32_t n, const char *dir)
{
	char path[512];
	int r = 0;

	for (uint32_t done = 0; done < n && r == 0;) {
		uint32_t batch = n - done < BATCH ? n - done : BATCH;

		for (uint32_t i = 0; i < batch && r == 0; i++) {
			path_of(path, dir, i);
			r = try_open(path, O_WRONLY | O_CREAT | O_EXCL);
		}
		if (r == 0)
			r = ask(openers, batch);
		for (uint32_t i = 0; i < batch && r == 0; i++) {
			path_of(path, dir, i);
			r = result_of(unlink(path));
		}
		done += batch;
	}
	return r;
}

static int churn_mounts(struct opener *openers, uint32_t n, const char *dir, const char *type)
{
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		r = result_of(mount("churn", dir, type, 0, NULL));
		if (r == 0)
			r = ask(openers, 1);
		if (r == 0)
			r = result_of(umount(dir));
	}
	return r;
}

static int attempt_churn(char **args, struct detail *detail)
{
	bool mounts = !streq(args[1], "files");
	struct opener openers[2] = { 0 };
	uint32_t n;
	int r = 0;

	if (str_to_u32(args[0], &n) < 0)
		return PROBE_USAGE;
	for (int i = 0; i < 2 && r == 0; i++)
		r = start_opener(&openers[i], args[3 + i], args[2], mounts);
	if (r == 0)
		r = mounts ? churn_mounts(openers, n, args[2], args[1])
			   : churn_files(openers, n, args[2]);
	for (int i = 0; i < 2; i++)
		detail_add(detail, "%s%u opened %u denied %u otherwise", i ? ", " : "",
			openers[i].total.opened, openers[i].total.denied, openers[i].total.other);
	return r;
}

/* ---- handles ---- */

union any_handle {
	struct file_handle handle;
	char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

static int attempt_save_handle(char **args, struct detail *detail)
{
	union any_handle u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	_cleanup_close_ int fd = open(args[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int mount_id;

	if (fd < 0)
		return failed_at(detail, "open");
	if (name_to_handle_at(AT_FDCWD, args[0], &u.handle, &mount_id, 0) < 0)
		return failed_at(detail, "name_to_handle_at");
	return write(fd, &u, sizeof(u)) == sizeof(u) ? 0 : failed_at(detail, "write");
}

/* By the handle that is in a file, of the mount that DIR is in. Returns a descriptor. */
static int open_saved(char **args, int flags)
{
	_cleanup_close_ int file = open(args[0], O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int mount = open(args[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	union any_handle u;
	int fd;

	if (file < 0 || mount < 0 || read(file, &u, sizeof(u)) != sizeof(u))
		return -errno;
	fd = open_by_handle_at(mount, &u.handle, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int attempt_open_saved(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open_saved(args, O_RDONLY);

	(void)detail;
	return fd < 0 ? fd : 0;
}

static int attempt_stat_saved(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open_saved(args, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return failed_at(detail, "fstat");
	detail_add(detail, "size=%lld", (long long)st.st_size);
	return 0;
}

static int attempt_link_saved(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open_saved(args, O_PATH);

	if (fd < 0)
		return failed_at(detail, "open");
	return result_of(linkat(fd, "", AT_FDCWD, args[2], AT_EMPTY_PATH));
}

/* ---- past the file ---- */

/* What is opened to be read is enough for these. */
static int by_ioctl(const char *path, unsigned long command, void *argument)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : result_of(ioctl(fd, command, argument));
}

/* The generation by which an inode is told from the one that had its number before. */
static int attempt_set_version(char **args, struct detail *detail)
{
	unsigned int version = 0;
	int r = by_ioctl(args[0], FS_IOC_GETVERSION, &version);

	(void)detail;
	version ^= 1;
	return r < 0 ? r : by_ioctl(args[0], FS_IOC_SETVERSION, &version);
}

/* Sets those it has, and that of no dumps. */
static int attempt_set_flags(char **args, struct detail *detail)
{
	unsigned int flags = 0;
	int r = by_ioctl(args[0], FS_IOC_GETFLAGS, &flags);

	(void)detail;
	flags ^= FS_NODUMP_FL;
	return r < 0 ? r : by_ioctl(args[0], FS_IOC_SETFLAGS, &flags);
}

static int attempt_snapshot(char **args, struct detail *detail)
{
	_cleanup_close_ int source = open(args[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct btrfs_ioctl_vol_args to = { .fd = source };

	if (source < 0)
		return failed_at(detail, "open");
	(void)snprintf(to.name, sizeof(to.name), "%s", args[2]);
	return by_ioctl(args[1], BTRFS_IOC_SNAP_CREATE, &to);
}

static int attempt_subvolume(char **args, struct detail *detail)
{
	struct btrfs_ioctl_vol_args to = { 0 };

	(void)detail;
	(void)snprintf(to.name, sizeof(to.name), "%s", args[1]);
	return by_ioctl(args[0], BTRFS_IOC_SUBVOL_CREATE, &to);
}

static int attempt_remove_subvolume(char **args, struct detail *detail)
{
	struct btrfs_ioctl_vol_args what = { 0 };

	(void)detail;
	(void)snprintf(what.name, sizeof(what.name), "%s", args[1]);
	return by_ioctl(args[0], BTRFS_IOC_SNAP_DESTROY, &what);
}

const struct attempt attempts_labels[] = {
	{ "churn", "N files|TYPE DIR PROCS PROCS", 5, 5, attempt_churn,
		"make files in DIR, or mounts on it; those in two cgroups open each" },
	{ "save-handle", "PATH FILE", 2, 2, attempt_save_handle, "write PATH's handle to FILE" },
	{ "open-saved", "FILE DIR", 2, 2, attempt_open_saved, "open by that handle" },
	{ "stat-saved", "FILE DIR", 2, 2, attempt_stat_saved, "look by that handle" },
	{ "link-saved", "FILE DIR DST", 3, 3, attempt_link_saved, "hard link by that handle" },
	{ "set-version", "PATH", 1, 1, attempt_set_version, "change the inode's generation" },
	{ "set-flags", "PATH", 1, 1, attempt_set_flags, "change the inode's flags" },
	{ "snapshot", "SUBVOLUME DIR NAME", 3, 3, attempt_snapshot, "of a btrfs subvolume" },
	{ "subvolume", "DIR NAME", 2, 2, attempt_subvolume, "make one" },
	{ "remove-subvolume", "DIR NAME", 2, 2, attempt_remove_subvolume, "remove one" },
	{ 0 },
};
