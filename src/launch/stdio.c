/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/stdio.h"

#include "launch/children.h"

#include <fcntl.h>

int stdio_open_log(struct run *run, struct sbx_error *err)
{
	const struct plan *plan = run->plan;

	return log_open(plan->options->log, run->entry.path, plan->policy->tenant, plan->name,
		&run->log, err);
}

/* Both streams into one pipe, so that they keep their order. */
static int open_pipe(struct run *run, struct sbx_error *err)
{
	int *out = &run->stdio[STDOUT_FILENO], *error = &run->stdio[STDERR_FILENO];
	int r = log_make_pipe(run->log, out, err);

	if (r < 0)
		return r;
	*error = fcntl(*out, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (*error < 0 || children_move_up(run, error) < 0 || children_move_up(run, out) < 0)
		return error_errno(err, errno, "open a pipe for the log");
	return 0;
}

static int open_null(const struct run *run, int *fd, struct sbx_error *err)
{
	*fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (*fd < 0 || children_move_up(run, fd) < 0)
		return error_errno(err, errno, "open '/dev/null'");
	return 0;
}

int stdio_open(struct run *run, struct sbx_error *err)
{
	int r = open_pipe(run, err);

	if (r == 0 && run->plan->options->detach)
		r = open_null(run, &run->stdio[STDIN_FILENO], err);
	return r;
}
