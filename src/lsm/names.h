/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels on names: what is said of a file is said of its name in its folder, so that it goes for
 * the file that takes its place, too, and for no other link of it.
 */
#ifndef SBX_LSM_NAMES_H
#define SBX_LSM_NAMES_H

#include "lsm/labels.h"

/* A name in a folder. */
struct lsm_name {
	struct lsm_file folder; /* its descriptor owned; -1: there is none */
	char name[SBX_ENTRY_SIZE];
};

#define LSM_NAME_NONE ((struct lsm_name){ .folder.fd = -1 })

/*
 * The name of the file `fd` (O_PATH; -1: nothing has that name yet, in `folder`), whose real path
 * is PATH (NULL: it is to be known by its inode). A folder has none, and neither has a file that is
 * mounted, for nothing can take its place: LSM_NAME_NONE then.
 */
int name_open(
	int fd, int folder, const char *path, struct lsm_name *ret_name, struct sbx_error *err);
void name_close(struct lsm_name *name);

/* Fills the `info` of the folders of those that have one. */
int names_read(const struct lsm *lsm, struct lsm_name *names, size_t n, struct sbx_error *err);

/* As label_ensure; `fresh_folder` is for the folder, should it have no label. */
int name_ensure(const struct lsm *lsm, const struct lsm_name *name, struct lsm_owner owner,
	uint32_t fresh, uint32_t fresh_folder, uint32_t *ret_label, struct sbx_error *err);

/* As label_owner. */
int name_owner(const struct lsm *lsm, const struct lsm_name *name, struct lsm_owner *ret_owner,
	struct sbx_error *err);

/* As labels_sweep. That a folder has no names any more is for the caller to see to. */
int names_sweep(const struct lsm *lsm,
	bool (*visit)(const struct sbx_name_key *key, struct sbx_label *label, void *arg),
	void *arg, struct sbx_error *err);

#endif
