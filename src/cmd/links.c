/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/links.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

/* Who asks waits for it, so not all of a large tree is looked at. Deeper files nobody opens. */
enum { FILES_MAX = 200000, DEPTH_MAX = 64 };

/* One of the names of a file that has several. */
struct name {
	dev_t dev;
	ino_t ino;
	nlink_t n_links;
	const char *tenant;
	char *path;
};

struct search {
	struct name *v;
	size_t n, room, n_files;
	const char *tenant;
	dev_t dev;
	bool cut;
	char path[PATH_MAX];
};

static int add_name(struct search *s, const struct stat *st)
{
	struct name *name;

	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct name *more = reallocarray(s->v, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		s->v = more;
		s->room = room;
	}
	name = &s->v[s->n];
	*name = (struct name){ st->st_dev, st->st_ino, st->st_nlink, s->tenant, strdup(s->path) };
	if (!name->path)
		return -ENOMEM;
	s->n++;
	return 0;
}

static int look_into(struct search *s, int fd, unsigned int depth);

/* `at` has ENTRY, which is the end of s->path. What is mounted there isn't the tree's. */
static int look_at(struct search *s, int at, const char *entry, unsigned int depth)
{
	struct stat st;
	int fd;

	if (++s->n_files > FILES_MAX) {
		s->cut = true;
		return 0;
	}
	if (fstatat(at, entry, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != s->dev)
		return 0;
	if (S_ISREG(st.st_mode))
		return st.st_nlink > 1 ? add_name(s, &st) : 0;
	if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
		return 0;
	fd = openat(at, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? 0 : look_into(s, fd, depth + 1);
}

/* Takes the descriptor of the folder that s->path names. */
static int look_into(struct search *s, int fd, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = fdopendir(fd);
	size_t length = strlen(s->path);
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		(void)close(fd);
	while (dir && r == 0 && !s->cut && (entry = readdir(dir))) {
		int n;

		if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
			continue;
		n = snprintf(s->path + length, sizeof(s->path) - length, "/%s", entry->d_name);
		if (n > 0 && (size_t)n < sizeof(s->path) - length)
			r = look_at(s, fd, entry->d_name, depth);
		s->path[length] = '\0';
	}
	return r;
}

/* A file that is owned by its name is its tenant's by all of its names. */
static int look_at_own(struct search *s, const struct lookup *own)
{
	struct stat st;

	s->tenant = own->tenant;
	if (snprintf(s->path, sizeof(s->path), "%s", own->place.path) >= (int)sizeof(s->path) ||
		lstat(s->path, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	s->dev = st.st_dev;
	return look_at(s, AT_FDCWD, own->place.path, 0);
}

static bool is_same_file(const struct name *a, const struct name *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

static int compare(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return strcmp(x->path, y->path);
}

/*
 * All names of a file stand together, and are as many as it has, and one tenant's. A name is met
 * twice where what a tenant owns or shares lies in what it owns.
 */
static void judge(const struct search *s, struct links *links)
{
	for (size_t i = 0, n; i < s->n; i += n) {
		const struct name *first = &s->v[i];
		nlink_t n_names = 1;
		bool of_one = true;

		for (n = 1; i + n < s->n && is_same_file(first, &first[n]); n++) {
			n_names += !streq(first[n].path, first[n - 1].path);
			of_one &= streq(first->tenant, first[n].tenant);
		}
		if (of_one && n_names >= first->n_links)
			continue;
		if (links->n++ == 0) {
			(void)snprintf(links->path, sizeof(links->path), "%s", first->path);
			links->tenant = first->tenant;
		}
	}
}

int links_find(const struct lookups *owns, struct links *ret_links, struct sbx_error *err)
{
	struct search s = { 0 };
	int r = 0;

	for (size_t i = 0; i < owns->n && r == 0 && !s.cut; i++)
		if (owns->v[i].r == 0)
			r = look_at_own(&s, &owns->v[i]);
	if (r == 0) {
		*ret_links = (struct links){ .cut = s.cut };
		if (s.n)
			qsort(s.v, s.n, sizeof(*s.v), compare);
		if (!s.cut)
			judge(&s, ret_links);
	}
	for (size_t i = 0; i < s.n; i++)
		free(s.v[i].path);
	free(s.v);
	return r < 0 ? error_errno(err, -r, "look for hard links") : 0;
}
