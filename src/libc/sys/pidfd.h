/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SBX_LIBC_SYS_PIDFD_H
#define SBX_LIBC_SYS_PIDFD_H

#if __has_include_next(<sys/pidfd.h>)
#include_next <sys/pidfd.h>
#else
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static inline int pidfd_open(pid_t pid, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline int pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, flags);
}

static inline int pidfd_send_signal(int pidfd, int number, siginfo_t *info, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, number, info, flags);
}
#endif

#endif
