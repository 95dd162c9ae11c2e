/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command line asks of a run.
 */
#ifndef SBX_LAUNCH_RUN_OPTIONS_H
#define SBX_LAUNCH_RUN_OPTIONS_H

#include "policy/policy.h"

#include <stdbool.h>
#include <stdint.h>

#define TRACE_BEGINS UINT64_MAX

struct outcome;
struct plan;

/* All borrowed; NULL and 0 where not given. */
struct run_options {
	struct policy_dirs dirs;
	const char *libexec; /* folder of lsm-load and the runtimes */
	const char *cache; /* folder of compiled seccomp programs */
	const char *tenant, *policy_file, *name;
	const struct strv *settings; /* "SECTION.KEY=VALUE" */
	const struct strv *env; /* "K=V" or "K" */
	const struct strv *mounts; /* "SRC:DST[:ro]" */
	uint64_t timeout; /* usec; 0: the policy's */
	char *const *command; /* at least one word; ends with NULL */
	/*
	 * Called before each step of the parent, with TRACE_BEGINS, and when a step is done, with
	 * the time that it took; may be NULL.
	 */
	void (*trace)(const char *step, uint64_t nsec);
	/* Writes how it ended, for those who wait for the sandbox; may be NULL. 0 or -errno. */
	int (*report)(const struct outcome *outcome, int fd);
	/* Called at the end, where it came to a plan; may be NULL. */
	void (*ended)(const struct plan *plan, const struct outcome *outcome, void *arg);
	void *ended_arg;
	bool only_plan; /* nothing will be done: no id is assigned */
	/* `exec`: the command goes into the sandbox `name` of `tenant`, which runs. */
	bool exec;
	const char *log; /* where stdout and stderr go: a path, or "journal"; NULL: not said */
	bool tty; /* the command has a terminal of the sandbox's own: terminal.h */
	bool detach; /* the supervisor stays in the background: detach.h */
	int caller; /* pipe to whoever waits for the command to be executed; for `detach` */
};

/* Whether what the command writes is taken by the launcher. In the background it always is. */
static inline bool options_want_log(const struct run_options *options)
{
	return options->log || options->detach;
}

#endif
