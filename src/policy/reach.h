/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What grants come to together: the one rule for whoever plans a run or explains one. Nothing is
 * looked up here: paths come resolved.
 */
#ifndef SBX_POLICY_REACH_H
#define SBX_POLICY_REACH_H

#include "policy/policy.h"

/* A grant, and the real path of what it names. */
struct reach_place {
	const char *path;
	const struct policy_grant *grant;
	const char *inside; /* see reach_settle(); NULL: where the grant says, or at its own path */
	bool is_name; /* nothing has that name yet: it is seen where its folder is */
	bool apart; /* such a name's folder is on another mount than what is asked about */
};

struct reach {
	const struct reach_place *places;
	size_t n;
};

/*
 * To be called when all places are there: what lies in the tree that is the root is seen where it
 * lies in there.
 */
void reach_settle(struct reach_place *places, size_t n);

/* What a grant of this right allows, of read, write and exec; and own, where it is that. */
unsigned int reach_of(enum policy_rights right);

/*
 * The grant on the nearest folder above PATH that allows what is wanted, else any on that folder;
 * NULL where none covers it. Grants on one folder add up.
 */
const struct reach_place *reach_nearest(
	const struct reach *reach, const char *path, enum policy_rights wanted);

/* All that is allowed on PATH, of read, write and exec. */
unsigned int reach_rights(const struct reach *reach, const char *path);

/*
 * Whether place I gives nothing: a mount of what other grants give already. So that a tree which is
 * shown at another place too keeps all of its rights.
 */
bool reach_is_idle(const struct reach *reach, size_t i);

/* Where it is seen. */
const char *reach_inside(const struct reach_place *place);

/*
 * The place that is seen at PATH, or the nearest folder above it; NULL: none is. Of a root that
 * isn't private that is not what it has where each sandbox has something of its own.
 */
const struct reach_place *reach_seen(const struct reach *reach, const char *path);

/* What is seen at PATH, in a tree of the place that is seen there, lies outside at... */
int reach_outside(const struct reach_place *seen, const char *path, char *ret_outside, size_t size);

/* ... and what has this real path is seen at the other. -ENAMETOOLONG. */
int reach_shown(const struct reach_place *place, const char *path, char *ret_inside, size_t size);

/* Folders of a sandbox's own, whatever its root is: /dev, /proc and /tmp; ends with NULL. */
extern const char *const reach_own[];

/* Whether it lies in one of them. */
bool reach_is_own(const char *path);

/* What the mount of a place lets through. */
unsigned int reach_through(const struct reach *reach, const struct reach_place *place);

/*
 * The place in whose tree the folder of a name is seen at its own path; NULL: none is, so nobody
 * could make what has that name. `ret_folder` is that path, as the sandbox sees it.
 */
const struct reach_place *reach_around(
	const struct reach *reach, const struct reach_place *name, char *ret_folder, size_t size);

/*
 * What that name needs of its folder's mount beyond what the place lets through, of write and exec:
 * the folder is mounted anew for it. 0: nothing.
 */
unsigned int reach_opens(const struct reach *reach, const struct reach_place *name);

/*
 * -ENOENT where it can't be granted before it is made: its folder isn't seen, or is the root
 * itself, or would have to be opened with nothing there to keep its neighbours closed.
 */
int reach_refuse_name(
	const struct reach *reach, const struct reach_place *name, bool lsm, struct sbx_error *err);

/* As reach_through() of what is seen at PATH, with what such folders let through besides. */
unsigned int reach_passes(
	const struct reach *reach, const struct reach_place *seen, const char *path);

#endif
