/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/mounts.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The root holds folders, links and mount points, and never anybody's data. */
#define ROOT_SIZE "1m"

/* With all that is mounted below. */
static int clone_tree(int fd, unsigned int attributes, int *ret_tree)
{
	struct mount_attr attr = { .attr_set = attributes, .propagation = MS_PRIVATE };
	_cleanup_close_ int tree = open_tree(
		fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);

	if (tree < 0 ||
		mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return -errno;
	*ret_tree = take_fd(&tree);
	return 0;
}

int mounts_clone_tree(int fd, bool writable, bool executable, int *ret_tree, struct sbx_error *err)
{
	int r = clone_tree(fd,
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (writable ? 0 : MOUNT_ATTR_RDONLY) |
			(executable ? 0 : MOUNT_ATTR_NOEXEC),
		ret_tree);

	return r < 0 ? error_errno(err, -r, "clone the mounts of a granted path") : 0;
}

/* -EINVAL: a file system in there can't. -EPERM: a mount in there is mapped already. */
int mounts_map_ids(int tree, int userns, struct sbx_error *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns };

	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) == 0 ||
		errno == EINVAL || errno == EPERM)
		return 0;
	return error_errno(err, errno, "map the ids of a granted path");
}

int root_isolate(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

/* Decimal, since snprintf(3) is not for between clone and exec. */
static const char *format_u64(uint64_t value, char buf[static 24])
{
	char *at = buf + 23;

	*at = '\0';
	do
		*--at = (char)('0' + value % 10);
	while (value /= 10);
	return at;
}

int mounts_open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/*
 * The folder above `path`, each on the way made where it is missing. The way may lead through a
 * tree that a tenant changes meanwhile, while "/" is still the host's: so each is reached by a
 * descriptor, and never by a name that could have become a link.
 */
static int open_parent(int root, const char *path)
{
	int parent = mounts_open_below(root, ".", O_PATH | O_DIRECTORY);
	char prefix[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash && parent >= 0;
		slash = strchr(slash + 1, '/')) {
		size_t n = (size_t)(slash - path) - 1;
		const char *name;
		int next;

		if (n >= sizeof(prefix)) {
			close_fdp(&parent);
			return -ENAMETOOLONG;
		}
		memcpy(prefix, path + 1, n);
		prefix[n] = '\0';
		name = strrchr(prefix, '/');
		/* What can't be made and isn't there fails the open. */
		(void)mkdirat(parent, name ? name + 1 : prefix, 0755);
		next = mounts_open_below(root, prefix, O_PATH | O_DIRECTORY);
		close_fdp(&parent);
		parent = next;
	}
	return parent;
}

static const char *last_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static int make_target(int root, const struct root_bind *bind)
{
	_cleanup_close_ int fd = -1, parent = -1;
	int r = mounts_open_below(root, bind->path, O_PATH);

	if (r != -ENOENT)
		return r;
	parent = open_parent(root, bind->path);
	if (parent < 0)
		return parent;
	if (bind->is_dir) {
		if (mkdirat(parent, last_name(bind->path), 0755) < 0)
			return -errno;
	} else {
		fd = openat(parent, last_name(bind->path), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
			0644);
		if (fd < 0)
			return -errno;
	}
	return mounts_open_below(root, bind->path, O_PATH);
}

static int add_bind(int root, const struct root_bind *bind)
{
	_cleanup_close_ int target = -1;

	if (bind->tree < 0)
		return mounts_renew(root, bind);
	target = make_target(root, bind);
	if (target < 0)
		return target;
	if (move_mount(bind->tree, "", target, "",
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

static int add_link(int root, const struct root_link *link)
{
	_cleanup_close_ int parent = open_parent(root, link->path);

	if (parent < 0)
		return parent;
	/* Two grants may lead through one link, and a grant may show the folder it lies in. */
	if (symlinkat(link->target, parent, last_name(link->path)) < 0 && errno != EEXIST &&
		errno != EROFS)
		return -errno;
	return 0;
}

static int make_tmp(int root, const char *size)
{
	_cleanup_close_ int tmp = -1;
	int r = mounts_make_tmpfs("1777", size, MOUNTS_QUIET, &tmp);

	return r < 0 ? r : mounts_attach_new(tmp, root, "tmp");
}

static int fill(const struct root_spec *spec, int root, int *ret_object)
{
	int r = 0;

	for (size_t i = 0; i < spec->n_binds; i++) {
		*ret_object = (int)i;
		r = add_bind(root, &spec->binds[i]);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < spec->n_links; i++) {
		*ret_object = (int)(spec->n_binds + i);
		r = add_link(root, &spec->links[i]);
		if (r < 0)
			return r;
	}
	*ret_object = -1;
	return 0;
}

/*
 * Here, and not in the parent: the copy that this mount namespace began with has no mount
 * namespaces in it, which can't be mounted in later ones.
 */
static int clone_host(int *ret_root)
{
	_cleanup_close_ int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return host < 0 ? -errno : clone_tree(host, MOUNTS_QUIET | MOUNT_ATTR_RDONLY, ret_root);
}

static bool is_private(const struct root_spec *spec)
{
	return spec->tree < 0 && !spec->is_host;
}

static int make_base(const struct root_spec *spec, int *ret_root)
{
	if (spec->is_host)
		return clone_host(ret_root);
	if (spec->tree < 0)
		return mounts_make_tmpfs(
			"0755", ROOT_SIZE, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, ret_root);
	*ret_root = fcntl(spec->tree, F_DUPFD_CLOEXEC, 0);
	return *ret_root < 0 ? -errno : 0;
}

/* An empty folder, to be filled still. */
static int hide(int root, const char *path, int *ret_cover)
{
	_cleanup_close_ int cover = -1;
	int r = mounts_make_tmpfs("0555", "64k", MOUNTS_QUIET, &cover);

	if (r == 0)
		r = mounts_attach(cover, root, path);
	if (r == 0)
		*ret_cover = take_fd(&cover);
	return r;
}

/*
 * What a tree of the host's may show that is none of the sandbox's: its /proc where it has none of
 * its own, and sandboxctl's state.
 */
static int hide_all(const struct root_spec *spec, int root, int *ret_proc)
{
	_cleanup_close_ int state = -1;
	int r = spec->has_proc ? 0 : hide(root, "proc", ret_proc);

	if (r == 0 && spec->is_host)
		r = hide(root, &ROOT_STAGE[1], &state);
	return r < 0 || state < 0 ? r : mounts_add_attr(state, MOUNT_ATTR_RDONLY);
}

/* Last, when every mount point and node is there. */
static int close_all(const struct root_spec *spec, int root, int dev, int proc)
{
	int r = mounts_add_attr(dev, MOUNT_ATTR_RDONLY);

	if (r == 0 && proc >= 0)
		r = mounts_add_attr(proc, MOUNT_ATTR_RDONLY);
	if (r == 0 && is_private(spec))
		r = mounts_add_attr(root, MOUNTS_QUIET | MOUNT_ATTR_RDONLY);
	return r;
}

int root_make(const struct root_spec *spec, int *ret_root, int *ret_object)
{
	_cleanup_close_ int root = -1, dev = -1, proc = -1;
	char buf[24];
	const char *size = format_u64(spec->tmp_size, buf);
	int r = make_base(spec, &root);

	*ret_object = -1;
	if (r == 0)
		r = mounts_attach(root, AT_FDCWD, ROOT_STAGE);
	if (r == 0)
		r = make_tmp(root, size);
	if (r == 0)
		r = mounts_make_dev(root, spec, size, &dev);
	if (r == 0 && !is_private(spec))
		r = hide_all(spec, root, &proc);
	else if (r == 0 && spec->has_proc && mkdirat(root, "proc", 0555) < 0)
		r = -errno;
	if (r == 0)
		r = fill(spec, root, ret_object);
	if (r == 0)
		r = close_all(spec, root, dev, proc);
	if (r == 0)
		*ret_root = take_fd(&root);
	return r;
}

int root_enter(int root)
{
	/* pivot_root(2): the old root ends up on top of the new one, at ".", and goes. */
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
		umount2(".", MNT_DETACH) < 0)
		return -errno;
	/* Down from the new root, never from where the caller's shell stood. */
	return chdir("/") < 0 ? -errno : 0;
}
