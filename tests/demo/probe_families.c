/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of other kinds than TCP, UDP and Unix.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sys/socket.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* include/uapi/linux/sctp.h, which needs no package of its own that way. */
#define SCTP_SOCKOPT_CONNECTX 110

/* Asks the kernel for its network devices. */
static int attempt_netlink(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr header;
		struct ifinfomsg body;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};

	(void)args;
	if (fd < 0)
		return failed_at(detail, "socket");
	return send(fd, &request, sizeof(request), 0) < 0 ? -errno : 0;
}

static const struct {
	const char *name;
	int domain, type, protocol;
} sockets[] = {
	{ "unix", AF_UNIX, SOCK_STREAM, 0 },
	{ "tcp", AF_INET, SOCK_STREAM, 0 },
	{ "udp", AF_INET, SOCK_DGRAM, 0 },
	{ "tcp6", AF_INET6, SOCK_STREAM, 0 },
	{ "udp6", AF_INET6, SOCK_DGRAM, 0 },
	{ "raw", AF_INET, SOCK_RAW, IPPROTO_ICMP },
	{ "ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP },
	{ "mptcp", AF_INET, SOCK_STREAM, IPPROTO_MPTCP },
	{ "sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP },
	{ "packet", AF_PACKET, SOCK_DGRAM, 0 },
	{ "route", AF_NETLINK, SOCK_RAW, 0 },
	{ "audit", AF_NETLINK, SOCK_RAW, 9 },
	{ "vsock", AF_VSOCK, SOCK_STREAM, 0 },
	{ "alg", AF_ALG, SOCK_SEQPACKET, 0 },
	{ "xdp", AF_XDP, SOCK_RAW, 0 },
	{ "tipc", AF_TIPC, SOCK_SEQPACKET, 0 },
	{ "rds", AF_RDS, SOCK_SEQPACKET, 0 },
	{ "smc", AF_SMC, SOCK_STREAM, 0 },
	{ "kcm", AF_KCM, SOCK_DGRAM, 0 },
};

static int attempt_socket(char **args, struct detail *detail)
{
	(void)detail;
	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++)
		if (streq(sockets[i].name, args[0])) {
			_cleanup_close_ int fd =
				socket(sockets[i].domain, sockets[i].type, sockets[i].protocol);

			return fd < 0 ? -errno : 0;
		}
	return PROBE_USAGE;
}

static int parse_address(char **args, struct sockaddr_in *ret)
{
	uint32_t port;

	*ret = (struct sockaddr_in){ .sin_family = AF_INET };
	if (inet_pton(AF_INET, args[0], &ret->sin_addr) != 1 || str_to_u32(args[1], &port) < 0)
		return PROBE_USAGE;
	ret->sin_port = htons((uint16_t)port);
	return 0;
}

static int open_sctp(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
}

static int attempt_listen_sctp(char **args, struct detail *detail)
{
	struct sockaddr_in at;
	_cleanup_close_ int fd = -1;
	uint32_t seconds;

	if (parse_address(args, &at) != 0 || str_to_u32(args[2], &seconds) < 0)
		return PROBE_USAGE;
	fd = open_sctp();
	if (fd < 0)
		return failed_at(detail, "socket");
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 8) < 0)
		return -errno;
	announce("listen-sctp", detail);
	(void)sleep(seconds);
	return 0;
}

/* Connects by setsockopt(2), which socket_connect hooks know nothing of, and sends. */
static int attempt_connectx_sctp(char **args, struct detail *detail)
{
	struct sockaddr_in to;
	_cleanup_close_ int fd = -1;

	if (parse_address(args, &to) != 0)
		return PROBE_USAGE;
	fd = open_sctp();
	if (fd < 0)
		return failed_at(detail, "socket");
	if (setsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX, &to, sizeof(to)) < 0)
		return failed_at(detail, "connectx");
	return send(fd, "x", 1, 0) < 0 ? failed_at(detail, "send") : 0;
}

const struct attempt attempts_families[] = {
	{ "netlink", "", 0, 0, attempt_netlink, "ask for the network devices" },
	{ "socket", "KIND", 1, 1, attempt_socket,
		"tcp udp raw ping mptcp sctp packet route alg ..." },
	{ "listen-sctp", "ADDR PORT SECONDS", 3, 3, attempt_listen_sctp,
		"SCTP; prints its line once it listens" },
	{ "connectx-sctp", "ADDR PORT", 2, 2, attempt_connectx_sctp,
		"SCTP by SCTP_SOCKOPT_CONNECTX" },
	{ 0 },
};
