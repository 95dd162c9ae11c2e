/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tenants folder as a whole: whether it is still what was loaded.
 */
#ifndef SBX_STATE_TENANTS_H
#define SBX_STATE_TENANTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * A number that changes when a policy file is added, removed or written to: over name, inode, size
 * and times of all of CONFIG_DIR/tenants/ *.ini and *.ini.d/ *.ini. A folder that is missing is an
 * empty one.
 */
int tenants_fingerprint(
	const char *config_dir, uint64_t key, uint64_t *ret_fingerprint, struct sbx_error *err);

/* What else policies speak of, and what must not change about it. */
enum tenants_watched {
	TENANTS_TREE = 't', /* that a tenant owns: its inode */
	TENANTS_ENTRY = 'e', /* a file's name that one owns: whether a folder has it */
	TENANTS_NAME = 'n', /* a tree by links: which one it is */
	TENANTS_FILE = 'f', /* that a policy includes: its content, as far as its times tell */
	TENANTS_FOLDER = 'd', /* that policies lie in: which files are there, by its times too */
};

/* Fingerprints: each line's part added up, in any order. */
struct tenants_sums {
	uint64_t named; /* of trees and files */
	uint64_t folders;
};

/*
 * The same for a list of these: a line each, its kind and its path, and what is found there now. A
 * path where nothing is counts as changed; a list that is missing is an empty one.
 */
int tenants_watched_fingerprint(
	const char *list, uint64_t key, struct tenants_sums *ret_sums, struct sbx_error *err);

/*
 * A folder's part of its sum: that at FD, or NAME from there (which is no link). Seen through
 * another mount it is another one, for other mounts may lie over its files there.
 */
uint64_t tenants_folder_hash(uint64_t key, const char *path, int fd, const char *name);

/* CONFIG_DIR/tenants as one of these folders, by whatever path it is found. */
uint64_t tenants_config_hash(const char *config_dir, uint64_t key);

/* The names of what is read there: "acme.ini" and "acme.ini.d". */
bool tenants_is_policy(const char *name);
bool tenants_is_drop_ins(const char *name);

/* Whether a path is of a file that tenants_fingerprint() looks at in that folder of tenants. */
bool tenants_has(const char *folder, const char *path);

/* A tree's or a file's part of the sum that it belongs to. */
uint64_t tenants_watched_hash(
	uint64_t key, enum tenants_watched kind, const char *path, const struct stat *st);

#endif
