/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/files.h"

#include "base/fs.h"
#include "base/str.h"

#include <limits.h>

static int add(struct lsm_files *files, int fd, size_t origin)
{
	struct lsm_file *file = realloc(files->file, (files->n + 1) * sizeof(*file));
	size_t *origins;

	if (!file)
		return -ENOMEM;
	files->file = file;
	origins = realloc(files->origin, (files->n + 1) * sizeof(*origins));
	if (!origins)
		return -ENOMEM;
	files->origin = origins;
	file[files->n] = (struct lsm_file){ .fd = fd };
	origins[files->n++] = origin;
	return 0;
}

/* How long the path of the tree is that a path lies in; 0: it doesn't. */
static size_t depth_in(const char *path, const char *tree)
{
	return path_lies_in(path, tree) ? strlen(tree) : 0;
}

/* What is mounted below two trees is of the inner one, as a folder there would be. */
static bool is_nearest(const struct strv *paths, size_t tree, const char *path)
{
	for (size_t i = 0; i < paths->n; i++)
		if (depth_in(path, paths->v[i]) > depth_in(path, paths->v[tree]))
			return false;
	return true;
}

static int add_below(struct lsm_files *files, const struct strv *paths, size_t tree, size_t first,
	struct sbx_error *err)
{
	char path[PATH_MAX];

	for (size_t i = first; i < files->below.n; i++) {
		int r = fs_path_of(files->below.fds[i], path, sizeof(path), err);

		if (r < 0)
			return r;
		if (is_nearest(paths, tree, path) && add(files, files->below.fds[i], tree) < 0)
			return error_errno(err, ENOMEM, "collect the granted files");
	}
	return 0;
}

static int read_paths(
	const int *trees, size_t n_trees, struct strv *ret_paths, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r = 0;

	for (size_t i = 0; i < n_trees && r == 0; i++) {
		r = fs_path_of(trees[i], path, sizeof(path), err);
		if (r == 0 && strv_add(ret_paths, path) < 0)
			r = error_errno(err, ENOMEM, "collect the granted files");
	}
	return r;
}

static int collect(struct lsm_files *files, const int *trees, size_t n_trees, struct sbx_error *err)
{
	_cleanup_strv_ struct strv paths = { 0 };
	int r = read_paths(trees, n_trees, &paths, err);

	for (size_t i = 0; i < n_trees && r == 0; i++) {
		size_t first = files->below.n;

		if (add(files, trees[i], i) < 0)
			return error_errno(err, ENOMEM, "collect the granted files");
		r = submounts_add(&files->below, trees[i], err);
		if (r == 0)
			r = add_below(files, &paths, i, first, err);
	}
	return r;
}

int lsm_files_collect(const struct lsm *lsm, const int *trees, size_t n_trees,
	struct lsm_files *ret_files, struct sbx_error *err)
{
	_cleanup_lsm_files_ struct lsm_files files = { 0 };
	int r = collect(&files, trees, n_trees, err);

	if (r == 0 && files.n > 0)
		r = labels_read(lsm, files.file, files.n, err);
	if (r < 0)
		return r;
	*ret_files = files;
	files = (struct lsm_files){ 0 };
	return 0;
}

void lsm_files_clear(struct lsm_files *files)
{
	free(files->file);
	free(files->origin);
	submounts_clear(&files->below);
	*files = (struct lsm_files){ 0 };
}
