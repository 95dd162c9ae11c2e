/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels on inodes: what the kernel side finds on its walk up from a file.
 */
#ifndef SBX_LSM_LABELS_H
#define SBX_LSM_LABELS_H

#include "lsm/lsm.h"

/* A file or folder by descriptor, and what the kernel knows of its inode. */
struct lsm_file {
	int fd; /* borrowed; O_PATH will do */
	struct sbx_file_info info;
};

/*
 * Fills `info` of each. Read in the kernel, for stat(2) tells another device than the inode's on
 * overlayfs and btrfs.
 */
int labels_read(const struct lsm *lsm, struct lsm_file *files, size_t n, struct sbx_error *err);

/* Whose something is. */
struct lsm_owner {
	uint32_t tenant; /* 0: nobody's own */
	uint32_t flags; /* SBX_LABEL_SHARED, SBX_LABEL_PART */
};

struct lsm_owner label_owner_of(const struct sbx_label *label);
void label_set_owner(struct sbx_label *label, struct lsm_owner owner);

/*
 * The label of a file's inode: the one that it has, or else `fresh`, an id never used before. With
 * an owner the inode becomes that tenant's own; -EEXIST when it is another's. A new label's inode
 * is kept in memory by a mount in the home, since one that is evicted loses its label; -ENOLINK
 * where the name that it was opened by is removed.
 */
int label_ensure(const struct lsm *lsm, const struct lsm_file *file, struct lsm_owner owner,
	uint32_t fresh, uint32_t *ret_label, struct sbx_error *err);

/*
 * Has the label itself say what `perms` has for that policy under it, which must be all by now.
 * A label says it of one policy: the last one that this was called for.
 */
int label_note_rights(
	const struct lsm *lsm, const struct lsm_file *file, uint32_t policy, struct sbx_error *err);

/* Has names in that folder looked for; what else its label says stays, or `fresh` is put there. */
int label_mark_names(const struct lsm *lsm, const struct lsm_file *folder, uint32_t fresh,
	struct sbx_error *err);

/* The owner of a file's inode itself, by its label; who owned it once is none. */
int label_owner(const struct lsm *lsm, const struct lsm_file *file, struct lsm_owner *ret_owner,
	struct sbx_error *err);

/* Whether the label was put on that inode, and not on another that had its address before. */
bool label_is_of(const struct sbx_label *label, const struct sbx_file_info *info);

/*
 * Goes through all labels, with their inodes' addresses; `visit` may change the owner, and returns
 * whether the label is to stay. One that goes gives its inode free.
 */
int labels_sweep(const struct lsm *lsm,
	bool (*visit)(uint64_t inode, struct sbx_label *label, void *arg), void *arg,
	struct sbx_error *err);

#endif
