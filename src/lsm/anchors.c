/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/anchors.h"

#include "base/bpf.h"
#include "base/fs.h"
#include "lsm/above.h"
#include "lsm/keys.h"
#include "lsm/names.h"

#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* Descriptors that are open at once. */
#define BATCH 256

/* What tells folders apart on the way up. */
struct place {
	uint64_t mount, ino;
};

struct anchors {
	const struct lsm *lsm;
	int map;
	uint32_t n_loads;
	struct lsm_file file[BATCH]; /* descriptors owned */
	size_t n;
	void *seen; /* struct place of all so far: tenants share most of their way */
};

static void anchors_close(struct anchors *a)
{
	for (size_t i = 0; i < a->n; i++)
		(void)close(a->file[i].fd);
	a->n = 0;
}

static void anchors_clear(struct anchors *a)
{
	anchors_close(a);
	close_fdp(&a->map);
	tdestroy(a->seen, free);
}

static int compare_places(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct place));
}

/* 1 where it was seen before. */
static int see(struct anchors *a, int fd, struct sbx_error *err)
{
	_cleanup_free_ struct place *place = calloc(1, sizeof(*place));
	struct place **found;
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &stx) < 0)
		return error_errno(err, errno, "stat a folder on the way to what is owned");
	if (place)
		*place = (struct place){ stx.stx_mnt_id, stx.stx_ino };
	found = place ? (struct place **)tsearch(place, &a->seen, compare_places) : NULL;
	if (!found)
		return error_errno(err, ENOMEM, "look at the folders above what is owned");
	if (*found != place)
		return 1;
	place = NULL;
	return 0;
}

static int flush(struct anchors *a, struct sbx_error *err)
{
	int r = a->n ? labels_read(a->lsm, a->file, a->n, err) : 0;

	for (size_t i = 0; i < a->n && r == 0; i++) {
		const struct sbx_file_info *info = &a->file[i].info;
		const struct sbx_anchor anchor = {
			.ino = info->ino,
			.dev = info->dev,
			.generation = info->generation,
			.n_loads = a->n_loads,
		};

		if (bpf_map_update_elem(a->map, &info->inode, &anchor, BPF_ANY) < 0)
			r = error_errno(err, errno, "write the map 'anchors'");
	}
	anchors_close(a);
	return r;
}

/* `fd` becomes the batch's. */
static int keep(struct anchors *a, int fd, struct sbx_error *err)
{
	_cleanup_close_ int folder = fd;
	int r = a->n == BATCH ? flush(a, err) : 0;

	if (r == 0)
		a->file[a->n++] = (struct lsm_file){ .fd = take_fd(&folder) };
	return r;
}

/*
 * Of the root of a mount the folder that it hides. A sandbox in whose namespace nothing is mounted
 * there could move it, and the mount with it, or remove it, which unmounts everywhere.
 */
static int keep_hidden(struct anchors *a, int root, int above, struct sbx_error *err)
{
	_cleanup_close_ int tree = -1;
	char path[PATH_MAX];
	uint64_t its = 0, others = 0;
	const char *name;
	int fd, r = above_mount(root, &its, err);

	if (r == 0)
		r = above_mount(above, &others, err);
	if (r < 0 || its == others)
		return r;
	r = fs_path_of(root, path, sizeof(path), err);
	if (r < 0)
		return r;
	name = strrchr(path, '/');
	/* The mount above by itself, without what is mounted on it. */
	tree = open_tree(above, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	fd = tree < 0 || !name
		     ? -1
		     : openat(tree, name + 1, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "open the folder below the mount at '%s'", path);
	return keep(a, fd, err);
}

/* The folder `fd`, which becomes the batch's, and all above it. */
static int climb(struct anchors *a, int fd, struct sbx_error *err)
{
	_cleanup_close_ int here = fd;
	int r;

	while ((r = see(a, here, err)) == 0) {
		_cleanup_close_ int above = -1;
		int more = above_open(here, &above, err);

		r = more > 0 ? keep_hidden(a, here, above, err) : more;
		if (r == 0)
			r = keep(a, take_fd(&here), err);
		if (r < 0 || !more)
			return r;
		here = take_fd(&above);
	}
	return r < 0 ? r : 0;
}

/* Of what is owned the folder itself, or the one that it is in. */
static int open_first(const struct lsm_own *own, int *ret_fd, struct sbx_error *err)
{
	struct lsm_name name;
	struct stat st = { 0 };
	int r;

	if (own->fd >= 0 && fstat(own->fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", own->path);
	if (S_ISDIR(st.st_mode)) {
		*ret_fd = fcntl(own->fd, F_DUPFD_CLOEXEC, 0);
		return *ret_fd < 0 ? error_errno(err, errno, "look at '%s'", own->path) : 0;
	}
	r = name_open(own->fd, own->folder, own->path, &name, err);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&name.folder.fd);
	/* A file that is mounted there. */
	return *ret_fd >= 0 ? 0 : above_open(own->fd, ret_fd, err);
}

/* Those of earlier loads. */
static void sweep_one(int map, const union any_key *key, void *arg)
{
	const struct anchors *a = arg;
	struct sbx_anchor anchor;

	if (bpf_map_lookup_elem(map, &key->inode, &anchor) == 0 && anchor.n_loads != a->n_loads)
		(void)bpf_map_delete_elem(map, &key->inode);
}

int anchors_load(const struct lsm *lsm, const struct lsm_own *owns, size_t n_owns, uint32_t n_loads,
	struct sbx_error *err)
{
	_cleanup_(anchors_clear) struct anchors a = { .lsm = lsm, .map = -1, .n_loads = n_loads };
	int r = lsm_open_pin(lsm, "anchors", &a.map, err);

	for (size_t i = 0; i < n_owns && r == 0; i++) {
		int fd = -1;

		r = open_first(&owns[i], &fd, err);
		if (r >= 0 && fd >= 0)
			r = climb(&a, fd, err);
	}
	if (r == 0)
		r = flush(&a, err);
	/* One that stays too long keeps a folder where it is, and nothing else. */
	if (r == 0)
		(void)each_key(a.map, sweep_one, &a);
	return r;
}
