/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/procfs.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#define QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

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
	_cleanup_close_ int fs = fsopen("proc", FSOPEN_CLOEXEC), proc = -1;
	struct statfs st;

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "hidepid", "invisible", 0) < 0 ||
		(!full && fsconfig(fs, FSCONFIG_SET_STRING, "subset", "pid", 0) < 0) ||
		fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	proc = fsmount(fs, FSMOUNT_CLOEXEC, QUIET);
	if (proc < 0 || fstatfs(proc, &st) < 0)
		return -errno;
	if (st.f_type != PROC_SUPER_MAGIC)
		return -EXDEV;
	*ret_proc = take_fd(&proc);
	return 0;
}

static int hide_folder(int proc)
{
	_cleanup_close_ int fs = fsopen("tmpfs", FSOPEN_CLOEXEC), empty = -1;

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "mode", "0555", 0) < 0 ||
		fsconfig(fs, FSCONFIG_SET_STRING, "size", "4k", 0) < 0 ||
		fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	empty = fsmount(fs, FSMOUNT_CLOEXEC, QUIET | MOUNT_ATTR_RDONLY);
	if (empty < 0 || move_mount(empty, "", proc, HIDDEN_FOLDER, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

/* Puts FROM/NAME, with these attributes, over PROC/PATH; nothing where there is no such path. */
static int cover(int proc, const char *path, int from, const char *name, unsigned int attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	_cleanup_close_ int tree = -1;

	if (faccessat(proc, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	tree = open_tree(from, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ||
		move_mount(tree, "", proc, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

/* A device stays one, so that what is hidden reads as empty. */
static int cover_all(int root, int proc)
{
	const unsigned int still = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
	int r = hide_folder(proc);

	for (size_t i = 0; i < ARRAY_SIZE(hidden_folders) && r == 0; i++)
		r = cover(proc, hidden_folders[i], proc, HIDDEN_FOLDER, QUIET | MOUNT_ATTR_RDONLY);
	for (size_t i = 0; i < ARRAY_SIZE(hidden_files) && r == 0; i++)
		r = cover(proc, hidden_files[i], root, "dev/null", still);
	for (size_t i = 0; i < ARRAY_SIZE(read_only) && r == 0; i++)
		r = cover(proc, read_only[i], proc, read_only[i], QUIET | MOUNT_ATTR_RDONLY);
	return r;
}

int procfs_mount(int root, bool full)
{
	_cleanup_close_ int proc = -1;
	int r = make_proc(full, &proc);

	if (r == 0 && move_mount(proc, "", root, "proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		r = -errno;
	return r == 0 && full ? cover_all(root, proc) : r;
}
