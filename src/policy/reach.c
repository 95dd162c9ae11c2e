/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/reach.h"

unsigned int reach_of(enum policy_rights right)
{
	switch (right) {
	case POLICY_READ:
		return POLICY_READ;
	case POLICY_EXEC:
		return POLICY_READ | POLICY_EXEC;
	case POLICY_WRITE:
	case POLICY_OWN:
		return POLICY_READ | POLICY_WRITE;
	}
	return 0;
}

/*
 * Of the grants that place I has to be held against: all others, but of mounts only those further
 * out, for two of one tree add up.
 */
static bool stands_beside(const struct reach *reach, size_t i, size_t other)
{
	return other != i &&
	       (!reach->places[other].grant->inside ||
		       strlen(reach->places[other].path) < strlen(reach->places[i].path));
}

bool reach_is_idle(const struct reach *reach, size_t i)
{
	const struct reach_place *place = &reach->places[i];
	unsigned int wanted = reach_of(place->grant->rights), given = 0;
	size_t longest = 0;

	if (!place->grant->inside)
		return false;
	for (size_t j = 0; j < reach->n; j++) {
		size_t n = strlen(reach->places[j].path);

		if (!stands_beside(reach, i, j) || n < longest ||
			!path_lies_in(place->path, reach->places[j].path))
			continue;
		given = (n > longest ? 0 : given) | reach_of(reach->places[j].grant->rights);
		longest = n;
	}
	return (wanted & ~given) == 0;
}

const struct reach_place *reach_nearest(
	const struct reach *reach, const char *path, enum policy_rights wanted)
{
	const struct reach_place *best = NULL;

	for (size_t i = 0; i < reach->n; i++) {
		const struct reach_place *p = &reach->places[i];
		size_t n = strlen(p->path), best_n = best ? strlen(best->path) : 0;

		if (!path_lies_in(path, p->path) || (best && n < best_n) || reach_is_idle(reach, i))
			continue;
		if (!best || n > best_n || (reach_of(p->grant->rights) & wanted))
			best = p;
	}
	return best;
}

unsigned int reach_rights(const struct reach *reach, const char *path)
{
	static const enum policy_rights all[] = { POLICY_READ, POLICY_WRITE, POLICY_EXEC };
	unsigned int rights = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct reach_place *p = reach_nearest(reach, path, all[i]);

		if (p)
			rights |= reach_of(p->grant->rights) & all[i];
	}
	return rights;
}

const char *reach_inside(const struct reach_place *place)
{
	return place->grant->inside ? place->grant->inside : place->path;
}

const struct reach_place *reach_seen(const struct reach *reach, const char *path)
{
	const struct reach_place *best = NULL;

	for (size_t i = 0; i < reach->n; i++) {
		const struct reach_place *p = &reach->places[i];

		if (path_lies_in(path, reach_inside(p)) &&
			(!best || strlen(reach_inside(p)) > strlen(reach_inside(best))))
			best = p;
	}
	return best;
}

unsigned int reach_through(const struct reach *reach, const struct reach_place *place)
{
	unsigned int rights = 0;

	if (place->grant->inside)
		return reach_rights(reach, place->path) &
		       ~(place->grant->rights == POLICY_READ ? POLICY_WRITE : 0U);
	/* The grants of one path are one mount. */
	for (size_t i = 0; i < reach->n; i++)
		if (!reach->places[i].grant->inside && streq(reach->places[i].path, place->path))
			rights |= reach_of(reach->places[i].grant->rights);
	return rights;
}
