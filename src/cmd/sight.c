/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/sight.h"

#include <stdio.h>
#include <sys/stat.h>

/* Whether the private root holds this link: in a granted tree, or on the way to one. */
static bool link_is_there(const struct lookups *grants, const char *link)
{
	for (size_t i = 0; i < grants->n; i++) {
		const struct resolved *place = &grants->v[i].place;

		if (path_lies_in(link, place->path) || strv_contains(&place->links, link))
			return true;
	}
	return false;
}

/* A path on its way to a real one: what is real so far, and what is still to go. */
struct walk {
	const struct lookups *grants;
	char real[PATH_MAX], rest[PATH_MAX];
	unsigned int n_links;
};

/* Puts the target of the link at `at` before what is left. */
static int follow(struct walk *w, const char *at, struct sbx_error *err)
{
	char target[PATH_MAX], joined[PATH_MAX];
	ssize_t n = readlink(at, target, sizeof(target) - 1);

	if (n < 0)
		return error_errno(err, errno, "read the symlink '%s'", at);
	target[n] = '\0';
	if (++w->n_links > 40 || (size_t)snprintf(joined, sizeof(joined), "%s/%s", target,
					 w->rest) >= sizeof(joined))
		return error_errno(err, ELOOP, "look up '%s'", at);
	memcpy(w->rest, joined, strlen(joined) + 1);
	if (*target == '/')
		w->real[0] = '\0';
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
	char name[NAME_MAX + 1], at[PATH_MAX];
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
	there = lstat(at, &st) == 0;
	if (!there && (errno != ENOENT || *w->rest))
		return error_errno(err, errno, "look up '%s'", at);
	if (there && S_ISLNK(st.st_mode) && link_is_there(w->grants, at))
		return follow(w, at, err);
	memcpy(w->real, at, strlen(at) + 1);
	return there && S_ISLNK(st.st_mode);
}

int sight_find(const struct lookups *grants, const char *path, char ret_real[static PATH_MAX],
	struct sbx_error *err)
{
	struct walk w = { .grants = grants };
	int r = 0;

	if (*path != '/' || strlen(path) >= sizeof(w.rest))
		return error_set(err, EINVAL, "'%s' is not an absolute path", path);
	memcpy(w.rest, path, strlen(path) + 1);
	while (r == 0 && *w.rest)
		r = step(&w, err);
	(void)snprintf(ret_real, PATH_MAX, "%s", *w.real ? w.real : "/");
	return r;
}
