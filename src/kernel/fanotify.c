/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/fanotify.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* What the task below uses of its own. */
enum { STACK_SIZE = 16384 };

struct request {
	uid_t user;
	int result; /* the descriptor, or -errno */
};

/*
 * The effective uid counts. The real one stays root's, or that user could signal this task; and
 * without the fixup it keeps its capabilities, without which no mount can be watched.
 */
static int init_as_user(void *arg)
{
	struct request *request = arg;
	int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	request->result = -1;
	if (bits >= 0 && prctl(PR_SET_SECUREBITS, bits | SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0 &&
		syscall(SYS_setresuid, -1, request->user, -1) == 0)
		request->result = fanotify_init(
			FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_CLOEXEC);
	if (request->result < 0)
		request->result = -errno;
	return 0;
}

/*
 * Whose it counts as is who asks for it. So another task does, which has this one's memory and
 * descriptors but credentials of its own: this one's would lose what goes with a change, as the
 * signal that it gets when its parent ends.
 */
static int open_group(uid_t user)
{
	struct request request = { .user = user, .result = -ECHILD };
	_Alignas(16) char stack[STACK_SIZE];
	pid_t pid = clone(init_as_user, stack + sizeof(stack), CLONE_VM | CLONE_FILES | CLONE_VFORK,
		&request);

	if (pid < 0)
		return -errno;
	while (waitpid(pid, NULL, __WCLONE) < 0)
		if (errno != EINTR)
			return -errno;
	return request.result;
}

int fanotify_watch_mount(int tree, uid_t user, int *ret_fd, struct sbx_error *err)
{
	_cleanup_close_ int group = open_group(user);
	char path[32];
	int r;

	if (group == -EMFILE) {
		r = error_errno(err, EMFILE, "watch a mount as uid %u", (unsigned int)user);
		return error_cure(err, r,
			"wait until fewer of its sandboxes start at once, or raise "
			"fs.fanotify.max_user_groups by sysctl");
	}
	if (group < 0)
		return error_errno(err, -group, "watch a mount");
	/* A tree's descriptor is O_PATH, which fanotify_mark(2) takes by a path alone. */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", tree);
	if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, path) < 0)
		return error_errno(err, errno, "watch a mount");
	*ret_fd = take_fd(&group);
	return 0;
}
