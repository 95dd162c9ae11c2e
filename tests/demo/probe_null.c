/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pointers to nothing: memory without a file, mounts without a device, sockets without an address,
 * signals without a sender.
 */
#include "probe_edges.h"

#include <sched.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

static long create_file(void)
{
	return put("file");
}

static long create_folder(void)
{
	return mkdir("folder", 0700);
}

static long create_symlink(void)
{
	return symlink("none", "symlink");
}

static long anonymous(int flags, int protection)
{
	return mmap(NULL, 4096, protection, flags | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long map_private(void)
{
	return anonymous(MAP_PRIVATE, PROT_READ | PROT_EXEC);
}

static long map_shared(void)
{
	return anonymous(MAP_SHARED, PROT_READ | PROT_EXEC);
}

static long protect_stack(void)
{
	char here[1];

	return mprotect(
		(void *)((uintptr_t)here & ~4095UL), 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long protect_nothing(void)
{
	return mprotect(NULL, 4096, PROT_READ | PROT_EXEC);
}

static long mount_null(void)
{
	return mount(NULL, "folder", NULL, 0, NULL);
}

static long mount_null_device(void)
{
	return mount(NULL, "folder", "tmpfs", 0, NULL) < 0 ? -1 : umount("folder");
}

static long mount_private(void)
{
	return mount(NULL, "folder", NULL, MS_PRIVATE, NULL);
}

static long mount_remount(void)
{
	return mount(NULL, "folder", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
}

static long umount_no_mount(void)
{
	return umount2("folder", MNT_DETACH);
}

static long move_nothing(void)
{
	return (long)syscall(SYS_move_mount, -1, "", -1, "", 0x44);
}

static long move_no_mount(void)
{
	return (long)syscall(SYS_move_mount, AT_FDCWD, "folder", AT_FDCWD, "folder", 0);
}

static long pivot_here(void)
{
	return (long)syscall(SYS_pivot_root, ".", ".");
}

static long chroot_file(void)
{
	return chroot("file");
}

static long quota_of_nothing(void)
{
	return quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL);
}

static long zone_without_time(void)
{
	struct timezone zone = { 0 };

	return settimeofday(NULL, &zone);
}

static long send_to_nobody(void)
{
	struct msghdr message = { 0 };
	int fds[2];

	return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds) < 0
		       ? -1
		       : sendmsg(fds[0], &message, MSG_DONTWAIT);
}

static long send_unconnected(void)
{
	struct msghdr message = { 0 };

	return sendmsg(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), &message, MSG_DONTWAIT);
}

static long connect_unspecified(void)
{
	struct sockaddr address = { .sa_family = AF_UNSPEC };

	return connect(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), &address, sizeof(address));
}

static long connect_short(void)
{
	struct sockaddr address = { .sa_family = AF_INET };

	return connect(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), &address, 2);
}

static long bind_unspecified(void)
{
	struct sockaddr address = { .sa_family = AF_UNSPEC };

	return bind(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), &address, sizeof(address));
}

static long connect_listener(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (bind(fd, (void *)&address, sizeof(address.sun_family)) < 0 || listen(fd, 1) < 0)
		return -1;
	return connect(fd, (void *)&address, sizeof(address.sun_family));
}

static long socket_of_no_family(void)
{
	return socket(45, SOCK_STREAM, 0);
}

static long kill_group(void)
{
	return kill(0, 0);
}

static long kill_nobody(void)
{
	return kill(0x3ffffe, 0);
}

static long signal_by_timer(void)
{
	struct itimerval soon = { .it_value.tv_usec = 1 };
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGALRM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	if (setitimer(ITIMER_REAL, &soon, NULL) < 0)
		return -1;
	return sigwaitinfo(&set, NULL);
}

