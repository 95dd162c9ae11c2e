/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/autoload.h"

#include "base/cleanup.h"
#include "base/str.h"

#include "sandboxctl/exit.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* In a child: what lsm-load says goes to `said`. */
_Noreturn static void exec_lsm_load(const struct run_options *o, int said)
{
	char path[PATH_MAX];
	sigset_t none;

	(void)snprintf(path, sizeof(path), "%s/lsm-load", o->libexec);
	if (sigemptyset(&none) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
		dup2(said, STDERR_FILENO) == STDERR_FILENO)
		(void)execl(path, path, o->dirs.config, o->dirs.shipped, (char *)NULL);
	(void)dprintf(said, "execute '%s': %s", path, strerror(errno));
	_exit(SANDBOXCTL_EXIT_NOT_FOUND);
}

/* What lsm-load says is wrong is what is wrong with the run: one line, not two. */
static int lsm_load_failed(int said, struct sbx_error *err)
{
	char line[sizeof(err->text)];
	ssize_t n = pread(said, line, sizeof(line) - 1, 0);
	const char *text;

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	text = str_after(line, "sandboxctl: ");
	return error_set(err, EPERM, "%s", text ? text : *line ? line : "lsm-load was killed");
}

int autoload(const struct run_options *options, struct sbx_error *err)
{
	_cleanup_close_ int said = memfd_create("lsm-load", MFD_CLOEXEC);
	pid_t pid = said < 0 ? -1 : fork();
	int status;

	if (pid < 0)
		return error_errno(err, errno, "start lsm-load");
	if (pid == 0)
		exec_lsm_load(options, said);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for lsm-load");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return lsm_load_failed(said, err);
}
