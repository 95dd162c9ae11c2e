/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/files.h"

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

static int collect(struct lsm_files *files, const int *trees, size_t n_trees, struct sbx_error *err)
{
	for (size_t i = 0; i < n_trees; i++) {
		size_t first = files->below.n;
		int r = submounts_add(&files->below, trees[i], err);

		if (r < 0)
			return r;
		if (add(files, trees[i], i) < 0)
			return error_errno(err, ENOMEM, "collect the granted files");
		for (size_t j = first; j < files->below.n; j++)
			if (add(files, files->below.fds[j], i) < 0)
				return error_errno(err, ENOMEM, "collect the granted files");
	}
	return 0;
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
