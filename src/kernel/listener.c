/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/listener.h"

#include "base/cleanup.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* A socket stays in the namespace that it was made in. */
static int make_socket(int netns, int family, int *ret_fd)
{
	_cleanup_close_ int here = -1, fd = -1;
	int r = 0;

	if (netns >= 0) {
		here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (here < 0 || setns(netns, CLONE_NEWNET) < 0)
			return -errno;
	}
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	if (fd < 0)
		r = -errno;
	if (netns >= 0 && setns(here, CLONE_NEWNET) < 0)
		r = -errno;
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

static int bind_to(int fd, const struct in6_addr *address, uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	const int on = 1;
	int r;

	if (IN6_IS_ADDR_V4MAPPED(address)) {
		memcpy(&in.sin_addr, &address->s6_addr[12], sizeof(in.sin_addr));
		r = bind(fd, (const struct sockaddr *)&in, sizeof(in));
	} else {
		in6.sin6_addr = *address;
		/* [::]/0 covers no IPv4 address. */
		r = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		if (r == 0)
			r = bind(fd, (const struct sockaddr *)&in6, sizeof(in6));
	}
	return r < 0 ? -errno : 0;
}

int listener_open(int netns, const struct in6_addr *address, uint16_t port, uid_t uid, gid_t gid,
	int *ret_fd, struct sbx_error *err)
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(address);
	_cleanup_close_ int fd = -1;
	char text[INET6_ADDRSTRLEN] = "";
	const int on = 1;
	int r = make_socket(netns, v4 ? AF_INET : AF_INET6, &fd);

	/* Else a port that was served a minute ago can't be had. */
	if (r == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		r = -errno;
	/* What firewalls and ss(8) take its owner for. */
	if (r == 0 && fchown(fd, uid, gid) < 0)
		r = -errno;
	if (r == 0)
		r = bind_to(fd, address, port);
	if (r == 0 && listen(fd, SOMAXCONN) < 0)
		r = -errno;
	if (r < 0) {
		(void)inet_ntop(v4 ? AF_INET : AF_INET6,
			v4 ? (const void *)&address->s6_addr[12] : address, text, sizeof(text));
		return error_errno(err, -r, "listen on tcp %s port %u", text, port);
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

static int option_of(int fd, int option)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0 ? -1 : value;
}

int listener_check(int fd, bool *ret_inet, struct sbx_error *err)
{
	int domain, type, protocol;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set(err, EINVAL, "not open");
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, EINVAL, "not a socket");
	domain = option_of(fd, SO_DOMAIN);
	type = option_of(fd, SO_TYPE);
	protocol = option_of(fd, SO_PROTOCOL);
	*ret_inet = domain == AF_INET || domain == AF_INET6;
	if (*ret_inet ? type != SOCK_STREAM || protocol != IPPROTO_TCP
		      : domain != AF_UNIX || type == SOCK_DGRAM)
		return error_set(err, EINVAL, "neither a TCP socket nor a unix stream");
	if (option_of(fd, SO_ACCEPTCONN) != 1)
		return error_set(err, EINVAL, "a socket that doesn't listen");
	return 0;
}
