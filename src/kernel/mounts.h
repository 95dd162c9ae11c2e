/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root: an empty tmpfs or another tree, and in it what is granted, by descriptor and the new
 * mount API.
 *
 * The functions for the child are async-signal-safe and answer 0 or -errno.
 */
#ifndef SBX_KERNEL_MOUNTS_H
#define SBX_KERNEL_MOUNTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A folder that exists on every host where we run, for the root to hang on until pivot_root. */
#define ROOT_STAGE "/run/sandboxctl"

/*
 * A tree that appears in the root: `tree` is a detached mount of it. Or, without one, a folder that
 * is there, mounted once more in its place: it alone, and not what is mounted in it, becomes
 * writable or executable.
 */
struct root_bind {
	const char *path; /* absolute, without symlinks; "/" is none of these */
	int tree; /* -1: it is such a folder */
	int folder; /* borrowed: which has to be at that path */
	bool is_dir;
	bool writable; /* as `tree` was cloned */
	bool executable; /* of a folder */
};

struct root_link {
	const char *path, *target;
};

struct root_spec {
	/*
	 * What it is instead of an empty one: `tree`, a detached mount (-1: none), or all of the
	 * host's mounts, to read. Both have folders for /dev, /proc and /tmp.
	 */
	int tree;
	bool is_host;
	bool writable; /* as `tree` was cloned */
	const struct root_bind *binds; /* an outer path before the paths inside it */
	size_t n_binds;
	const struct root_link *links;
	size_t n_links;
	uint64_t tmp_size; /* bytes; of /dev/shm too */
	bool has_proc; /* a folder for /proc is there too: /dev/fd and its like lead into it */
	bool has_mqueue; /* the ipc namespace is the sandbox's own, and /dev/mqueue shows it */
};

/*
 * In the parent, in the namespace that `fd` (O_PATH) was opened in: a private copy of what is
 * mounted there and below, nosuid and nodev; read-only unless `writable`, noexec unless
 * `executable`.
 */
int mounts_clone_tree(int fd, bool writable, bool executable, int *ret_tree, struct sbx_error *err);

/*
 * Maps the ids of such a copy, before it is mounted, by a user namespace: what root owns on the
 * disk is seen as its root's, and what ids own that it doesn't know as nobody's. Not all file
 * systems know how, and a mount is mapped once: then it stays as it is, which is no error.
 */
int mounts_map_ids(int tree, int userns, struct sbx_error *err);

/*
 * In the child, in order. `ret_object` tells which bind or link failed, for the report; -1: none.
 */
int root_isolate(void); /* nothing propagates to the host from here on */
int root_make(const struct root_spec *spec, int *ret_root, int *ret_object);
int root_mount_proc(int root, bool full); /* mounts_proc.c: of the caller's pid namespace */
int root_enter(int root); /* which becomes the working folder too */

/*
 * For the files of this mechanism, mounts_*.c: what the child's steps are made of.
 */
#define MOUNTS_QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

struct mounts_option {
	const char *key, *value;
};

/* A detached mount of a new instance; `options` ends with a NULL key, or is NULL. */
int mounts_make(
	const char *type, const struct mounts_option *options, unsigned int attr, int *ret_mount);
int mounts_make_tmpfs(const char *mode, const char *size, unsigned int attr, int *ret_mount);

/* A whole /dev, mounted in the root, and still writable. */
int mounts_make_dev(int root, const struct root_spec *spec, const char *shm_size, int *ret_dev);

/* A path below the root that may lead through a tenant's tree: no link is followed there. */
int mounts_open_below(int root, const char *path, int flags);

/* Attaches a mount to a folder; `_new`: to one directly in `dir`, which is made if need be. */
int mounts_attach(int mount_fd, int dir, const char *path);
int mounts_attach_new(int mount_fd, int dir, const char *name);

/* Of this mount, and none below it. */
int mounts_add_attr(int mount_fd, unsigned int set);

/* mounts_folder.c. -ESTALE where another folder is at that path. */
int mounts_renew(int root, const struct root_bind *folder);

#endif
