/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/resolve.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

/* As the kernel's own limit, path_resolution(7). */
#define MAX_LINKS 40

/* Where a walk stands: the real path so far ("" is the root), and what is still to go. */
struct walk {
	int root; /* a folder, or AT_FDCWD: the host's root */
	char path[PATH_MAX];
	char rest[PATH_MAX];
	unsigned int n_links;
};

/* For the *at() calls. */
static const char *name_in(int root, const char *path)
{
	if (root == AT_FDCWD)
		return *path ? path : "/";
	return *path ? path + 1 : ".";
}

static int look_at(const struct walk *w, const char *path, struct stat *ret_stat)
{
	return fstatat(w->root, name_in(w->root, path), ret_stat, AT_SYMLINK_NOFOLLOW);
}

static int open_real(int root, const char *path, int *ret_fd)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
			   (root == AT_FDCWD ? 0 : RESOLVE_BENEATH),
	};
	int fd = (int)syscall(SYS_openat2, root, name_in(root, path), &how, sizeof(how));

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Whether nobody but root can have put a link there: it and its FOLDER are root's alone. */
static bool is_roots_link(const struct stat *folder, const struct stat *link)
{
	return link->st_uid == 0 && folder->st_uid == 0 &&
	       (folder->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int append(char *path, const char *component)
{
	size_t n = strlen(path);

	if (n + strlen(component) + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	(void)snprintf(path + n, PATH_MAX - n, "/%s", component);
	return 0;
}

static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* The links of /proc lead elsewhere for each process, and some don't lead by their text at all. */
static bool is_in_proc(const struct walk *w)
{
	_cleanup_close_ int folder = -1;
	struct statfs fs;

	return open_real(w->root, w->path, &folder) < 0 || fstatfs(folder, &fs) < 0 ||
	       fs.f_type == PROC_SUPER_MAGIC;
}

/* Puts the link's target before what is left, and notes both. `at` is the link's real path. */
static int follow(struct walk *w, const char *at, struct resolved *resolved, struct sbx_error *err)
{
	char target[PATH_MAX], joined[PATH_MAX];
	struct stat folder, link;
	ssize_t n;
	int r;

	if (++w->n_links > MAX_LINKS)
		return error_errno(err, ELOOP, "resolve '%s'", at);
	if (look_at(w, w->path, &folder) < 0 || look_at(w, at, &link) < 0 ||
		!is_roots_link(&folder, &link)) {
		r = error_set(err, EPERM, "'%s' is a symlink that others than root can change", at);
		return error_cure(err, r, "name the file that it points to");
	}
	if (is_in_proc(w))
		return error_set(err, EPERM, "'%s' is a symlink of /proc", at);
	n = readlinkat(w->root, name_in(w->root, at), target, sizeof(target) - 1);
	if (n < 0)
		return error_errno(err, errno, "read the symlink '%s'", at);
	target[n] = '\0';
	if (strv_add(&resolved->links, at) < 0 || strv_add(&resolved->targets, target) < 0)
		return error_errno(err, ENOMEM, "resolve '%s'", at);
	r = snprintf(joined, sizeof(joined), "%s%s%s", target, *w->rest ? "/" : "", w->rest);
	if (r < 0 || (size_t)r >= sizeof(joined))
		return error_errno(err, ENAMETOOLONG, "resolve '%s'", at);
	memcpy(w->rest, joined, (size_t)r + 1);
	if (target[0] == '/')
		w->path[0] = '\0';
	return 0;
}

static int step(struct walk *w, const char *name, struct resolved *resolved, struct sbx_error *err)
{
	char at[PATH_MAX];
	struct stat st;

	if (streq(name, ".") || streq(name, "..") || !*name) {
		if (look_at(w, w->path, &st) < 0 || !S_ISDIR(st.st_mode))
			return error_errno(err, ENOTDIR, "'%s'", w->path);
		if (streq(name, ".."))
			drop_last(w->path);
		return 0;
	}
	memcpy(at, w->path, strlen(w->path) + 1);
	if (append(at, name) < 0)
		return error_errno(err, ENAMETOOLONG, "resolve '%s'", at);
	if (look_at(w, at, &st) < 0)
		return error_errno(err, errno, "'%s'", at);
	if (S_ISLNK(st.st_mode))
		return follow(w, at, resolved, err);
	memcpy(w->path, at, strlen(at) + 1);
	return 0;
}

static int walk(const char *path, struct walk *w, struct resolved *resolved, struct sbx_error *err)
{
	int r = 0;

	if (strlen(path) >= sizeof(w->rest))
		return error_errno(err, ENAMETOOLONG, "resolve '%s'", path);
	memcpy(w->rest, path, strlen(path) + 1);
	while (r == 0 && *w->rest) {
		char name[PATH_MAX];
		size_t n = strcspn(w->rest, "/"), skip = w->rest[n] ? n + 1 : n;

		memcpy(name, w->rest, n);
		name[n] = '\0';
		memmove(w->rest, w->rest + skip, strlen(w->rest + skip) + 1);
		/* path_resolution(7): a slash at the end wants a folder, as "/." would. */
		if (skip > n && !*w->rest)
			memcpy(w->rest, ".", sizeof("."));
		r = step(w, name, resolved, err);
	}
	return r;
}

/* Whether each of its components is a name: no "." or "..", and no "//". */
static bool is_plain(const char *path)
{
	size_t n;

	for (const char *at = path; *at; at += n) {
		at++;
		n = strcspn(at, "/");
		if (n == 0 || (n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
			return path[1] == '\0';
	}
	return true;
}

/* A function of its own, for what it has on the stack is two pages that nearly no path needs. */
__attribute__((noinline)) static int resolve_links(int root, const char *path,
	struct resolved *resolved, char **ret_path, struct sbx_error *err)
{
	struct walk w;
	int r;

	w.root = root;
	w.path[0] = '\0';
	w.n_links = 0;
	r = walk(path, &w, resolved, err);
	if (r < 0)
		return r;
	/* What was walked by name is opened without links: a swap meanwhile ends here. */
	path = *w.path ? w.path : "/";
	r = open_real(root, w.path, &resolved->fd);
	if (r < 0)
		return error_errno(err, -r, "open '%s'", path);
	*ret_path = strdup(path);
	return 0;
}

static int resolve(int root, const char *path, struct resolved *ret_resolved, struct sbx_error *err)
{
	_cleanup_resolved_ struct resolved resolved = RESOLVED_INIT;
	int r;

	if (path[0] != '/')
		return error_set(err, EINVAL, "'%s' is not an absolute path", path);
	/* Nearly all paths are plain and have no symlink: one call then. */
	r = is_plain(path) ? open_real(root, streq(path, "/") ? "" : path, &resolved.fd) : -ELOOP;
	if (r == 0)
		resolved.path = strdup(path);
	else if (r == -ELOOP)
		r = resolve_links(root, path, &resolved, &resolved.path, err);
	else
		r = error_errno(err, -r, "open '%s'", path);
	if (r < 0)
		return r;
	if (!resolved.path)
		return error_errno(err, ENOMEM, "open '%s'", path);
	*ret_resolved = resolved;
	resolved = RESOLVED_INIT;
	return 0;
}

int resolve_path(const char *path, struct resolved *ret_resolved, struct sbx_error *err)
{
	return resolve(AT_FDCWD, path, ret_resolved, err);
}

int resolve_in_tree(const struct resolved *tree, const char *path, struct resolved *ret_resolved,
	struct sbx_error *err)
{
	_cleanup_resolved_ struct resolved resolved = RESOLVED_INIT;
	char *outside;
	int r = resolve(tree->fd, path, &resolved, err);

	if (r < 0 || !resolved.path)
		return error_prefix(err, r, "in '%s'", tree->path);
	if (asprintf(&outside, "%s%s", tree->path, streq(resolved.path, "/") ? "" : resolved.path) <
		0)
		return error_errno(err, ENOMEM, "open '%s'", path);
	free(resolved.path);
	resolved.path = outside;
	*ret_resolved = resolved;
	resolved = RESOLVED_INIT;
	return 0;
}

/* A path that lies in DIR, as it is from there. */
static const char *path_from(const char *path, const char *dir)
{
	const char *rest = path_lies_in(path, dir) ? path + strlen(dir) : NULL;

	return rest && !*rest ? "/" : rest;
}

/* Somebody's link on the host led into the tree, and one in there on. */
static int check_links(
	const struct resolved *tree, const struct resolved *resolved, struct sbx_error *err)
{
	for (size_t i = 0; i < resolved->links.n; i++)
		if (path_lies_in(resolved->links.v[i], tree->path)) {
			int r = error_set(err, EPERM,
				"'%s' is a symlink of the tree that is the root",
				resolved->links.v[i]);

			return error_cure(err, r, "name the file that it points to");
		}
	return 0;
}

int resolve_beside_tree(const struct resolved *tree, const char *written, const char *path,
	struct resolved *ret_resolved, struct sbx_error *err)
{
	_cleanup_resolved_ struct resolved resolved = RESOLVED_INIT;
	const char *rest = tree && written ? path_from(path, written) : NULL;
	int r;

	if (tree && !rest)
		rest = path_from(path, tree->path);
	if (rest)
		return resolve_in_tree(tree, rest, ret_resolved, err);
	r = resolve_path(path, &resolved, err);
	if (r == 0 && tree)
		r = check_links(tree, &resolved, err);
	if (r < 0)
		return r;
	*ret_resolved = resolved;
	resolved = RESOLVED_INIT;
	return 0;
}

static bool is_free(int folder, const char *name)
{
	struct stat st, above;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && *name;
	/* As follow() would refuse it. */
	return S_ISLNK(st.st_mode) && (fstat(folder, &above) < 0 || !is_roots_link(&above, &st));
}

int resolve_free_name(const struct resolved *tree, const char *written, const char *path,
	struct resolved *ret_resolved, struct sbx_error *err)
{
	_cleanup_resolved_ struct resolved folder = RESOLVED_INIT;
	const char *name = strrchr(path, '/') + 1;
	_cleanup_free_ char *above = strndup(path, (size_t)(name - path - 1));
	char *real = NULL;
	int r;

	if (!above)
		return error_errno(err, ENOMEM, "resolve '%s'", path);
	r = resolve_beside_tree(tree, written, *above ? above : "/", &folder, err);
	if (r < 0)
		return r;
	if (!folder.path || !is_free(folder.fd, name))
		return error_errno(err, ENOENT, "open '%s'", path);
	if (asprintf(&real, "%s/%s", streq(folder.path, "/") ? "" : folder.path, name) < 0)
		return error_errno(err, ENOMEM, "resolve '%s'", path);
	*ret_resolved = (struct resolved){
		.fd = -1,
		.folder = take_fd(&folder.fd),
		.path = real,
		.links = folder.links,
		.targets = folder.targets,
	};
	folder.links = folder.targets = (struct strv){ 0 };
	return 0;
}

/* Who makes and removes it as fast as that is at it day and night gets in between now and then. */
#define TRIES 16

int resolve_or_free_name(const struct resolved *tree, const char *written, const char *path,
	bool own, struct resolved *ret_resolved, struct sbx_error *err)
{
	int r = -ENOENT;

	for (int i = 0; i < TRIES; i++) {
		bool told;
		int as_name;

		r = resolve_beside_tree(tree, written, path, ret_resolved, err);
		/* Or a link that came in between. */
		if (r == -ELOOP)
			continue;
		if (r != -ENOENT && !(r == -EPERM && own))
			return r;
		told = r == -ENOENT && own;
		as_name = resolve_free_name(tree, written, path, ret_resolved, told ? err : NULL);
		if (as_name == 0 || (told && as_name != -ENOENT))
			return as_name;
	}
	return r;
}

void resolved_clear(struct resolved *resolved)
{
	close_fdp(&resolved->fd);
	close_fdp(&resolved->folder);
	free(resolved->path);
	strv_clear(&resolved->links);
	strv_clear(&resolved->targets);
	*resolved = RESOLVED_INIT;
}
