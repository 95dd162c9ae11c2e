/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP sockets that listen: opened here for somebody else, and those that somebody else has opened.
 */
#ifndef SBX_KERNEL_LISTENER_H
#define SBX_KERNEL_LISTENER_H

#include "base/error.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Opens a socket that listens on an address, IPv4 as ::ffff:a.b.c.d, in a network namespace (-1:
 * this process' own), and belongs to a uid and a gid. The process has one thread only. The
 * descriptor is CLOEXEC.
 */
int listener_open(int netns, const struct in6_addr *address, uint16_t port, uid_t uid, gid_t gid,
	int *ret_fd, struct sbx_error *err);

/*
 * Whether a descriptor is a TCP socket, or a unix one of a connected type, that listens.
 * -EINVAL: it isn't, and `err` says what it is. *ret_inet: it is of a network namespace.
 */
int listener_check(int fd, bool *ret_inet, struct sbx_error *err);

#endif
