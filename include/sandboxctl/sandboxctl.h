/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsandboxctl: runs commands of tenants in sandboxes, from a program of one's own. See
 * sandboxctl(3) for a whole program, sandboxctl(1) for what a sandbox is.
 *
 * A sandbox is made and watched by the launcher, `sandboxctl run`, a process of its own that the
 * library starts: making one takes a process with a single thread. So the library works in any
 * program, however many threads that has. The launcher is the one that was installed with the
 * library; neither looks at the environment.
 *
 * Of all functions:
 * - They return 0, or a negative errno with words in `error`, which is the caller's, is written
 *   on failure only, and may be NULL. Outputs are written on success only.
 * - They print nothing, never exit, handle no signal and keep no state but in what they return.
 *   Every descriptor that they open is closed by exec.
 * - Different objects may be used by different threads at a time; one object by one thread at a
 *   time, but for sandboxctl_run_signal() and sandboxctl_run_kill(), which may be called while
 *   another thread waits.
 * - Names of tenants and sandboxes match [a-z0-9][a-z0-9-]{0,62}, and paths but the command's are
 *   absolute; others are -EINVAL.
 * - All but the functions on policies need root (-EPERM), and the host's /run and cgroup2 mount in
 *   sight.
 *
 * Structs grow at their end, and enums too: a value that isn't known is no error.
 */
#ifndef SANDBOXCTL_SANDBOXCTL_H
#define SANDBOXCTL_SANDBOXCTL_H

#include "sandboxctl/exit.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": of the library, in static memory. */
const char *sandboxctl_version(void);

/* What went wrong, a line each without its end, always terminated; the cure may be empty. */
struct sandboxctl_error {
	char text[512];
	char cure[256];
};

/* ---- policies ---- */

/* A tenant's policy that was read and found to be without an error. */
struct sandboxctl_policy;

/*
 * Reads the policy of a tenant, CONFIG_DIR/tenants/TENANT.ini with its drop-ins, as `sandboxctl
 * policy check` does. `config_dir` NULL: /etc/sandboxctl. -ENOENT where the tenant has none,
 * -EINVAL where it has errors: `error` has the first, with its place, and how many there are. The
 * caller frees `*ret_policy`.
 *
 * It is read again by each run, and by nobody in between: what is changed meanwhile counts for the
 * next run, which fails where it has become wrong.
 */
int sandboxctl_policy_open(const char *tenant, const char *config_dir,
	struct sandboxctl_policy **ret_policy, struct sandboxctl_error *error);

/* The same of a file anywhere, for a tenant; `tenant` NULL: whose name the file has. */
int sandboxctl_policy_open_file(const char *path, const char *tenant, const char *config_dir,
	struct sandboxctl_policy **ret_policy, struct sandboxctl_error *error);

/* Whose it is, and its file: valid as long as the policy. */
const char *sandboxctl_policy_tenant(const struct sandboxctl_policy *policy);
const char *sandboxctl_policy_path(const struct sandboxctl_policy *policy);

/* NULL is allowed. Runs that were started with it don't need it any more. */
void sandboxctl_policy_free(struct sandboxctl_policy *policy);

/* ---- running ---- */

/*
 * Beside the command. Begin with SANDBOXCTL_RUN_OPTIONS_INIT. All is borrowed for the call only.
 */
struct sandboxctl_run_options {
	size_t size; /* of this struct, as the program was built with it */
	const char *name; /* unique in its tenant; NULL: one that is made up */
	const char *const *env; /* "K=V", ends with NULL; NULL: none but the policy's */
	uint64_t timeout_ms; /* after which all of it is killed; 0: the policy's, if any */
	int stdin_fd, stdout_fd, stderr_fd; /* become the command's 0, 1, 2; -1: /dev/null */
	const char *launcher; /* path of the program; NULL: the one installed with the library */
	const char *const
		*set; /* "SECTION.KEY=VALUE" behind the policy's own, ends with NULL; or NULL */
};

/* clang-format off */
#define SANDBOXCTL_RUN_OPTIONS_INIT \
	{ sizeof(struct sandboxctl_run_options), NULL, NULL, 0, 0, 1, 2, NULL, NULL }
/* clang-format on */

/* A sandbox, from its start to its end. */
struct sandboxctl_run;

