/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sandbox sees: made by its init where it has one, else by the command itself. The command
 * joins an init, and finds there what will be executed.
 */
#include "launch/child_steps.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int child_join_netns(struct child *c)
{
	return setns(c->netns, CLONE_NEWNET) < 0 ? -errno : 0;
}

int child_isolate(struct child *c)
{
	(void)c;
	return root_isolate();
}

/*
 * Only now, in the sandbox's own cgroup: that one becomes the root of what it sees. And only now,
 * in its set-up: the LSM notes that the file system of the message queues, which comes with the ipc
 * namespace, is the sandbox's own.
 */
int child_new_namespaces(struct child *c)
{
	return unshare(plan_set_up_namespaces(c->plan)) < 0 ? -errno : 0;
}

int child_make_root(struct child *c)
{
	return root_make(&c->plan->root, &c->root, &c->report->object);
}

int child_mount_proc(struct child *c)
{
	return root_mount_proc(c->root, c->plan->policy->filesystem.proc == POLICY_PROC_FULL);
}

int child_enter_root(struct child *c)
{
	return root_enter(c->root);
}

int child_set_hostname(struct child *c)
{
	const char *tenant = c->plan->policy->tenant;

	return sethostname(tenant, strlen(tenant)) < 0 ? -errno : 0;
}

int child_say_ready(struct child *c)
{
	return write(c->ready, "", 1) == 1 ? 0 : -errno;
}

static ssize_t read_ready(const struct child *c)
{
	char byte;
	ssize_t n;

	do
		n = read(c->ready, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Its pid namespace isn't among them: that of a process is the one it was cloned into. */
int child_join_init(struct child *c)
{
	int namespaces =
		CLONE_NEWNS | plan_birth_namespaces(c->plan) | plan_set_up_namespaces(c->plan);

	if (c->plan->policy->network.mode != POLICY_NETWORK_HOST)
		namespaces |= CLONE_NEWNET;

	if (!c->plan->sandbox && read_ready(c) != 1)
		return CHILD_NO_INIT;
	if (setns(c->init, namespaces) < 0)
		return errno == ESRCH && !c->plan->sandbox ? CHILD_NO_INIT : -errno;
	return 0;
}

/*
 * Down from the new root, never from where the caller's shell stood. The tenant may have put a link
 * there, and through one of /proc/self/fd it would come to what the launcher has open:
 * CVE-2024-21626.
 */
int child_enter_cwd(struct child *c)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;

	if (root < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, root, c->plan->policy->process.cwd, &how, sizeof(how));
	return fd < 0 || fchdir(fd) < 0 ? -errno : 0;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
	       x.st_dev == y.st_dev;
}

/*
 * The file that the plan looked at, but by the sandbox's own mount of it: through /proc/self/exe
 * nobody comes to one of the host's, by which it might be written.
 */
int child_find_command(struct child *c)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, c->plan->exec_path, &how, sizeof(how));

	if (fd < 0)
		return -errno;
	if (!same_file(fd, c->exec_fd))
		return -ESTALE;
	c->exec_fd = fd;
	return 0;
}

/* Nothing is executed in a sandbox whose init isn't there: it says itself that it is. */
int child_await_init(struct child *c)
{
	return read_ready(c) == 1 ? 0 : CHILD_NO_INIT;
}
