/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/above.h"

#include "base/fs.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* As deep as a path can be that names anything. */
#define MAX_ABOVE (PATH_MAX / 2)

struct ancestors {
	struct lsm_file *file; /* nearest first; descriptors owned */
	size_t n;
};

static void ancestors_clear(struct ancestors *a)
{
	for (size_t i = 0; i < a->n; i++)
		(void)close(a->file[i].fd);
	free(a->file);
}

/* A file has no "..": the folder of its name. */
static int open_folder_of(int fd, int *ret_fd, struct sbx_error *err)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	char path[PATH_MAX], *slash;
	int folder, r = fs_path_of(fd, path, sizeof(path), err);

	if (r < 0)
		return r;
	slash = strrchr(path, '/');
	if (!slash)
		return error_set(err, ENOENT, "'%s' has no folder", path);
	slash[1] = '\0';
	folder = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (folder < 0)
		return error_errno(err, errno, "open '%s'", path);
	*ret_fd = folder;
	return 0;
}

int above_open(int fd, int *ret_fd, struct sbx_error *err)
{
	struct statx here, there;
	int parent;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO | STATX_MNT_ID, &here) < 0)
		return error_errno(err, errno, "stat a granted file");
	if (!S_ISDIR(here.stx_mode)) {
		int r = open_folder_of(fd, ret_fd, err);

		return r < 0 ? r : 1;
	}
	/* From the root of a mount this leads out of it: above the folder that it hides. */
	parent = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return error_errno(err, errno, "open the folder above a granted one");
	if (statx(parent, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &there) < 0) {
		(void)close(parent);
		return error_errno(err, errno, "stat the folder above a granted one");
	}
	if (here.stx_ino == there.stx_ino && here.stx_mnt_id == there.stx_mnt_id) {
		(void)close(parent);
		return 0;
	}
	*ret_fd = parent;
	return 1;
}

static int add(struct ancestors *a, int fd)
{
	struct lsm_file *grown = realloc(a->file, (a->n + 1) * sizeof(*grown));

	if (!grown) {
		(void)close(fd);
		return -ENOMEM;
	}
	a->file = grown;
	grown[a->n++] = (struct lsm_file){ .fd = fd };
	return 0;
}

static int collect(struct ancestors *a, int fd, struct sbx_error *err)
{
	int r;

	while ((r = above_open(fd, &fd, err)) > 0) {
		if (add(a, fd) < 0)
			return error_errno(err, ENOMEM, "look at the folders above");
		if (a->n > MAX_ABOVE)
			return error_errno(err, ELOOP, "look at the folders above");
	}
	return r;
}

int above_mount(int fd, uint64_t *ret_id, struct sbx_error *err)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0)
		return error_errno(err, errno, "stat a granted file");
	*ret_id = stx.stx_mnt_id;
	return 0;
}

int above_owner(const struct lsm *lsm, int fd, struct lsm_owner *ret_owner, struct sbx_error *err)
{
	_cleanup_(ancestors_clear) struct ancestors a = { 0 };
	uint64_t here = 0, there = 0;
	struct lsm_owner owner = { 0 };
	int r = collect(&a, fd, err);

	if (r == 0)
		r = above_mount(fd, &here, err);
	if (r == 0 && a.n > 0)
		r = labels_read(lsm, a.file, a.n, err);
	for (size_t i = 0; i < a.n && r == 0 && !owner.tenant; i++) {
		r = above_mount(a.file[i].fd, &there, err);
		if (r == 0 && there != here)
			r = label_owner(lsm, &a.file[i], &owner, err);
	}
	/* What stands above it isn't met by who walks up in here. */
	owner.flags &= ~(uint32_t)SBX_LABEL_PART;
	if (r == 0)
		*ret_owner = owner;
	return r;
}