/*
 * Starts a command, `command[0]` being its path or a WASM module's, `command` ending with NULL, in
 * a sandbox of that policy. `options` NULL: the defaults.
 *
 * Comes back when the launcher was started, not the command: whatever fails from there on is the
 * run's outcome, SANDBOXCTL_REASON_SETUP. -EINVAL for an option that can't be, -E2BIG for one that
 * this library doesn't know, -ENOENT where there is no launcher; else what posix_spawn(3),
 * memfd_create(2) or fcntl(2) failed with.
 *
 * The launcher is a child of the calling process and gives it a SIGCHLD at its end;
 * sandboxctl_run_wait() reaps it. Where the program ignores SIGCHLD or reaps all of its children
 * itself, the outcome is the same. The sandbox outlives the program; who wants it to end with it
 * kills it.
 */
int sandboxctl_run_start(const struct sandboxctl_policy *policy,
	const struct sandboxctl_run_options *options, char *const command[],
	struct sandboxctl_run **ret_run, struct sandboxctl_error *error);

/*
 * A sandbox that somebody else has started, and that runs. -ENOENT: there is none of that name;
 * -EOWNERDEAD: its launcher was killed, so nobody will know how it ends: `sandboxctl kill` and
 * `sandboxctl gc` take it away.
 */
int sandboxctl_run_open(const char *tenant, const char *name, struct sandboxctl_run **ret_run,
	struct sandboxctl_error *error);

/* Valid as long as the run. */
const char *sandboxctl_run_tenant(const struct sandboxctl_run *run);
const char *sandboxctl_run_name(const struct sandboxctl_run *run);

/*
 * For event loops: a descriptor that poll(2) calls readable, POLLIN, from the run's end on. It
 * stays the run's: not to be read or closed.
 */
int sandboxctl_run_fd(const struct sandboxctl_run *run);

/*
 * Passes a signal on to the command: SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 or
 * SIGWINCH, others are -EINVAL. A second SIGTERM kills all of the sandbox. One that comes before
 * the command was started waits for it. -ESRCH: the run has ended.
 */
int sandboxctl_run_signal(
	struct sandboxctl_run *run, int signal_number, struct sandboxctl_error *error);

/*
 * Kills all that is in the sandbox, at once. It comes back before that is done: wait for it.
 * -ESRCH: the run has ended.
 */
int sandboxctl_run_kill(struct sandboxctl_run *run, struct sandboxctl_error *error);

/*
 * Frees the run, and not the sandbox: that goes on. A launcher that was not waited for is then a
 * child that the program has to reap as any other. NULL is allowed.
 */
void sandboxctl_run_free(struct sandboxctl_run *run);

/* ---- how it ended ---- */

enum sandboxctl_reason {
	SANDBOXCTL_REASON_EXIT, /* by itself */
	SANDBOXCTL_REASON_SIGNAL, /* by a signal */
	SANDBOXCTL_REASON_OOM, /* killed for memory.max */
	SANDBOXCTL_REASON_SECCOMP, /* killed by the filter */
	SANDBOXCTL_REASON_LSM, /* by itself, not with 0, after the LSM had denied it something */
	SANDBOXCTL_REASON_TIMEOUT, /* killed: it ran too long, or its runtime hung at its start */
	SANDBOXCTL_REASON_SETUP, /* it never ran: `step` failed with `error` */
};

/* "exit", "oom": as in reports. "unknown" for what is no reason. */
const char *sandboxctl_reason_name(enum sandboxctl_reason reason);

/* What the LSM denied at one of its hooks, "file_open". */
struct sandboxctl_denied {
	const char *hook;
	uint64_t count;
};

/*
 * The texts are never NULL. Those of denials and errors name files as the tenant has named them:
 * printable, and to be escaped as any text of others where they go into HTML or the like.
 */
struct sandboxctl_outcome {
	enum sandboxctl_reason reason;
	int exit_code; /* what `sandboxctl run` exits with, 0 to 255: see sandboxctl/exit.h */
	int signal; /* that ended the command; 0: none */
	int pid; /* the command's, of the past by now; 0: it never was */
	const char *tenant, *name;
	/*
	 * That failed, of SANDBOXCTL_REASON_SETUP; "watch-module", of SANDBOXCTL_REASON_TIMEOUT
	 * where a runtime hung at its start; else "".
	 */
	const char *step;
	const char *error, *cure; /* its words; else of what went wrong while cleaning up */
	int lsm; /* 1: it was enforced; 0: the host has `lsm = off`; -1: it never came to that */
	uint64_t oom_kills; /* in this sandbox */
	uint64_t pids_max_hits; /* forks refused in the tenant while it ran */
	uint64_t denials; /* of the LSM, in all */
	const struct sandboxctl_denied *denied; /* by hook, where there were any */
	size_t n_denied;
	const char *last_denial, *last_denial_hook, *last_denial_why; /* in words; "" without one */
};

