/* SPDX-License-Identifier: Apache-2.0 */
#include "libexec/canary.h"

#include "kernel/clone.h"
#include "lsm/home.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

static const struct sockaddr_in discard = { .sin_family = AF_INET };

static int try_open(void)
{
	_cleanup_close_ int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

static int try_connect(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (const struct sockaddr *)&discard, sizeof(discard)) < 0 ? errno : 0;
}

static int try_sendto(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return sendto(fd, "", 1, 0, (const struct sockaddr *)&discard, sizeof(discard)) < 0 ? errno
											    : 0;
}

/* Each must end in EACCES, which nothing but our hooks would answer root here. */
static const struct {
	const char *hook;
	int (*attempt)(void);
} attempts[] = {
	{ "file_open", try_open },
	{ "socket_connect", try_connect },
	{ "socket_sendmsg", try_sendto },
};

/* The number of the first attempt that got through, counted from 1; 0: none did. */
static int run_attempts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		if (attempts[i].attempt() != EACCES)
			return (int)i + 1;
	return 0;
}

static int wait_for(int pidfd, struct sbx_error *err)
{
	siginfo_t info = { 0 };

	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for the canary");
	if (info.si_code != CLD_EXITED)
		return error_set(err, EPERM, "the canary died of signal %d", info.si_status);
	if (info.si_status > 0 && (size_t)info.si_status <= ARRAY_SIZE(attempts))
		return error_set(err, EPERM,
			"the LSM is attached and doesn't deny: hook '%s' let the canary through",
			attempts[info.si_status - 1].hook);
	return info.si_status == 0 ? 0 : error_set(err, EPERM, "the canary failed");
}

static int fly(const struct cgroup *cage, struct sbx_error *err)
{
	_cleanup_close_ int pidfd = -1;
	pid_t pid = clone_into_cgroup(0, cage->fd, &pidfd, err);

	if (pid < 0)
		return (int)pid;
	if (pid == 0)
		_exit(run_attempts());
	return wait_for(pidfd, err);
}

int canary_is_denied(const struct cgroup *base, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup cage = CGROUP_INIT;
	int r, removed;

	/* One is there only where a loader was killed: there is no other than us. */
	r = cgroup_make(base, LSM_CANARY, false, &cage, err);
	if (r < 0)
		return r;
	r = fly(&cage, err);
	removed = cgroup_remove(base, LSM_CANARY, &cage, r < 0 ? NULL : err);
	return r < 0 ? r : removed;
}
