/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is watched is this sandbox's own mount of the module. So it is nobody else's opening of the
 * same file that counts, and no process id has to be asked whose it is.
 */
#include "launch/module_watch.h"

#include "kernel/fanotify.h"
#include "launch/run.h"

#include <poll.h>

bool module_watch_applies(const struct run *run)
{
	return run->plan->runtime && run->plan->policy->runtime.start_timeout != USEC_INFINITY;
}

/* The bind that the plan has made of the module: its path is the plan's own. */
static int module_tree(const struct plan *plan)
{
	for (size_t i = 0; i < plan->root.n_binds; i++)
		if (plan->binds[i].path == plan->module_path)
			return plan->binds[i].tree;
	return -1;
}

int module_watch_open(struct run *run, struct sbx_error *err)
{
	int r = fanotify_watch_mount(module_tree(run->plan), run->plan->uid, &run->module.fd, err);

	if (r < 0 && r != -EMFILE)
		return error_cure(err, r,
			"use a kernel with CONFIG_FANOTIFY=y; start.timeout = infinity in "
			"[runtime] of '%s' does without",
			run->plan->policy->path);
	return r;
}

void module_watch_begin(struct run *run)
{
	if (run->module.fd >= 0)
		run->module.deadline = clock_usec() + run->plan->policy->runtime.start_timeout;
}

void module_watch_close(struct module_watch *watch)
{
	close_fdp(&watch->fd);
	*watch = MODULE_WATCH_INIT;
}

bool module_watch_is_over(struct run *run)
{
	struct pollfd opened = { .fd = run->module.fd, .events = POLLIN };
	bool is_late;

	if (opened.fd < 0)
		return false;
	is_late = clock_usec() >= run->module.deadline;
	/* Asked behind the time: this process may have waited for its turn meanwhile. */
	if (poll(&opened, 1, 0) > 0) {
		module_watch_close(&run->module);
		return false;
	}
	if (is_late)
		module_watch_close(&run->module);
	return is_late;
}

void module_watch_explain(const struct run *run, struct sbx_error *err)
{
	const struct policy *policy = run->plan->policy;
	uint64_t usec = policy->runtime.start_timeout;
	bool in_seconds = usec % 1000000 == 0;
	const struct sbx_error before = *err;

	(void)error_set(err, ETIMEDOUT, "%s didn't open its module within %llu %s",
		run->plan->runtime->name,
		(unsigned long long)(usec / (in_seconds ? 1000000 : 1000)),
		in_seconds ? "s" : "ms");
	(void)error_cure(err, 0, "raise start.timeout in [runtime] of '%s'", policy->path);
	if (*before.text)
		error_append(err, &before);
}
