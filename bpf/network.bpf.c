// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Network: where a tenant may connect and send to.
 */
#include "identity.h"

/* The part of an address that a rule can speak of; read from kernel memory alone. */
struct peer {
	__u8 address[16];
	__u16 port;
};

struct inet_address {
	__u16 family;
	__be16 port;
	__u8 address[4];
};

struct inet6_address {
	__u16 family;
	__be16 port;
	__be32 flowinfo;
	__u8 address[16];
};

static __always_inline bool read_inet(struct peer *p, const void *from)
{
	struct inet_address in;

	if (bpf_probe_read_kernel(&in, sizeof(in), from))
		return false;
	p->port = bpf_ntohs(in.port);
	/* IPv4 has one spelling, whichever socket it goes through: ::ffff:a.b.c.d. */
	__builtin_memset(p->address, 0, 10);
	p->address[10] = p->address[11] = 0xff;
	__builtin_memcpy(p->address + 12, in.address, 4);
	return true;
}

static __always_inline bool read_inet6(struct peer *p, const void *from)
{
	struct inet6_address in6;

	if (bpf_probe_read_kernel(&in6, sizeof(in6), from))
		return false;
	p->port = bpf_ntohs(in6.port);
	__builtin_memcpy(p->address, in6.address, 16);
	return true;
}

static __always_inline enum sbx_why judge_peer(
	const struct actor *a, const struct peer *p, __u16 protocol)
{
	struct sbx_net_key key = { .prefixlen = 32 + 128, .policy = a->policy };
	struct sbx_net_rule *rule;

	if (sbx_address_is_unspecified(p->address))
		return SBX_WHY_NO_RULE;
	__builtin_memcpy(key.address, p->address, 16);
	rule = bpf_map_lookup_elem(&connect_rules, &key);
	return rule ? sbx_rule_covers(rule, protocol, p->port) : SBX_WHY_NO_RULE;
}

/*
 * The kinds of sockets that rules speak of. MPTCP, SCTP and ping have protocols of their own; a raw
 * socket may say TCP or UDP, but not be of their type.
 */
static __always_inline bool is_plain(const struct sock *sk)
{
	__u16 type = sk->sk_type, protocol = sk->sk_protocol;

	return (type == SOCK_STREAM && protocol == IPPROTO_TCP) ||
	       (type == SOCK_DGRAM && protocol == IPPROTO_UDP);
}

/*
 * `family` is what the kernel will take the address for, which isn't always what it says.
 * Returns SBX_WHY_NONE, or why not, with what is known of the peer in `d`.
 */
static __always_inline enum sbx_why judge_address(const struct actor *a, struct sbx_denial *d,
	__u16 family, const struct sock *sk, const void *address)
{
	__u16 protocol = sk->sk_protocol;
	struct peer p = { 0 };
	bool known;

	d->family = family;
	d->protocol = protocol;
	if (family == AF_INET)
		known = read_inet(&p, address);
	else if (family == AF_INET6)
		known = read_inet6(&p, address);
	else
		return SBX_WHY_FAMILY;
	if (!known)
		return SBX_WHY_NO_RULE;
	d->port = p.port;
	__builtin_memcpy(d->address, p.address, 16);
	if (!is_plain(sk))
		return SBX_WHY_FAMILY;
	return judge_peer(a, &p, protocol);
}

/*
 * A socket that was handed in to be accepted from may be of another network than the task's. What
 * came in by it, and is disconnected or at its end, could be bound to any port there, and listen.
 */
static __always_inline bool is_of_own_network(const struct sock *sk)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return sk->__sk_common.skc_net.net == task->nsproxy->net_ns;
}

SEC("lsm/socket_connect")
int BPF_PROG(socket_connect, struct socket *sock, struct sockaddr *address)
{
	struct sbx_denial d = { 0 };
	struct sock *sk = sock->sk;
	__u16 family, own_family;
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	d.why = a.why;
	if (is_nobody(&a))
		return errno_in_range(deny(&a, SBX_HOOK_socket_connect, &d));
	d.why = SBX_WHY_FAMILY;
	if (!sk)
		return errno_in_range(deny(&a, SBX_HOOK_socket_connect, &d));
	family = address->sa_family;
	own_family = sk->__sk_common.skc_family;
	/* Only undoes an earlier connect. Not for AF_UNIX, which has no such thing. */
	if (family == AF_UNSPEC && (own_family == AF_INET || own_family == AF_INET6)) {
		if (is_of_own_network(sk))
			return 0;
		d.family = own_family;
		d.protocol = sk->sk_protocol;
		d.why = SBX_WHY_NETWORK;
		return errno_in_range(deny(&a, SBX_HOOK_socket_connect, &d));
	}
	if (own_family == AF_INET || own_family == AF_INET6)
		d.why = judge_address(&a, &d, family, sk, address);
	else
		d.family = own_family;
	if (d.why == SBX_WHY_NONE)
		return 0;
	return errno_in_range(deny(&a, SBX_HOOK_socket_connect, &d));
}

