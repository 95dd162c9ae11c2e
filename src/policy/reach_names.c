/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Granted names that nothing has yet. Nothing can be mounted for one: whoever makes it needs its
 * folder, and what else lies in there is for the LSM alone to deny.
 */
#include "policy/reach.h"

#include <limits.h>

const struct reach_place *reach_around(
	const struct reach *reach, const struct reach_place *name, char *ret_folder, size_t size)
{
	const struct reach_place *seen;
	char outside[PATH_MAX], folder[PATH_MAX];

	if (path_folder(reach_inside(name), ret_folder, size) < 0 ||
		path_folder(name->path, folder, sizeof(folder)) < 0)
		return NULL;
	seen = reach_seen(reach, ret_folder);
	/* What is seen there may be another one. */
	return seen && reach_outside(seen, ret_folder, outside, sizeof(outside)) == 0 &&
			       streq(outside, folder)
		       ? seen
		       : NULL;
}

unsigned int reach_opens(const struct reach *reach, const struct reach_place *name)
{
	char folder[PATH_MAX];
	const struct reach_place *around = reach_around(reach, name, folder, sizeof(folder));

	return around ? reach_of(name->grant->rights) & (POLICY_WRITE | POLICY_EXEC) &
				~reach_through(reach, around)
		      : 0;
}

unsigned int reach_passes(
	const struct reach *reach, const struct reach_place *seen, const char *path)
{
	unsigned int rights = reach_through(reach, seen);

	for (size_t i = 0; i < reach->n; i++) {
		const struct reach_place *name = &reach->places[i];
		char folder[PATH_MAX];

		if (name->is_name && !name->apart &&
			reach_around(reach, name, folder, sizeof(folder)) == seen &&
			path_lies_in(path, folder))
			rights |= reach_opens(reach, name);
	}
	return rights;
}

int reach_refuse_name(
	const struct reach *reach, const struct reach_place *name, bool lsm, struct sbx_error *err)
{
	char folder[PATH_MAX];
	const struct reach_place *around = reach_around(reach, name, folder, sizeof(folder));
	const char *path = name->path;

	if (!around)
		return error_cure(err,
			error_set(err, ENOENT, "'%s' is not there, and its folder is not in sight",
				path),
			"make it, grant its folder, or set 'root = host'");
	if (!reach_opens(reach, name))
		return 0;
	if (streq(folder, "/"))
		return error_cure(err,
			error_set(err, ENOENT,
				"'%s' is not there, and nothing is made in the root itself", path),
			"make it");
	if (!lsm)
		return error_cure(err,
			error_set(err, ENOENT,
				"'%s' is not there, and without the LSM all of its folder would "
				"be open",
				path),
			"make it, or grant its folder");
	return 0;
}
