/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files and folders of ours: whole reads and writes, relative to a folder's descriptor.
 */
#ifndef SBX_BASE_FS_H
#define SBX_BASE_FS_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Reads the whole file, at most `size` - 1 bytes, and terminates it. Returns its length, -EFBIG
 * when it is longer, or another negative errno. Says nothing: the caller knows what the file is
 * for.
 */
ssize_t fs_read(int dir, const char *path, char *buf, size_t size);

/* Writes `value` in one write(2) to a file that exists, as the kernel wants it. 0 or -errno. */
int fs_write(int dir, const char *path, const char *value);

/* Writes all of it, in one write(2) where that takes it. 0 or -errno. */
int fs_write_all(int fd, const char *data, size_t size);

enum fs_keep {
	FS_VOLATILE, /* it needn't outlive this boot, or can be made again */
	FS_DURABLE, /* it is on disk when this returns, and no crash brings the old one back */
};

/*
 * Replaces a file as a whole, by rename: readers see the old or the new one. Mode 0600. Writers
 * wait for each other; one that is killed leaves PATH~, which the next one takes.
 */
int fs_replace(int dir, const char *path, const void *data, size_t size, enum fs_keep keep,
	struct sbx_error *err);

/* The path of what is open there, as this process sees it (proc(5), /proc/PID/fd). */
int fs_path_of(int fd, char *path, size_t size, struct sbx_error *err);

/*
 * `path` from the root on, whoever reads it. One that is too long is an error, not another path.
 */
int fs_absolute(const char *path, char ret[static PATH_MAX], struct sbx_error *err);

/* Removes the files in a folder, but hidden ones and that one (NULL: none), as far as it can. */
void fs_remove_files(const char *folder, const char *but);

/* Makes a folder and what is missing above it, mode 0700, and checks that root owns it. */
int fs_make_private_dir(const char *path, struct sbx_error *err);

/*
 * The same, and makes it a private mount of itself: namespaces pinned in it then don't propagate to
 * other mount namespaces, and a mount namespace may be pinned at all (mount(2), MS_BIND of nsfs).
 */
int fs_make_pin_dir(const char *path, struct sbx_error *err);

/*
 * Whether a file's mode gives all of `bits` (S_IROTH, S_IWOTH, S_IXOTH) to who has this uid, this
 * one group and no capabilities. An access control list, where there is one, may say otherwise.
 */
bool fs_mode_allows(const struct stat *st, uid_t uid, gid_t gid, mode_t bits);

/*
 * Opens `path`, or makes it, and takes an exclusive flock(2) on it, waiting. The descriptor is the
 * lock. Who holds it may unlink the file: the next one then makes and locks a new one.
 */
int fs_lock(const char *path, int *ret_fd, struct sbx_error *err);

/*
 * The same without waiting, of a file that is there: -ENOENT, or -EBUSY where another one holds it.
 * So is what fs_replace writes to.
 */
int fs_try_lock(const char *path, int *ret_fd);

#endif
