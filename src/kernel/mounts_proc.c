/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A /proc of the sandbox's own: what it shows is the pid namespace of who mounts it.
 */
#include "kernel/mounts.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

/*
 * What container runtimes hide of /proc: it tells of the hardware, of others' keys or of the
 * kernel's addresses. One that this kernel doesn't have needs no hiding.
 */
static const char *const hidden_files[] = { "cmdline", "interrupts", "iomem", "ioports", "kallsyms",
	"kcore", "key-users", "keys", "kmsg", "latency_stats", "locks", "modules", "sched_debug",
	"slabinfo", "sysrq-trigger", "timer_list", "timer_stats", "vmallocinfo" };
static const char *const hidden_folders[] = { "acpi", "asound", "scsi" };

/* The first of these, which each kernel has: what lies over it is cloned for the others. */
#define HIDDEN_FOLDER "driver"

/* What may be read and never written. */
static const char *const read_only[] = { "bus", "fs", "irq", "sys" };

static int make_proc(bool full, int *ret_proc)
{
	static const struct mounts_option all[] = { { "hidepid", "invisible" }, { 0 } };
	static const struct mounts_option only[] = { { "hidepid", "invisible" },
		{ "subset", "pid" }, { 0 } };
	_cleanup_close_ int proc = -1;
	struct statfs st;
	int r = mounts_make("proc", full ? all : only, MOUNTS_QUIET, &proc);

	if (r < 0)
		return r;
	if (fstatfs(proc, &st) < 0)
		return -errno;
	if (st.f_type != PROC_SUPER_MAGIC)
		return -EXDEV;
	*ret_proc = take_fd(&proc);
	return 0;
}

static int hide_folder(int proc)
{
	_cleanup_close_ int empty = -1;
	int r = mounts_make_tmpfs("0555", "4k", MOUNTS_QUIET | MOUNT_ATTR_RDONLY, &empty);

	return r < 0 ? r : mounts_attach(empty, proc, HIDDEN_FOLDER);
}

/* In a root that the tenant may write to, /dev may be another folder by now. */
static int open_null(int root, int *ret_null)
{
	_cleanup_close_ int null = mounts_open_below(root, "dev/null", O_PATH);
	struct stat st;

	if (null < 0)
		return null;
	if (fstat(null, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return -EXDEV;
	*ret_null = take_fd(&null);
	return 0;
}

/*
 * Puts FROM/NAME (FROM itself: ""), with these attributes, over PROC/PATH; nothing where there is
 * no such path.
 */
static int cover(int proc, const char *path, int from, const char *name, unsigned int attributes)
{
	_cleanup_close_ int tree = -1;
	int r;

	if (faccessat(proc, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	tree = open_tree(from, name,
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
	if (tree < 0)
		return -errno;
	r = mounts_add_attr(tree, attributes);
	return r < 0 ? r : mounts_attach(tree, proc, path);
}

/* A device stays one, so that what is hidden reads as empty. */
static int cover_all(int root, int proc)
{
	const unsigned int still = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
	_cleanup_close_ int null = -1;
	int r = open_null(root, &null);

	if (r == 0)
		r = hide_folder(proc);
	for (size_t i = 0; i < ARRAY_SIZE(hidden_folders) && r == 0; i++)
		r = cover(proc, hidden_folders[i], proc, HIDDEN_FOLDER,
			MOUNTS_QUIET | MOUNT_ATTR_RDONLY);
	for (size_t i = 0; i < ARRAY_SIZE(hidden_files) && r == 0; i++)
		r = cover(proc, hidden_files[i], null, "", still);
	for (size_t i = 0; i < ARRAY_SIZE(read_only) && r == 0; i++)
		r = cover(proc, read_only[i], proc, read_only[i], MOUNTS_QUIET | MOUNT_ATTR_RDONLY);
	return r;
}

int root_mount_proc(int root, bool full)
{
	_cleanup_close_ int proc = -1;
	int r = make_proc(full, &proc);

	if (r == 0)
		r = mounts_attach(proc, root, "proc");
	return r == 0 && full ? cover_all(root, proc) : r;
}
