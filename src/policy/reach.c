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
		return POLICY_READ | POLICY_WRITE;
	case POLICY_OWN:
		return POLICY_READ | POLICY_WRITE | POLICY_OWN;
	case POLICY_SEE:
	case POLICY_SHARE:
		break;
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

const char *const reach_own[] = { "/dev", "/proc", "/tmp", NULL };

bool reach_is_own(const char *path)
{
	for (const char *const *own = reach_own; *own; own++)
		if (path_lies_in(path, *own))
			return true;
	return false;
}

static bool is_root(const struct reach_place *place)
{
	return policy_grant_is_root(place->grant);
}

/* What of PATH lies below DIR: "" or "/a/b". */
static const char *below(const char *path, const char *dir)
{
	if (streq(dir, "/"))
		return streq(path, "/") ? "" : path;
	return path + strlen(dir);
}

void reach_settle(struct reach_place *places, size_t n)
{
	const struct reach_place *root = NULL;

	for (size_t i = 0; i < n; i++)
		if (is_root(&places[i]))
			root = &places[i];
	for (size_t i = 0; i < n && root; i++) {
		const char *rest = below(places[i].path, root->path);

		if (!places[i].grant->inside && path_lies_in(places[i].path, root->path))
			places[i].inside = *rest ? rest : "/";
	}
}

const char *reach_inside(const struct reach_place *place)
{
	if (place->inside)
		return place->inside;
	return place->grant->inside ? place->grant->inside : place->path;
}

/* FROM/a is TO/a. */
static int move(const char *path, const char *from, const char *to, char *ret, size_t size)
{
	const char *rest = below(path, from);
	int n = snprintf(ret, size, "%s%s", streq(to, "/") && *rest ? "" : to, rest);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int reach_outside(const struct reach_place *seen, const char *path, char *ret_outside, size_t size)
{
	return move(path, reach_inside(seen), seen->path, ret_outside, size);
}

int reach_shown(const struct reach_place *place, const char *path, char *ret_inside, size_t size)
{
	return move(path, place->path, reach_inside(place), ret_inside, size);
}

const struct reach_place *reach_seen(const struct reach *reach, const char *path)
{
	const struct reach_place *best = NULL;

	for (size_t i = 0; i < reach->n; i++) {
		const struct reach_place *p = &reach->places[i];

		if (!p->is_name && path_lies_in(path, reach_inside(p)) &&
			(!best || strlen(reach_inside(p)) > strlen(reach_inside(best))))
			best = p;
	}
	return best && is_root(best) && reach_is_own(path) ? NULL : best;
}

unsigned int reach_through(const struct reach *reach, const struct reach_place *place)
{
	unsigned int rights = 0;

	/* No mount keeps anything from being read. */
	if (place->grant->inside)
		return POLICY_READ |
		       (reach_rights(reach, place->path) &
			       ~(place->grant->rights == POLICY_READ ? POLICY_WRITE : 0U));
	/* The grants of one path are one mount. */
	for (size_t i = 0; i < reach->n; i++)
		if ((!reach->places[i].grant->inside || is_root(&reach->places[i])) &&
			streq(reach->places[i].path, place->path))
			rights |= reach_of(reach->places[i].grant->rights);
	return rights;
}
