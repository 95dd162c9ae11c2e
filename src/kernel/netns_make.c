/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The making of a tenant's network namespace: for libexec/net-make alone, so that what is started
 * for each run needn't be linked with libmnl.
 */
#include "kernel/netns.h"

#include "base/cleanup.h"
#include "base/failpoint.h"
#include "base/fs.h"
#include "base/visit.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

/* Every network namespace is born with its loopback, as the first interface. */
#define LOOPBACK_INDEX 1

static void close_socketp(struct mnl_socket **nl)
{
	if (*nl)
		(void)mnl_socket_close(*nl);
}

/* RTM_NEWLINK with IFF_UP, and the kernel's answer. Source: rtnetlink(7). */
static int loopback_up(struct sbx_error *err)
{
	_cleanup_(close_socketp) struct mnl_socket *nl =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	char buf[MNL_NLMSG_HDRLEN + 1024];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
	ssize_t n;

	message->nlmsg_type = RTM_NEWLINK;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = 1;
	link->ifi_family = AF_UNSPEC;
	link->ifi_index = LOOPBACK_INDEX;
	link->ifi_change = IFF_UP;
	link->ifi_flags = IFF_UP;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
		mnl_socket_sendto(nl, message, message->nlmsg_len) < 0)
		return error_errno(err, errno, "bring the tenant's loopback up");
	n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (n < 0 || mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(nl), NULL, NULL) < 0)
		return error_errno(err, errno, "bring the tenant's loopback up");
	return 0;
}

static int create(const char *path, struct sbx_error *err)
{
	_cleanup_close_ int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return file < 0 ? error_errno(err, errno, "create '%s'", path) : 0;
}

/* In the home, which has no /proc: the mount is made before. */
static int pin_current(int home, const char *tenant, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_close_ int pin =
		open_tree(AT_FDCWD, "/proc/self/ns/net", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	char path[PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "/%s", tenant);
	if (pin < 0)
		return error_errno(err, errno, "pin the network namespace of '%s'", tenant);
	r = visit_enter(&visit, home, err);
	if (r == 0 && move_mount(pin, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		r = error_errno(err, errno, "pin the network namespace of '%s'", tenant);
	return r;
}

/* The calling process goes into the new namespace and comes back; not coming back is the end. */
static int make_in(int home, const char *tenant, struct sbx_error *err)
{
	_cleanup_close_ int host = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r;

	if (host < 0)
		return error_errno(err, errno, "open '/proc/self/ns/net'");
	if (unshare(CLONE_NEWNET) < 0)
		return error_errno(err, errno, "make a network namespace");
	r = loopback_up(err);
	if (r == 0)
		r = pin_current(home, tenant, err);
	if (setns(host, CLONE_NEWNET) < 0)
		abort();
	return r;
}

/* Its root is the folder of the pins: no other mount of the host's is kept busy by it. */
static int enter_folder(struct sbx_error *err)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, errno, "make '/' private");
	/* The old root lies on top of the new one at "." then. */
	if (chdir(NETNS_DIR) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
		umount2(".", MNT_DETACH) < 0)
		return error_errno(err, errno, "make '%s' a root", NETNS_DIR);
	return 0;
}

static int publish(int home, struct sbx_error *err)
{
	char source[64];
	int r = create(NETNS_HOME, err);

	failpoint_kill("net-publish");
	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", home);
	if (r == 0 && mount(source, NETNS_HOME, NULL, MS_BIND, NULL) < 0) {
		r = error_errno(
			err, errno, "pin the networks' mount namespace on '%s'", NETNS_HOME);
		(void)unlink(NETNS_HOME);
	}
	return r;
}

/* Nobody finds it before it is complete. */
static int make_home(int *ret_home, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_close_ int home = -1;
	int r;

	failpoint_kill("net-home");
	r = visit_create(&visit, &home, err);
	if (r == 0)
		r = enter_folder(err);
	if (r == 0)
		r = visit_leave(&visit, err);
	if (r == 0)
		r = publish(home, err);
	if (r == 0)
		*ret_home = take_fd(&home);
	return r;
}

/*
 * Linux 6.18 numbers mount namespaces by the CPU that they are made on, and pins none in one that
 * has a higher number: EINVAL. The host's own has the lowest, but this may be another one. On the
 * CPU that made that one each number is higher.
 */
static int make_home_on_any_cpu(int *ret_home, struct sbx_error *err)
{
	int r = make_home(ret_home, err);

	for (size_t cpu = 0; r == -EINVAL && cpu < CPU_SETSIZE; cpu++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set) == 0)
			r = make_home(ret_home, err);
	}
	if (r == -EINVAL)
		(void)error_cure(err, r, "start it in the mount namespace of process 1");
	return r;
}

/* All tenants' pins lie in one folder, so its making has a lock of its own. */
static int open_home(int *ret_home, struct sbx_error *err)
{
	_cleanup_close_ int lock = -1;
	int r = fs_make_private_dir(NETNS_DIR, err);

	if (r == 0)
		r = fs_lock(NETNS_DIR "/.lock", &lock, err);
	if (r == 0)
		r = fs_make_pin_dir(NETNS_DIR, err);
	if (r < 0)
		return r;
	r = netns_open_home(ret_home);
	if (r < 0 && r != -ENOENT)
		return error_errno(err, -r, "open '%s'", NETNS_HOME);
	/* A further one would hide the pins of the one that is there. */
	return r == 0 ? 0 : make_home_on_any_cpu(ret_home, err);
}

int netns_make(const char *tenant, struct sbx_error *err)
{
	_cleanup_close_ int home = -1;
	char path[PATH_MAX];
	int r = open_home(&home, err);

	(void)snprintf(path, sizeof(path), NETNS_DIR "/%s", tenant);
	failpoint_kill("net-file");
	if (r == 0)
		r = create(path, err);
	if (r < 0)
		return r;
	failpoint_kill("net-pin");
	r = make_in(home, tenant, err);
	if (r < 0)
		(void)unlink(path);
	failpoint_kill("net-made");
	return r;
}
