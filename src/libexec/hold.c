/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold: the main process of sandboxctl.service, which does nothing but be there. systemd removes a
 * service's cgroup when nobody is in it, and ends what is in it together with the main process.
 *
 * So it stays, out of the way of the tenants' cgroups; and when the service is stopped, and all are
 * asked to end, it is the last to go: only then comes ExecStopPost=, which unloads the LSM.
 */
#include "base/fs.h"
#include "base/str.h"
#include "kernel/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

/* The cgroup that systemd has put us into, as proc(5) tells: "0::/system.slice/sandboxctl.service".
 */
static int open_own(struct cgroup *ret_own, struct sbx_error *err)
{
	char text[512], *path;
	unsigned int level;
	ssize_t n = fs_read(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));

	path = n < 0 ? NULL : strstr(text, "0::/");
	if (!path)
		return error_set(err, ENOTSUP, "/proc/self/cgroup tells of no cgroup v2");
	path += strlen("0::");
	path[strcspn(path, "\n")] = '\0';
	return cgroup_open_base(path, ret_own, &level, err);
}

/* A cgroup with processes in it can't give limits to its children. */
static int make_room(struct cgroup *ret_own, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup control = CGROUP_INIT;
	int r = open_own(ret_own, err);

	if (r == 0 && !cgroup_is_delegated(ret_own)) {
		r = error_set(err, EPERM, "cgroup '%s' is not delegated", ret_own->path);
		return error_cure(
			err, r, "'Delegate=yes' in sandboxctl.service, which starts this");
	}
	if (r == 0)
		r = cgroup_make_control(ret_own, &control, err);
	if (r < 0)
		return r;
	r = fs_write(control.fd, "cgroup.procs", "0");
	return r < 0 ? error_errno(err, -r, "go into cgroup '%s'", control.path) : 0;
}

/* sd_notify(3): one datagram. '@' stands for the first byte of an abstract name. */
static int tell_systemd(const char *text, struct sbx_error *err)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path ? strlen(path) : 0;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);

	if (n == 0 || n >= sizeof(to.sun_path))
		return error_set(err, EINVAL, "NOTIFY_SOCKET is no path: 'Type=notify' is missing");
	memcpy(to.sun_path, path, n);
	if (*to.sun_path == '@')
		*to.sun_path = '\0';
	if (fd < 0 || sendto(fd, text, strlen(text), 0, (const struct sockaddr *)&to, size) < 0)
		return error_errno(err, errno, "tell systemd");
	return 0;
}

static int hold(struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup own = CGROUP_INIT;
	sigset_t term;
	int number, r;

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, NULL);
	r = make_room(&own, err);
	if (r == 0)
		r = tell_systemd("READY=1", err);
	if (r < 0)
		return r;
	(void)sigwait(&term, &number);
	return cgroup_wait_idle(&own, err);
}

int main(int argc, char **argv)
{
	struct sbx_error err = { 0 };
	int r;

	(void)argv;
	if (argc > 1) {
		(void)fprintf(stderr, "hold: for sandboxctl.service, not for people\n");
		return 2;
	}
	r = hold(&err);
	if (r < 0)
		(void)fprintf(stderr, "sandboxctl: hold: %s%s%s\n", err.text, *err.cure ? ": " : "",
			err.cure);
	return r < 0 ? 1 : 0;
}
