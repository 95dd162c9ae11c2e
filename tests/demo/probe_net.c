/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* Where nobody answers, the attempt ends all the same. */
enum { PATIENCE_SECONDS = 3 };

/* Of sockets that a process is started with: sd_listen_fds(3). */
enum { FIRST_SOCKET = 3 };

struct endpoint {
	int type;
	socklen_t length;
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
};

static int parse_type(const char *word)
{
	if (streq(word, "tcp"))
		return SOCK_STREAM;
	return streq(word, "udp") ? SOCK_DGRAM : -1;
}

/* "tcp" or "udp", an address of either family (IPv4-mapped stays IPv6), a port. */
static int parse_inet(const char *type, const char *address, const char *port, struct endpoint *ret)
{
	struct endpoint to = { .type = parse_type(type) };
	uint32_t number;

	if (to.type < 0 || str_to_u32(port, &number) < 0 || number > UINT16_MAX)
		return PROBE_USAGE;
	if (inet_pton(AF_INET, address, &to.in.sin_addr) == 1) {
		to.in.sin_family = AF_INET;
		to.in.sin_port = htons((uint16_t)number);
		to.length = sizeof(to.in);
	} else if (inet_pton(AF_INET6, address, &to.in6.sin6_addr) == 1) {
		to.in6.sin6_family = AF_INET6;
		to.in6.sin6_port = htons((uint16_t)number);
		to.length = sizeof(to.in6);
	} else {
		return PROBE_USAGE;
	}
	*ret = to;
	return 0;
}

/* PATH, or @NAME for an abstract one, as ss(8) writes it. */
static int parse_unix(const char *name, int type, struct endpoint *ret)
{
	struct endpoint to = { .type = type };
	size_t n = strlen(name);

	if (n == 0 || n >= sizeof(to.un.sun_path))
		return PROBE_USAGE;
	to.un.sun_family = AF_UNIX;
	memcpy(to.un.sun_path, name, n);
	to.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	if (name[0] == '@')
		to.un.sun_path[0] = '\0';
	else
		to.length++;
	*ret = to;
	return 0;
}

static int open_socket(const struct endpoint *to)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	int fd = socket(to->any.sa_family, to->type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* Returns the socket, connected; or -1 after having put the step into DETAIL. */
static int open_connection(const struct endpoint *to, struct detail *detail)
{
	_cleanup_close_ int fd = open_socket(to);

	if (fd < 0) {
		(void)failed_at(detail, "socket");
		return -1;
	}
	if (connect(fd, &to->any, to->length) < 0) {
		/* What a send timeout turns into. */
		if (errno == EINPROGRESS)
			errno = ETIMEDOUT;
		return -1;
	}
	return take_fd(&fd);
}

static int connect_to(const struct endpoint *to, struct detail *detail)
{
	_cleanup_close_ int fd = open_connection(to, detail);

	return fd < 0 ? -errno : 0;
}

static int send_to(const struct endpoint *to, int flags, struct detail *detail)
{
	_cleanup_close_ int fd = open_socket(to);
	ssize_t n;

	if (fd < 0)
		return failed_at(detail, "socket");
	n = sendto(fd, "probe", 5, flags | MSG_NOSIGNAL, &to->any, to->length);
	return n < 0 ? -errno : 0;
}

static int attempt_connect(char **args, struct detail *detail)
{
	struct endpoint to;

	return parse_inet(args[0], args[1], args[2], &to) ? PROBE_USAGE : connect_to(&to, detail);
}

static int attempt_connect_reset(char **args, struct detail *detail)
{
	const struct linger at_once = { .l_onoff = 1 };
	struct endpoint to;
	int fd;

	if (parse_inet(args[0], args[1], args[2], &to))
		return PROBE_USAGE;
	fd = open_connection(&to, detail);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) < 0)
		return failed_at(detail, "setsockopt");
	return close(fd) < 0 ? -errno : 0;
}

static int attempt_connect_unix(char **args, struct detail *detail)
{
	struct endpoint to;

	return parse_unix(args[0], SOCK_STREAM, &to) ? PROBE_USAGE : connect_to(&to, detail);
}

static int attempt_sendto(char **args, struct detail *detail)
{
	struct endpoint to;

	return parse_inet(args[0], args[1], args[2], &to) ? PROBE_USAGE : send_to(&to, 0, detail);
}

static int attempt_sendto_unix(char **args, struct detail *detail)
{
	struct endpoint to;

	return parse_unix(args[0], SOCK_DGRAM, &to) ? PROBE_USAGE : send_to(&to, 0, detail);
}

/* The kernel takes AF_UNSPEC on an IPv4 socket for AF_INET: a check by family alone misses it. */
static int attempt_sendto_unspec(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = -1;
	struct endpoint to;

	if (parse_inet("udp", args[0], args[1], &to) || to.any.sa_family != AF_INET)
		return PROBE_USAGE;
	fd = open_socket(&to);
	if (fd < 0)
		return failed_at(detail, "socket");
	to.any.sa_family = AF_UNSPEC;
	return sendto(fd, "probe", 5, 0, &to.any, to.length) < 0 ? -errno : 0;
}

