/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/sight.h"

#include "policy/devices.h"

#include <stdio.h>
#include <sys/stat.h>

/* A path on its way to a real one: what is real so far, and what is still to go. */
struct walk {
	const struct lookups *grants;
	const struct reach *reach; /* the same */
	char real[PATH_MAX], rest[PATH_MAX];
	unsigned int n_links;
};

/* Whether the private root holds this link: in a granted tree, or on the way to one. */
static bool link_is_there(const struct walk *w, const char *link)
{
	for (size_t i = 0; i < w->grants->n; i++)
		if (strv_contains(&w->grants->v[i].place.links, link))
			return true;
	return reach_seen(w->reach, link) != NULL;
}

/* A folder that the root has because something is mounted on it, or below. */
static bool is_mount_point(const struct walk *w, const char *path)
{
	for (size_t i = 0; i < w->reach->n; i++)
		if (w->reach->places[i].grant->inside &&
			path_lies_in(w->reach->places[i].grant->inside, path))
			return true;
	return false;
}

/* Where it lies on the host. */
static int find_outside(const struct walk *w, const char *path, char outside[static PATH_MAX])
{
	const struct reach_place *seen = reach_seen(w->reach, path);

	if (seen)
		return reach_outside(seen, path, outside, PATH_MAX);
	return (size_t)snprintf(outside, PATH_MAX, "%s", path) >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Puts the target of a link before what is left. */
static int go_on_at(struct walk *w, const char *target, const char *link, struct sbx_error *err)
{
	char joined[PATH_MAX];

	if (++w->n_links > 40 || (size_t)snprintf(joined, sizeof(joined), "%s/%s", target,
					 w->rest) >= sizeof(joined))
		return error_errno(err, ELOOP, "look up '%s'", link);
	memcpy(w->rest, joined, strlen(joined) + 1);
	if (*target == '/')
		w->real[0] = '\0';
	return 0;
}

/* A link that is there on the host. */
static int follow(struct walk *w, const char *outside, struct sbx_error *err)
{
	char target[PATH_MAX];
	ssize_t n = readlink(outside, target, sizeof(target) - 1);

	if (n < 0)
		return error_errno(err, errno, "read the symlink '%s'", outside);
	target[n] = '\0';
	return go_on_at(w, target, outside, err);
}

/* In a folder of the sandbox's own, where the host may have something else. */
static int step_in_own(struct walk *w, const char *at, struct sbx_error *err)
{
	for (size_t i = 0; i < n_device_links; i++)
		if (streq(at, device_links[i].path))
			return go_on_at(w, device_links[i].target, at, err);
	memcpy(w->real, at, strlen(at) + 1);
	return 0;
}

static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* Takes the next component. 1: it is a link that isn't there in the sandbox, and then `real`. */
static int step(struct walk *w, struct sbx_error *err)
{
	size_t n = strcspn(w->rest, "/"), skip = w->rest[n] ? n + 1 : n;
	char name[NAME_MAX + 1], at[PATH_MAX], outside[PATH_MAX];
	struct stat st;
	bool there;

	if (n >= sizeof(name) || strlen(w->real) + n + 2 > sizeof(at))
		return error_errno(err, ENAMETOOLONG, "look up a path");
	memcpy(name, w->rest, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + skip, strlen(w->rest + skip) + 1);
	if (streq(name, "..")) {
		drop_last(w->real);
		return 0;
	}
	if (!*name || streq(name, "."))
		return 0;
	(void)snprintf(at, sizeof(at), "%s/%s", w->real, name);
	if (is_mount_point(w, at)) {
		memcpy(w->real, at, strlen(at) + 1);
		return 0;
	}
	if (reach_is_own(at) && !link_is_there(w, at))
		return step_in_own(w, at, err);
	if (find_outside(w, at, outside) < 0)
		return error_errno(err, ENAMETOOLONG, "look up '%s'", at);
	there = lstat(outside, &st) == 0;
	if (!there && (errno != ENOENT || *w->rest))
		return error_errno(err, errno, "look up '%s'", outside);
	if (there && S_ISLNK(st.st_mode) && link_is_there(w, at))
		return follow(w, outside, err);
	memcpy(w->real, at, strlen(at) + 1);
	return there && S_ISLNK(st.st_mode);
}

int sight_find(const struct lookups *grants, const char *path, char ret_real[static PATH_MAX],
	struct sbx_error *err)
{
	_cleanup_free_ struct reach_place *places = lookups_places(grants);
	const struct reach reach = { places, grants->n };
	struct walk w = { .grants = grants, .reach = &reach };
	int r = 0;

	if (!places)
		return error_errno(err, ENOMEM, "look up '%s'", path);

	if (*path != '/' || strlen(path) >= sizeof(w.rest))
		return error_set(err, EINVAL, "'%s' is not an absolute path", path);
	memcpy(w.rest, path, strlen(path) + 1);
	while (r == 0 && *w.rest)
		r = step(&w, err);
	(void)snprintf(ret_real, PATH_MAX, "%s", *w.real ? w.real : "/");
	return r;
}

bool sight_is_device(const struct reach *grants, const char *real)
{
	const struct reach_place *seen = reach_seen(grants, real);
	char outside[PATH_MAX];
	struct stat st;

	return seen && reach_outside(seen, real, outside, sizeof(outside)) == 0 &&
	       lstat(outside, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
}