/* By what comes in, and not by a process. */
static long signal_by_pipe(void)
{
	sigset_t set;
	int fds[2];

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGIO);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 ||
		fcntl(fds[0], F_SETOWN, getpid()) < 0 || fcntl(fds[0], F_SETFL, O_ASYNC) < 0 ||
		write(fds[1], "x", 1) != 1)
		return -1;
	return sigwaitinfo(&set, NULL);
}

static long traceme_orphan(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static long trace_itself(void)
{
	return ptrace(PTRACE_SEIZE, getpid(), NULL, NULL);
}

static long priority_itself(void)
{
	return setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0));
}

static long scheduler_itself(void)
{
	struct sched_param parameter = { 0 };

	return sched_setscheduler(0, SCHED_OTHER, &parameter);
}

static long limits_itself(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_CORE, &limit) < 0 ? -1 : setrlimit(RLIMIT_CORE, &limit);
}

static long io_priority_itself(void)
{
	return syscall(SYS_ioprio_set, 1, 0, syscall(SYS_ioprio_get, 1, 0));
}

static long watch_by_descriptor(void)
{
	int fan = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
	int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fan < 0 || dir < 0 ? -1 : fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, dir, NULL);
}

static long watch_flush(void)
{
	int fan = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);

	return fan < 0 ? -1 : fanotify_mark(fan, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
}

static long attribute_of_nothing(void)
{
	return setxattr("file", "user.edge", NULL, 0, 0);
}

/* Without a value an access control list is removed. */
static long acl_of_nothing(void)
{
	return setxattr("file", "system.posix_acl_access", NULL, 0, 0);
}

static long readlink_no_link(void)
{
	char text[16];

	return readlink("file", text, sizeof(text));
}

static long times_of_link(void)
{
	return utimensat(AT_FDCWD, "symlink", NULL, AT_SYMLINK_NOFOLLOW);
}

static long map_past_the_end(void)
{
	void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_EXEC, MAP_PRIVATE, put("file"), 1L << 40);

	return p == MAP_FAILED ? -1 : 0;
}

static long vfork_child(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static const struct edge edges_null[] = {
	EDGE(create_file),
	EDGE(create_folder),
	EDGE(create_symlink),
	EDGE(map_private),
	EDGE(map_shared),
	EDGE(protect_stack),
	EDGE(protect_nothing),
	EDGE(mount_null),
	EDGE(mount_null_device),
	EDGE(mount_private),
	EDGE(mount_remount),
	EDGE(umount_no_mount),
	EDGE(move_nothing),
	EDGE(move_no_mount),
	EDGE(pivot_here),
	EDGE(chroot_file),
	EDGE(quota_of_nothing),
	EDGE(zone_without_time),
	EDGE(send_to_nobody),
	EDGE(send_unconnected),
	EDGE(connect_unspecified),
	EDGE(connect_short),
	EDGE(bind_unspecified),
	EDGE(connect_listener),
	EDGE(socket_of_no_family),
	EDGE(kill_group),
	EDGE(kill_nobody),
	EDGE(signal_by_timer),
	EDGE(signal_by_pipe),
	EDGE(traceme_orphan),
	EDGE(trace_itself),
	EDGE(priority_itself),
	EDGE(scheduler_itself),
	EDGE(limits_itself),
	EDGE(io_priority_itself),
	EDGE(watch_by_descriptor),
	EDGE(watch_flush),
	EDGE(attribute_of_nothing),
	EDGE(acl_of_nothing),
	EDGE(readlink_no_link),
	EDGE(times_of_link),
	EDGE(map_past_the_end),
	EDGE(vfork_child),
};

static int attempt_edges_null(char **args, struct detail *detail)
{
	/* Its group is itself. */
	(void)setsid();
	return go_through(edges_null, ARRAY_SIZE(edges_null), args[0], detail);
}

const struct attempt attempts_null[] = {
	{ "edges-null", "DIR", 1, 1, attempt_edges_null, "calls with pointers to nothing" },
	{ 0 },
};
