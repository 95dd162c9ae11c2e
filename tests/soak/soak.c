/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does random things to files, as one of a world's tenants, and compares each answer with what the
 * model of that world says. Several work in one world at once, each under names of its own, so that
 * it knows what is there; all of them use the granted names.
 *
 * usage: soak make SEED ROOT ROOT POLICIES	makes the world, and POLICIES/tenant-N.ini
 *        soak work SEED ROOT ROOT TENANT WORKER SECONDS
 *
 * `work` prints one line, how often it tried what, and exits with 1 where an answer was wrong: the
 * first of those are on stderr.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { N_SLOTS = 4, MAX_TOLD = 10 };

/* A link is a file that has other names as well, or had. */
enum kind { NOTHING, A_FILE, A_LINK, A_FOLDER, A_SYMLINK };

struct soak {
	struct world world;
	int tenant, worker;
	enum kind slots[N_FOLDERS][N_SLOTS]; /* the worker's own names */
	unsigned long n_tried, n_denied, n_wrong;
};

/* A path, and what the model has to know of it. */
struct place {
	int folder, name, slot; /* NO_NAME, or negative: of none */
	char path[600];
};

static struct place place_of(const struct soak *s, int folder, int name, int slot)
{
	struct place p = { .folder = folder, .name = name, .slot = slot };
	const char *above = s->world.folders[folder].path;

	if (name != NO_NAME)
		(void)snprintf(p.path, sizeof(p.path), "%s/name-%d", above, name);
	else if (slot >= 0)
		(void)snprintf(p.path, sizeof(p.path), "%s/of-%d-%d", above, s->worker, slot);
	else
		(void)snprintf(p.path, sizeof(p.path), "%s/host", above);
	return p;
}

static struct place random_slot(const struct soak *s)
{
	return place_of(s, (int)(random() % N_FOLDERS), NO_NAME, (int)(random() % N_SLOTS));
}

static enum kind *kind_of(struct soak *s, const struct place *p)
{
	return &s->slots[p->folder][p->slot];
}

static int may(const struct soak *s, const struct place *p, unsigned int wanted)
{
	return world_may(&s->world, s->tenant, p->folder, p->name, wanted);
}

/* Looks at what isn't granted are no harm, but where it is another's. */
static int may_look(const struct soak *s, const struct place *p)
{
	return world_is_others(&s->world, s->tenant, p->folder, p->name) ? EACCES : 0;
}

/*
 * Whether it did what was expected. A granted name may be made or removed by others meanwhile: that
 * is seen before anybody is asked.
 */
static bool agrees(struct soak *s, const char *act, const struct place *p, int expected, int r)
{
	int got = r < 0 ? errno : 0;

	s->n_tried++;
	s->n_denied += expected != 0;
	if (got == expected)
		return got == 0;
	if (p->name != NO_NAME && got == ENOENT)
		return false;
	if (s->n_wrong++ < MAX_TOLD)
		(void)fprintf(stderr,
			"tenant-%d, worker %d: %s '%s': %s, where the model says %s\n", s->tenant,
			s->worker, act, p->path, strerrorname_np(got), strerrorname_np(expected));
	return false;
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0666);

	if (fd < 0)
		return -1;
	(void)close(fd);
	return 0;
}

/* ---- what is done to a file that is there, or should be ---- */

static void do_open(struct soak *s, const struct place *p)
{
	static const struct {
		const char *name;
		int flags;
		unsigned int wanted;
	} ways[] = {
		{ "open for reading", O_RDONLY, READ },
		{ "open for writing", O_WRONLY, WRITE },
		{ "open for both", O_RDWR, READ | WRITE },
		{ "open to append", O_WRONLY | O_APPEND, WRITE },
		{ "open, cut", O_RDONLY | O_TRUNC, READ | WRITE },
	};
	size_t i = (size_t)random() % (sizeof(ways) / sizeof(ways[0]));

	(void)agrees(s, ways[i].name, p, may(s, p, ways[i].wanted), opened(p->path, ways[i].flags));
}

static void do_truncate(struct soak *s, const struct place *p)
{
	(void)agrees(s, "truncate", p, may(s, p, WRITE), truncate(p->path, random() % 100));
}

static void do_chmod(struct soak *s, const struct place *p)
{
	(void)agrees(s, "chmod", p, may(s, p, METADATA), chmod(p->path, 0666));
}

static void do_chown(struct soak *s, const struct place *p)
{
	(void)agrees(s, "chown", p, may(s, p, METADATA), chown(p->path, 0, 0));
}

static void do_utimes(struct soak *s, const struct place *p)
{
	const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

	(void)agrees(
		s, "utimensat", p, may(s, p, METADATA), utimensat(AT_FDCWD, p->path, times, 0));
}

