/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of other kinds than TCP, UDP and Unix.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

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

/* The flags of the loopback interface, read, and set to what they are. */
static int attempt_interface(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo" };

	if (fd < 0)
		return failed_at(detail, "socket");
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return failed_at(detail, "get");
	if (streq(args[0], "get"))
		return 0;
	return streq(args[0], "set") ? result_of(ioctl(fd, SIOCSIFFLAGS, &request)) : PROBE_USAGE;
}

/* Sets it to 0, in four bytes. */
static int attempt_socket_option(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint32_t level, option;

	if (str_to_u32(args[0], &level) < 0 || str_to_u32(args[1], &option) < 0)
		return PROBE_USAGE;
	if (fd < 0)
		return failed_at(detail, "socket");
	return result_of(setsockopt(fd, (int)level, (int)option, &(int){ 0 }, sizeof(int)));
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

/* A datagram of its own making, with the header of a UDP packet. */
static int attempt_raw_udp(char **args, struct detail *detail)
{
	struct sockaddr_in to;
	_cleanup_close_ int fd = -1;
	uint16_t datagram[5] = { htons(5555), 0, htons(sizeof(datagram)), 0, 0 };

	if (parse_address(args, &to) != 0)
		return PROBE_USAGE;
	datagram[1] = to.sin_port;
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
	if (fd < 0)
		return failed_at(detail, "socket");
	return sendto(fd, datagram, sizeof(datagram), 0, (const struct sockaddr *)&to, sizeof(to)) <
			       0
		       ? -errno
		       : 0;
}

/* What the thread that sends shares with the one that changes the socket. */
struct addrform {
	struct sockaddr_in unspec; /* of AF_UNSPEC: none to an IPv6 socket, IPv4 to an IPv4 one */
	volatile int fd;
	volatile bool done;
};

static void *send_unspec(void *arg)
{
	struct addrform *race = arg;

	while (!race->done)
		(void)sendto(race->fd, "x", 1, MSG_DONTWAIT, (const struct sockaddr *)&race->unspec,
			sizeof(race->unspec));
	return NULL;
}

/* Connects to ADDR ALLOWED as IPv6, and makes an IPv4 socket of it while the other thread sends. */
static void change_form(struct addrform *race, const struct sockaddr_in *allowed, time_t until)
{
	struct sockaddr_in6 mapped = { .sin6_family = AF_INET6, .sin6_port = allowed->sin_port };
	int inet = AF_INET;

	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&mapped.sin6_addr.s6_addr[12], &allowed->sin_addr, 4);
	while (time(NULL) < until) {
		int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		(void)connect(fd, (const struct sockaddr *)&mapped, sizeof(mapped));
		race->fd = fd;
		(void)sched_yield();
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &inet, sizeof(inet));
		(void)sched_yield();
		race->fd = -1;
		(void)close(fd);
	}
}

/* Whether a datagram comes to PORT, where this probe itself listens. */
static int attempt_addrform(char **args, struct detail *detail)
{
	struct addrform race = { .fd = -1 };
	struct sockaddr_in allowed, other;
	char *other_args[] = { args[0], args[2] };
	_cleanup_close_ int fd = -1;
	unsigned int n = 0;
	uint32_t seconds;
	pthread_t sender;
	char byte;

	if (parse_address(args, &allowed) != 0 || parse_address(other_args, &other) != 0 ||
		str_to_u32(args[3], &seconds) < 0)
		return PROBE_USAGE;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&other, sizeof(other)) < 0)
		return failed_at(detail, "bind");
	race.unspec = other;
	race.unspec.sin_family = AF_UNSPEC;
	if (pthread_create(&sender, NULL, send_unspec, &race) != 0)
		return failed_at(detail, "thread");
	change_form(&race, &allowed, time(NULL) + (time_t)seconds);
	race.done = true;
	(void)pthread_join(sender, NULL);
	while (recv(fd, &byte, 1, 0) == 1)
		n++;
	return n ? 0 : -EACCES;
}

const struct attempt attempts_families[] = {
	{ "netlink", "", 0, 0, attempt_netlink, "ask for the network devices" },
	{ "interface", "get|set", 1, 1, attempt_interface,
		"the flags of the loopback interface, by ioctl" },
	{ "socket-option", "LEVEL OPTION", 2, 2, attempt_socket_option,
		"set one of a socket to 0" },
	{ "socket", "KIND", 1, 1, attempt_socket,
		"tcp udp raw ping mptcp sctp packet route alg ..." },
	{ "listen-sctp", "ADDR PORT SECONDS", 3, 3, attempt_listen_sctp,
		"SCTP; prints its line once it listens" },
	{ "connectx-sctp", "ADDR PORT", 2, 2, attempt_connectx_sctp,
		"SCTP by SCTP_SOCKOPT_CONNECTX" },
	{ "raw-udp", "ADDR PORT", 2, 2, attempt_raw_udp, "UDP by a raw socket" },
	{ "addrform", "ADDR ALLOWED PORT SECONDS", 4, 4, attempt_addrform,
		"UDP by a socket that changes its family meanwhile" },
	{ 0 },
};