/*
 * Waits for the end, at most `timeout_ms`, -1: for as long as it takes; a signal that the program
 * handles doesn't end it. The outcome is the run's and valid as long as that; asked again, it is
 * the same one. -ETIMEDOUT: it still runs. -ENODATA: the launcher was killed and told nothing.
 * -EBADMSG: what it told can't be read.
 */
int sandboxctl_run_wait(struct sandboxctl_run *run, int timeout_ms,
	const struct sandboxctl_outcome **ret_outcome, struct sandboxctl_error *error);

/* ---- what it uses ---- */

/* Of a sandbox's cgroup. Times in microseconds, sizes in bytes, pressure see below. */
enum sandboxctl_stat {
	SANDBOXCTL_STAT_CPU_USAGE,
	SANDBOXCTL_STAT_CPU_USER,
	SANDBOXCTL_STAT_CPU_SYSTEM,
	SANDBOXCTL_STAT_CPU_THROTTLED, /* held back by cpu.max */
	SANDBOXCTL_STAT_MEMORY,
	SANDBOXCTL_STAT_MEMORY_PEAK,
	SANDBOXCTL_STAT_MEMORY_MAX, /* the limit */
	SANDBOXCTL_STAT_SWAP,
	SANDBOXCTL_STAT_OOM_KILLS,
	SANDBOXCTL_STAT_PIDS,
	SANDBOXCTL_STAT_PIDS_MAX, /* the limit */
	SANDBOXCTL_STAT_PIDS_MAX_HITS, /* forks refused */
	SANDBOXCTL_STAT_IO_READ, /* of all devices */
	SANDBOXCTL_STAT_IO_WRITTEN,
	/* Hundredths of a percent of the last 10 s in which some, and all, of its tasks waited. */
	SANDBOXCTL_STAT_CPU_SOME,
	SANDBOXCTL_STAT_CPU_FULL,
	SANDBOXCTL_STAT_MEMORY_SOME,
	SANDBOXCTL_STAT_MEMORY_FULL,
	SANDBOXCTL_STAT_IO_SOME,
	SANDBOXCTL_STAT_IO_FULL,
	SANDBOXCTL_N_STATS /* that this header knows */
};

/* Instead of a number: this host has no such figure; there is no limit. */
#define SANDBOXCTL_STAT_ABSENT	  UINT64_MAX
#define SANDBOXCTL_STAT_UNLIMITED (UINT64_MAX - 1)

/*
 * Fills `values`, indexed by enum sandboxctl_stat, of which there is room for `n`, usually
 * SANDBOXCTL_N_STATS. -EAGAIN: it isn't there yet; -ESRCH: the run has ended.
 */
int sandboxctl_run_stats(
	struct sandboxctl_run *run, uint64_t *values, size_t n, struct sandboxctl_error *error);

/* ---- what there is ---- */

enum sandboxctl_state {
	SANDBOXCTL_STATE_RUNNING,
	SANDBOXCTL_STATE_FROZEN,
	SANDBOXCTL_STATE_ORPHANED, /* its launcher was killed; what is left is still enforced */
};

struct sandboxctl_status {
	const char *tenant, *name;
	enum sandboxctl_state state;
	int pid; /* the command's; 0: not started yet */
	int supervisor; /* the launcher's */
	int64_t started; /* seconds since the epoch */
	const char *cgroup; /* below the cgroup2 mount */
	const char *policy; /* the file that it was started with */
};

/*
 * Calls `visit` for each sandbox, of that tenant (NULL: of all), in the order of their names; what
 * it is given is valid during that call. The first answer that isn't 0 ends it and is returned,
 * with `error` unwritten.
 */
int sandboxctl_each(const char *tenant,
	int (*visit)(const struct sandboxctl_status *status, void *arg), void *arg,
	struct sandboxctl_error *error);

#ifdef __cplusplus
}
#endif

#endif