/* In its own network a sandbox binds as it likes. */
SEC("lsm/socket_bind")
int BPF_PROG(socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	struct sbx_denial d = { 0 };
	struct sock *sk = sock->sk;
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	d.why = a.why;
	if (is_nobody(&a))
		return errno_in_range(deny(&a, SBX_HOOK_socket_bind, &d));
	d.why = SBX_WHY_NETWORK;
	if (!sk)
		return errno_in_range(deny(&a, SBX_HOOK_socket_bind, &d));
	if (is_of_own_network(sk))
		return 0;
	d.family = sk->__sk_common.skc_family;
	d.protocol = sk->sk_protocol;
	return errno_in_range(deny(&a, SBX_HOOK_socket_bind, &d));
}

/*
 * sendto(2) and MSG_FASTOPEN reach a peer without connect(2). A message without an address goes to
 * the peer that connect was judged for, or through a pair that never left the sandbox.
 */
SEC("lsm/socket_sendmsg")
int BPF_PROG(socket_sendmsg, struct socket *sock, struct msghdr *msg)
{
	struct sbx_denial d = { 0 };
	struct sock *sk = sock->sk;
	__u16 family = AF_UNSPEC, own_family;
	struct actor a;
	void *name;

	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	d.why = a.why;
	if (is_nobody(&a))
		return errno_in_range(deny(&a, SBX_HOOK_socket_sendmsg, &d));
	d.why = SBX_WHY_FAMILY;
	if (!sk)
		return errno_in_range(deny(&a, SBX_HOOK_socket_sendmsg, &d));
	own_family = sk->__sk_common.skc_family;
	d.family = own_family;
	if (own_family != AF_INET && own_family != AF_INET6 && own_family != AF_UNIX)
		return errno_in_range(deny(&a, SBX_HOOK_socket_sendmsg, &d));
	/* Connected by whatever way: an SCTP socket has ways of its own. */
	d.protocol = sk->sk_protocol;
	if (own_family != AF_UNIX && !is_plain(sk))
		return errno_in_range(deny(&a, SBX_HOOK_socket_sendmsg, &d));
	name = msg->msg_name;
	if (!name || msg->msg_namelen <= 0)
		return 0;
	if (own_family != AF_UNIX) {
		if (bpf_probe_read_kernel(&family, sizeof(family), name))
			return errno_in_range(deny(&a, SBX_HOOK_socket_sendmsg, &d));
		/*
		 * udp_sendmsg() takes AF_UNSPEC for AF_INET; udpv6_sendmsg() for no address at
		 * all, but IPV6_ADDRFORM may turn its socket into the other kind meanwhile.
		 */
		if (family == AF_UNSPEC)
			family = AF_INET;
		d.why = judge_address(&a, &d, family, sk, name);
	}
	if (d.why == SBX_WHY_NONE)
		return 0;
	return errno_in_range(deny(&a, SBX_HOOK_socket_sendmsg, &d));
}

/*
 * The rules of its network's filters and its multicast routes, which may be the host's, have
 * options from these numbers on (linux/netfilter_ipv4/ip_tables.h and beside it, linux/mroute.h);
 * a socket's own are below, but for some of IPv6's.
 */
static __always_inline bool is_of_filter(int level, int option)
{
	if (level == SOL_IPV6)
		return option == 64 || option == 65 || option > 80;
	return level == SOL_IP && option >= 64;
}

SEC("lsm/socket_setsockopt")
int BPF_PROG(socket_setsockopt, struct socket *sock, int level, int option)
{
	return is_of_filter(level, option) ? deny_all(SBX_HOOK_socket_setsockopt) : 0;
}

/* SCTP binds and connects by setsockopt(2) and messages too, past socket_connect. */
SEC("lsm/sctp_bind_connect")
int BPF_PROG(sctp_bind_connect, struct sock *sk)
{
	struct sbx_denial d = { .protocol = IPPROTO_SCTP };
	struct actor a;

	identify(&a);
	if (a.standing == STANDING_HOST)
		return 0;
	return refuse(&a, SBX_HOOK_sctp_bind_connect, &d, SBX_WHY_FAMILY);
}

/*
 * What there are no hooks for on the way out can't be made: AF_XDP sends from poll(2). Nor a raw
 * socket, which hears what comes for others.
 */
SEC("lsm/socket_create")
int BPF_PROG(socket_create, int family, int type, int protocol, int kern)
{
	struct sbx_denial d = { .family = family, .protocol = protocol };
	struct actor a;

	if (kern || family == AF_UNIX || (family == AF_NETLINK && protocol == NETLINK_ROUTE))
		return 0;
	if ((family == AF_INET || family == AF_INET6) && type != SOCK_RAW)
		return 0;
	identify(&a);
	if (is_free(&a))
		return 0;
	return refuse(&a, SBX_HOOK_socket_create, &d, SBX_WHY_FAMILY);
}
