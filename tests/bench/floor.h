/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the floor share: the processes (floor.c), what they see (floor_view.c), who
 * they are (floor_self.c), what the LSM is told of them (floor_lsm.c).
 */
#ifndef SBX_BENCH_FLOOR_H
#define SBX_BENCH_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

/* Every call must succeed: a floor that skipped one would be too low. Ends the process otherwise.
 */
long must(long r, const char *what);

/* A read-only mount of one file, attached nowhere yet. */
int view_clone_file(const char *path);

/*
 * Makes the root that the sandbox sees and goes into it: PROGRAM, mounted under its own path from
 * PROGRAM_TREE, /tmp, /dev, /proc.
 */
void view_make(const char *program, int program_tree);

/* What a caller may have set, and what would go through exec to the program. */
void self_drop_inherited(bool is_init);

/* The bounding set and the securebits; then, as the last things before exec, all other rights. */
void self_drop_bounding(void);
void self_drop_rights(void);

/* Whose the sandbox is, and the maps that say so. */
struct floor_lsm {
	uint32_t tenant, policy; /* 0: there is no LSM */
	int leaves, tasks;
	uint64_t leaf; /* id of its cgroup */
};

void lsm_open_maps(struct floor_lsm *lsm);
void lsm_label_leaf(struct floor_lsm *lsm, int leaf);
void lsm_set_up(const struct floor_lsm *lsm, int pidfd, bool is_init);
void lsm_forget_leaf(const struct floor_lsm *lsm);

#endif
