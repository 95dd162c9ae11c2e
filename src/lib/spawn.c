/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

struct spawn {
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int high[SPAWN_N_FDS]; /* owned copies, which the numbers that they go to can't hit */
};

static int copy_high(struct spawn *s, const int *fds, struct sbx_error *err)
{
	for (int i = 0; i < SPAWN_N_FDS; i++) {
		s->high[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD_CLOEXEC, SPAWN_N_FDS);
		if (fds[i] >= 0 && s->high[i] < 0)
			return error_errno(err, errno, "copy descriptor %d", fds[i]);
	}
	return 0;
}

/* Each returns 0 or an errno, as posix_spawn(3)'s functions do. */
static int set_actions(struct spawn *s)
{
	int e = 0;

	for (int i = 0; i < SPAWN_N_FDS && e == 0; i++)
		e = s->high[i] < 0 ? posix_spawn_file_actions_addopen(
					     &s->actions, i, "/dev/null", O_RDWR, 0)
				   : posix_spawn_file_actions_adddup2(&s->actions, s->high[i], i);
	return e ? e : posix_spawn_file_actions_addclosefrom_np(&s->actions, SPAWN_N_FDS);
}

static int set_attributes(struct spawn *s)
{
	sigset_t all;
	int e;

	(void)sigfillset(&all);
	e = posix_spawnattr_setsigmask(&s->attributes, &all);
	if (e == 0)
		e = posix_spawnattr_setsigdefault(&s->attributes, &all);
	return e ? e
		 : posix_spawnattr_setflags(
			   &s->attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int start(struct spawn *s, const char *path, char *const argv[], pid_t *ret_pid)
{
	char *const none[] = { NULL };
	int e = set_actions(s);

	if (e == 0)
		e = set_attributes(s);
	return e ? e : posix_spawn(ret_pid, path, &s->actions, &s->attributes, argv, none);
}

static int start_launcher(struct spawn *s, const char *path, char *const argv[], pid_t *ret_pid,
	struct sbx_error *err)
{
	int e = posix_spawn_file_actions_init(&s->actions);

	if (e)
		return error_errno(err, e, "start '%s'", path);
	e = posix_spawnattr_init(&s->attributes);
	if (e == 0) {
		e = start(s, path, argv, ret_pid);
		(void)posix_spawnattr_destroy(&s->attributes);
	}
	(void)posix_spawn_file_actions_destroy(&s->actions);
	return e ? error_errno(err, e, "start '%s'", path) : 0;
}

/*
 * There is room for a descriptor: some were just closed. Where the program ignores SIGCHLD the
 * launcher may have vanished already; what stands in for it is as readable as it would be.
 */
static int open_pidfd(pid_t pid, int *ret_pidfd, struct sbx_error *err)
{
	int fd = pidfd_open(pid, 0);

	if (fd < 0 && errno == ESRCH)
		fd = eventfd(1, EFD_CLOEXEC);
	if (fd >= 0) {
		*ret_pidfd = fd;
		return 0;
	}
	(void)error_errno(err, errno, "watch the launcher");
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return -EMFILE;
}

int spawn_launcher(const char *path, char *const argv[], const int fds[static SPAWN_N_FDS],
	pid_t *ret_pid, int *ret_pidfd, struct sbx_error *err)
{
	struct spawn s = { .high = { -1, -1, -1, -1 } };
	int r = copy_high(&s, fds, err);

	if (r == 0)
		r = start_launcher(&s, path, argv, ret_pid, err);
	for (int i = 0; i < SPAWN_N_FDS; i++)
		close_fdp(&s.high[i]);
	return r < 0 ? r : open_pidfd(*ret_pid, ret_pidfd, err);
}