static int attempt_sendmmsg(char **args, struct detail *detail)
{
	struct iovec text = { .iov_base = "probe", .iov_len = 5 };
	struct mmsghdr messages[2] = { 0 };
	_cleanup_close_ int fd = -1;
	struct endpoint to;
	int n;

	if (parse_inet(args[0], args[1], args[2], &to) || to.type != SOCK_DGRAM)
		return PROBE_USAGE;
	fd = open_socket(&to);
	if (fd < 0)
		return failed_at(detail, "socket");
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &to.any,
			.msg_namelen = to.length,
			.msg_iov = &text,
			.msg_iovlen = 1,
		};
	n = sendmmsg(fd, messages, ARRAY_SIZE(messages), 0);
	if (n < 0)
		return -errno;
	detail_add(detail, "%d", n);
	return 0;
}

static int attempt_fastopen(char **args, struct detail *detail)
{
	struct endpoint to;

	return parse_inet("tcp", args[0], args[1], &to) ? PROBE_USAGE
							: send_to(&to, MSG_FASTOPEN, detail);
}

static int attempt_fastopen_connect(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = -1;
	struct endpoint to;
	int on = 1;

	if (parse_inet("tcp", args[0], args[1], &to))
		return PROBE_USAGE;
	fd = open_socket(&to);
	if (fd < 0)
		return failed_at(detail, "socket");
	if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)) < 0)
		return failed_at(detail, "setsockopt");
	if (connect(fd, &to.any, to.length) < 0)
		return failed_at(detail, "connect");
	/* connect() may have sent nothing yet. */
	return send(fd, "probe", 5, MSG_NOSIGNAL) < 0 ? failed_at(detail, "send") : 0;
}

/* A protocol of its own to the kernel's hooks, though it ends up as TCP. */
static int attempt_connect_mptcp(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = -1;
	struct endpoint to;

	if (parse_inet("tcp", args[0], args[1], &to))
		return PROBE_USAGE;
	fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
	if (fd < 0)
		return failed_at(detail, "socket");
	return connect(fd, &to.any, to.length) < 0 ? -errno : 0;
}

static int attempt_socketpair(char **args, struct detail *detail)
{
	int pair[2];

	(void)args;
	(void)detail;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

/* Prints what comes back, to its end or the end of the first line. */
static int attempt_ask(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = -1;
	struct endpoint to;
	char text[4096];
	ssize_t n;

	if (parse_inet(args[0], args[1], args[2], &to))
		return PROBE_USAGE;
	fd = open_connection(&to, detail);
	if (fd < 0)
		return -errno;
	if (args[3]) {
		(void)snprintf(text, sizeof(text), "%s\n", args[3]);
		if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
			return failed_at(detail, "send");
	}
	n = recv(fd, text, sizeof(text) - 1, MSG_WAITALL);
	if (n < 0)
		return failed_at(detail, "receive");
	text[n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	detail_add(detail, "%s", text);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void greet_one(int listener, int type)
{
	static const char hello[] = "hello\n";
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	char text[64];

	if (type == SOCK_STREAM) {
		_cleanup_close_ int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			(void)send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL);
	} else if (recvfrom(listener, text, sizeof(text), 0, (struct sockaddr *)&peer, &length) >=
		   0) {
		(void)sendto(
			listener, hello, sizeof(hello) - 1, 0, (struct sockaddr *)&peer, length);
	}
}

static void serve(int listener, int type, uint32_t seconds)
{
	struct pollfd wait = { .fd = listener, .events = POLLIN };
	int64_t end, left;

	for (end = now_ms() + (int64_t)seconds * 1000; (left = end - now_ms()) > 0;)
		if (poll(&wait, 1, left > 60000 ? 60000 : (int)left) > 0)
			greet_one(listener, type);
}

static int listen_on(
	const char *name, const struct endpoint *at, const char *seconds, struct detail *detail)
{
	_cleanup_close_ int fd = -1;
	uint32_t duration;
	int on = 1;

	if (str_to_u32(seconds, &duration) < 0)
		return PROBE_USAGE;
	fd = open_socket(at);
	if (fd < 0)
		return failed_at(detail, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &at->any, at->length) < 0)
		return failed_at(detail, "bind");
	if (at->type == SOCK_STREAM && listen(fd, 16) < 0)
		return failed_at(detail, "listen");
	announce(name, detail);
	serve(fd, at->type, duration);
	return 0;
}

static int attempt_listen(char **args, struct detail *detail)
{
	struct endpoint at;

	return parse_inet(args[0], args[1], args[2], &at)
		       ? PROBE_USAGE
		       : listen_on("listen", &at, args[3], detail);
}

static int attempt_listen_unix(char **args, struct detail *detail)
{
	int type = streq(args[0], "stream")  ? SOCK_STREAM
		   : streq(args[0], "dgram") ? SOCK_DGRAM
					     : -1;
	struct endpoint at;

	if (type < 0 || parse_unix(args[1], type, &at))
		return PROBE_USAGE;
	return listen_on("listen-unix", &at, args[2], detail);
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "unset";
}

static bool listens(int fd)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value;
}

