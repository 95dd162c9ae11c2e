/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/netns.h"

#include "base/cleanup.h"
#include "base/visit.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

static int pin_path(const char *tenant, char path[static PATH_MAX])
{
	return snprintf(path, PATH_MAX, NETNS_DIR "/%s", tenant);
}

static int open_namespace(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	/* A crash between creating the file and mounting on it. */
	if (fs.f_type != NSFS_MAGIC)
		return -ENOENT;
	*ret_fd = take_fd(&fd);
	return 0;
}

int netns_open_home(int *ret_home)
{
	return open_namespace(NETNS_HOME, ret_home);
}

/* In the home the folder of the pins is the root. */
static int open_pinned(const char *tenant, int *ret_fd)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_close_ int home = -1;
	char path[PATH_MAX];
	int r = netns_open_home(&home);

	(void)snprintf(path, sizeof(path), "/%s", tenant);
	if (r == 0)
		r = visit_enter(&visit, home, NULL);
	return r < 0 ? r : open_namespace(path, ret_fd);
}

int netns_open(const char *tenant, int *ret_fd, struct sbx_error *err)
{
	int r = open_pinned(tenant, ret_fd);

	return r < 0 ? error_errno(err, -r, "open '" NETNS_DIR "/%s'", tenant) : 0;
}

bool netns_is_there(const char *tenant)
{
	char path[PATH_MAX];

	(void)pin_path(tenant, path);
	return access(path, F_OK) == 0;
}

bool netns_is_half_made(const char *tenant)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];

	(void)pin_path(tenant, path);
	return access(path, F_OK) == 0 && open_pinned(tenant, &fd) == -ENOENT;
}

int netns_forget(const char *tenant, struct sbx_error *err)
{
	char path[PATH_MAX];

	(void)pin_path(tenant, path);
	/* What is mounted on it elsewhere goes with it. */
	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, errno, "unlink '%s'", path);
	return 0;
}
