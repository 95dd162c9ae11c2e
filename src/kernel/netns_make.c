/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The making of a tenant's network namespace: for libexec/net-make alone, so that what is started
 * for each run needn't be linked with libmnl.
 */
#include "kernel/netns.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>

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

static int pin_current(const char *path, struct sbx_error *err)
{
	_cleanup_close_ int target = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (target < 0)
		return error_errno(err, errno, "create '%s'", path);
	if (mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) == 0)
		return 0;
	r = error_errno(err, errno, "pin the network namespace on '%s'", path);
	(void)unlink(path);
	return r;
}

/* The calling process goes into the new namespace and comes back; not coming back is the end. */
static int make_at(const char *path, struct sbx_error *err)
{
	_cleanup_close_ int host = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r;

	if (host < 0)
		return error_errno(err, errno, "open '/proc/self/ns/net'");
	if (unshare(CLONE_NEWNET) < 0)
		return error_errno(err, errno, "make a network namespace");
	r = loopback_up(err);
	if (r == 0)
		r = pin_current(path, err);
	if (setns(host, CLONE_NEWNET) < 0)
		abort();
	return r;
}

/* All tenants' pins lie in one folder, so its making has a lock of its own. */
static int make_dir(struct sbx_error *err)
{
	_cleanup_close_ int lock = -1;
	int r = fs_make_private_dir(NETNS_DIR, err);

	if (r == 0)
		r = fs_lock(NETNS_DIR "/.lock", &lock, err);
	return r < 0 ? r : fs_make_pin_dir(NETNS_DIR, err);
}

int netns_make(const char *tenant, struct sbx_error *err)
{
	char path[PATH_MAX];
	int r = make_dir(err);

	(void)snprintf(path, sizeof(path), NETNS_DIR "/%s", tenant);
	return r < 0 ? r : make_at(path, err);
}