/* As sd_listen_fds(3) finds them: the first socket answers, and all are counted. */
static int attempt_activated(char **args, struct detail *detail)
{
	const char *pid = getenv("LISTEN_PID");
	uint32_t duration, number = 0;
	int n = 0;

	if (str_to_u32(args[0], &duration) < 0)
		return PROBE_USAGE;
	while (listens(FIRST_SOCKET + n))
		n++;
	if (pid && (str_to_u32(pid, &number) < 0 || number != (uint32_t)getpid()))
		return failed_at(detail, "LISTEN_PID");
	detail_add(detail, "%d LISTEN_FDS=%s LISTEN_FDNAMES=%s LISTEN_PID=%s", n,
		variable("LISTEN_FDS"), variable("LISTEN_FDNAMES"), pid ? "mine" : "unset");
	if (!n)
		return -ENOTSOCK;
	announce("activated", detail);
	serve(FIRST_SOCKET, SOCK_STREAM, duration);
	return 0;
}

/* Waits until nobody is at the other end, as it is then free to be bound. */
static int await_reset(int fd)
{
	char text[64];

	while (recv(fd, text, sizeof(text), 0) > 0)
		;
	return 0;
}

static int disconnect(int fd)
{
	struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	return connect(fd, &nowhere, sizeof(nowhere));
}

/* A socket that came in by the first of them, used to listen on another port of its network. */
static int attempt_rebind(char **args, struct detail *detail)
{
	bool reset = args[2] != NULL;
	struct endpoint at;
	int fd;

	if (parse_inet("tcp", args[0], args[1], &at))
		return PROBE_USAGE;
	fd = accept4(FIRST_SOCKET, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return failed_at(detail, "accept");
	if (reset ? await_reset(fd) : disconnect(fd) < 0)
		return failed_at(detail, "disconnect");
	if (bind(fd, &at.any, at.length) < 0)
		return failed_at(detail, "bind");
	if (reset)
		return 0;
	return listen(fd, 1) < 0 ? failed_at(detail, "listen") : 0;
}

/* The socket itself, which listens no longer, used to connect in its network. */
static int attempt_reconnect(char **args, struct detail *detail)
{
	struct endpoint to;

	if (parse_inet("tcp", args[0], args[1], &to))
		return PROBE_USAGE;
	if (shutdown(FIRST_SOCKET, SHUT_RDWR) < 0)
		return failed_at(detail, "shutdown");
	return connect(FIRST_SOCKET, &to.any, to.length) < 0 ? failed_at(detail, "connect") : 0;
}

const struct attempt attempts_net[] = {
	{ "connect", "tcp|udp ADDR PORT", 3, 3, attempt_connect, "connect" },
	{ "sendto", "udp ADDR PORT", 3, 3, attempt_sendto, "send without connecting" },
	{ "sendto-unspec", "ADDR PORT", 2, 2, attempt_sendto_unspec, "UDP to AF_UNSPEC" },
	{ "sendmmsg", "udp ADDR PORT", 3, 3, attempt_sendmmsg,
		"two datagrams; prints how many went" },
	{ "fastopen", "ADDR PORT", 2, 2, attempt_fastopen, "TCP by MSG_FASTOPEN" },
	{ "fastopen-connect", "ADDR PORT", 2, 2, attempt_fastopen_connect,
		"TCP by TCP_FASTOPEN_CONNECT" },
	{ "connect-mptcp", "ADDR PORT", 2, 2, attempt_connect_mptcp, "multipath TCP" },
	{ "connect-unix", "PATH|@NAME", 1, 1, attempt_connect_unix, "stream" },
	{ "sendto-unix", "PATH|@NAME", 1, 1, attempt_sendto_unix, "datagram" },
	{ "socketpair", "", 0, 0, attempt_socketpair, "unix stream" },
	{ "ask", "tcp|udp ADDR PORT [LINE]", 3, 4, attempt_ask, "send LINE, print the answer" },
	{ "listen", "tcp|udp ADDR PORT SECONDS", 4, 4, attempt_listen,
		"answer 'hello'; prints its line once it listens" },
	{ "listen-unix", "stream|dgram PATH|@NAME SECONDS", 3, 3, attempt_listen_unix,
		"the same on a unix socket" },
	{ "activated", "SECONDS", 1, 1, attempt_activated,
		"answer 'hello' on the first socket that it was started with" },
	{ "rebind", "ADDR PORT [reset]", 2, 3, attempt_rebind,
		"listen with what comes in by that one; or bind it, once its peer has reset it" },
	{ "connect-reset", "tcp ADDR PORT", 3, 3, attempt_connect_reset,
		"connect, and end by RST" },
	{ "reconnect", "ADDR PORT", 2, 2, attempt_reconnect, "connect with that one itself" },
	{ 0 },
};