static void do_setxattr(struct soak *s, const struct place *p)
{
	(void)agrees(s, "setxattr", p, may(s, p, METADATA),
		setxattr(p->path, "trusted.soak", "1", 1, 0));
}

static void do_stat(struct soak *s, const struct place *p)
{
	struct stat st;

	(void)agrees(s, "stat", p, may_look(s, p), stat(p->path, &st));
}

static void do_watch(struct soak *s, const struct place *p)
{
	int fd = inotify_init1(IN_CLOEXEC);

	(void)agrees(s, "inotify_add_watch", p, may(s, p, READ),
		inotify_add_watch(fd, p->path, IN_MODIFY));
	(void)close(fd);
}

static void (*const acts[])(struct soak *s, const struct place *p) = { do_open, do_open, do_open,
	do_truncate, do_chmod, do_chown, do_utimes, do_setxattr, do_stat, do_watch };

static void do_something(struct soak *s, const struct place *p)
{
	acts[(size_t)random() % (sizeof(acts) / sizeof(acts[0]))](s, p);
}

/* ---- the worker's own names: made, moved, linked and removed ---- */

static void make(struct soak *s, const struct place *p)
{
	int expected = may(s, p, WRITE);

	switch (random() % 4) {
	case 0:
		if (agrees(s, "mkdir", p, expected, mkdir(p->path, 0777)))
			*kind_of(s, p) = A_FOLDER;
		break;
	case 1:
		if (agrees(s, "symlink", p, expected, symlink("nowhere", p->path)))
			*kind_of(s, p) = A_SYMLINK;
		break;
	case 2:
		if (agrees(s, "mknod", p, expected, mknod(p->path, S_IFREG | 0666, 0)))
			*kind_of(s, p) = A_FILE;
		break;
	default:
		if (agrees(s, "make", p, expected, opened(p->path, O_WRONLY | O_CREAT | O_EXCL)))
			*kind_of(s, p) = A_FILE;
	}
}

static void remove_it(struct soak *s, const struct place *p)
{
	bool is_folder = *kind_of(s, p) == A_FOLDER;

	if (agrees(s, is_folder ? "rmdir" : "unlink", p, may(s, p, WRITE),
		    is_folder ? rmdir(p->path) : unlink(p->path)))
		*kind_of(s, p) = NOTHING;
}

/*
 * No right is new in the new place, and what another shares stays with that one; else EXDEV, as
 * between two file systems.
 */
static int may_get(const struct soak *s, const struct place *from, const struct place *to)
{
	int sharer = world_sharer(&s->world, s->tenant, from->folder, from->name);
	unsigned int old = world_rights(&s->world, s->tenant, from->folder, from->name);
	unsigned int new = world_rights(&s->world, s->tenant, to->folder, to->name);

	if (sharer >= 0 && sharer != world_sharer(&s->world, s->tenant, to->folder, to->name))
		return EXDEV;
	return new & ~old ? EXDEV : 0;
}

static bool are_of_one_filesystem(
	const struct soak *s, const struct place *from, const struct place *to)
{
	return s->world.folders[from->folder].root == s->world.folders[to->folder].root;
}

static struct place random_target(const struct soak *s)
{
	if (random() % 8)
		return random_slot(s);
	return place_of(s, (int)(random() % N_FOLDERS), (int)(random() % N_NAMES), -1);
}

/*
 * A target of the worker's own that is there, or of another kind, makes errors of other sorts. And
 * a link in the place of an owned name is owned by the next load under all of its names, and is
 * closed for a moment when it has lost that one: of this the model knows nothing.
 */
static bool is_free_for(struct soak *s, const struct place *to, enum kind kind)
{
	return to->slot >= 0 ? *kind_of(s, to) == NOTHING : kind == A_FILE;
}

static void move_it(struct soak *s, const struct place *p)
{
	struct place to = random_target(s);
	int expected = may(s, p, WRITE);

	if (!are_of_one_filesystem(s, p, &to) || !is_free_for(s, &to, *kind_of(s, p)))
		return;
	expected = expected ? expected : may(s, &to, WRITE);
	expected = expected ? expected : may_get(s, p, &to);
	if (!agrees(s, "rename", p, expected, rename(p->path, to.path)))
		return;
	if (to.slot >= 0)
		*kind_of(s, &to) = *kind_of(s, p);
	*kind_of(s, p) = NOTHING;
}

static void link_it(struct soak *s, const struct place *p)
{
	struct place to = random_slot(s);
	int expected = may(s, p, READ);

	if (!are_of_one_filesystem(s, p, &to) || *kind_of(s, &to) != NOTHING)
		return;
	expected = expected ? expected : may(s, &to, WRITE);
	expected = expected ? expected : may_get(s, p, &to);
	if (!agrees(s, "link", p, expected, link(p->path, to.path)))
		return;
	*kind_of(s, &to) = A_LINK;
	if (p->slot >= 0)
		*kind_of(s, p) = A_LINK;
}

