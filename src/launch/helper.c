/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/helper.h"

#include "base/cleanup.h"
#include "base/str.h"

#include "sandboxctl/exit.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* In a child: what the program says goes to `said`. */
_Noreturn static void exec_program(const char *path, char *const *argv, int said)
{
	sigset_t none;

	if (sigemptyset(&none) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
		dup2(said, STDERR_FILENO) == STDERR_FILENO)
		(void)execv(path, argv);
	(void)dprintf(said, "execute '%s': %s", path, strerror(errno));
	_exit(SANDBOXCTL_EXIT_NOT_FOUND);
}

/* What the program says is wrong is what is wrong with the run: one line, not two. */
static int failed(const char *name, int said, struct sbx_error *err)
{
	char line[sizeof(err->text)];
	ssize_t n = pread(said, line, sizeof(line) - 1, 0);
	const char *text;

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (!*line)
		return error_set(err, EPERM, "%s was killed", name);
	text = str_after(line, "sandboxctl: ");
	return error_set(err, EPERM, "%s", text ? text : line);
}

int helper_run(const char *libexec, char *const *argv, struct sbx_error *err)
{
	_cleanup_close_ int said = memfd_create(argv[0], MFD_CLOEXEC);
	char path[PATH_MAX];
	pid_t pid;
	int status;

	(void)snprintf(path, sizeof(path), "%s/%s", libexec, argv[0]);
	pid = said < 0 ? -1 : fork();
	if (pid < 0)
		return error_errno(err, errno, "start %s", argv[0]);
	if (pid == 0)
		exec_program(path, argv, said);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for %s", argv[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return failed(argv[0], said, err);
}