static void do_slot(struct soak *s)
{
	struct place p = random_slot(s);
	enum kind kind = *kind_of(s, &p);

	if (kind == NOTHING)
		make(s, &p);
	else if (random() % 4 == 0)
		remove_it(s, &p);
	else if (random() % 2)
		move_it(s, &p);
	else if ((kind == A_FILE || kind == A_LINK) && random() % 3 == 0)
		link_it(s, &p);
	else if (kind == A_FILE || kind == A_LINK)
		do_something(s, &p);
}

/* ---- what all of them use ---- */

/* What the host has put into each folder is removed by nobody who may. */
static void do_host(struct soak *s)
{
	struct place p = place_of(s, (int)(random() % N_FOLDERS), NO_NAME, -1);

	if (random() % 4 == 0)
		link_it(s, &p);
	else if (random() % 4 == 0 && may(s, &p, WRITE))
		(void)agrees(s, "unlink", &p, EACCES, unlink(p.path));
	else
		do_something(s, &p);
}

static void do_name(struct soak *s)
{
	struct place p = place_of(s, (int)(random() % N_FOLDERS), (int)(random() % N_NAMES), -1);

	if (random() % 8 == 0)
		(void)agrees(s, "unlink", &p, may(s, &p, WRITE), unlink(p.path));
	else if (random() % 3 == 0)
		(void)agrees(s, "open or make", &p, may(s, &p, WRITE),
			opened(p.path, O_WRONLY | O_CREAT));
	else
		do_something(s, &p);
}

static void do_listing(struct soak *s)
{
	int folder = (int)(random() % N_FOLDERS);
	struct place p = { .folder = folder, .name = NO_NAME, .slot = -1 };

	(void)snprintf(p.path, sizeof(p.path), "%s", s->world.folders[folder].path);
	(void)agrees(
		s, "open the folder", &p, may(s, &p, READ), opened(p.path, O_RDONLY | O_DIRECTORY));
}

static void one(struct soak *s)
{
	switch (random() % 8) {
	case 0:
		do_host(s);
		break;
	case 1:
	case 2:
		do_name(s);
		break;
	case 3:
		do_listing(s);
		break;
	default:
		do_slot(s);
	}
}

static time_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int work(struct soak *s, unsigned int seconds)
{
	time_t end = now() + seconds;

	srandom((unsigned int)(s->worker + 1));
	while (now() < end)
		for (int i = 0; i < 64; i++)
			one(s);
	(void)printf("worker %d of tenant-%d: %lu tried, %lu denied, %lu wrong\n", s->worker,
		s->tenant, s->n_tried, s->n_denied, s->n_wrong);
	return s->n_wrong || !s->n_denied || s->n_denied == s->n_tried ? 1 : 0;
}

/* ---- the making of it ---- */

static int make_file(const struct soak *s, int folder, int name)
{
	struct place p = place_of(s, folder, name, -1);

	return opened(p.path, O_WRONLY | O_CREAT);
}

static int make_policy(const struct world *world, int tenant, const char *folder)
{
	char path[600];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tenant-%d.ini", folder, tenant);
	f = fopen(path, "we");
	if (!f)
		return -1;
	(void)fputs("version = 1\n[filesystem]\n", f);
	world_print_policy(world, tenant, f);
	return fclose(f);
}

static int make_world(const struct soak *s, const char *policies)
{
	for (int i = 0; i < N_FOLDERS; i++) {
		if (mkdir(s->world.folders[i].path, 0777) < 0 && errno != EEXIST)
			return -1;
		if (make_file(s, i, NO_NAME) < 0)
			return -1;
		for (int n = 0; n < N_NAMES; n++)
			if (make_file(s, i, n) < 0)
				return -1;
	}
	for (int t = 0; t < N_TENANTS; t++)
		if (make_policy(&s->world, t, policies) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct soak s = { 0 };
	bool is_work = argc == 8 && strcmp(argv[1], "work") == 0;

	if (!is_work && !(argc == 6 && strcmp(argv[1], "make") == 0)) {
		(void)fputs("usage: soak make SEED ROOT ROOT POLICIES\n"
			    "       soak work SEED ROOT ROOT TENANT WORKER SECONDS\n",
			stderr);
		return 2;
	}
	(void)umask(0);
	world_make(&s.world, (unsigned int)atoi(argv[2]), &argv[3]);
	if (is_work) {
		s.tenant = atoi(argv[5]);
		s.worker = atoi(argv[6]);
		return work(&s, (unsigned int)atoi(argv[7]));
	}
	if (make_world(&s, argv[5]) < 0) {
		perror("soak");
		return 1;
	}
	return 0;
}
