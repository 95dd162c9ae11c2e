/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run will do, complete before anything is done: descriptors opened, ids and rules resolved,
 * the seccomp program compiled, command lines built. Steps read it and never change it.
 */
#ifndef SBX_LAUNCH_PLAN_H
#define SBX_LAUNCH_PLAN_H

#include "kernel/mounts.h"
#include "kernel/resolve.h"
#include "kernel/seccomp.h"
#include "launch/command.h"
#include "launch/run_options.h"
#include "launch/runtime.h"
#include "lsm/rules.h"
#include "policy/allowlist.h"
#include "policy/policy.h"
#include "policy/reach.h"
#include "state/registry.h"

#include <limits.h>
#include <linux/sched.h> /* CLONE_NEWTIME */
#include <sched.h>
#include <sys/types.h>

/* As many sockets may come from who starts this process, and where they begin: sd_listen_fds(3). */
enum {
	PLAN_FIRST_SOCKET = 3,
	PLAN_GIVEN_MAX = 64,
	PLAN_SOCKETS_MAX = PLAN_GIVEN_MAX + POLICY_SOCKETS_MAX,
};

/*
 * Descriptors of a child between close_range and exec, which ends them. Of a command that is handed
 * sockets they are as much higher as it has sockets.
 */
enum {
	PLAN_DONE_FD = 3,
	PLAN_EXEC_FD = 4,
	PLAN_READY_FD = 5,
	PLAN_SUPERVISOR_FD = 6,
	PLAN_USERNS_FD = 7,
	PLAN_LAST_FD = PLAN_USERNS_FD,
};

#define PLAN_PATH_MAX	4096
#define PLAN_LISTEN_PID "0000000000"

struct plan {
	const struct run_options *options;
	struct host_config host;
	struct policy *policy;
	char name[NAME_MAX_LEN + 1];
	struct sandbox_status *sandbox; /* that it goes into; NULL: a new one is made */
	/* registry_updates() before the tenant's policy was read; UINT64_MAX: it wasn't. */
	uint64_t updates;
	uint32_t tenant_id; /* 0: none yet, with only_plan */
	/* Of all of its processes; chosen in identity.h, and nowhere else. */
	uid_t uid;
	gid_t gid;
	uint32_t root_id; /* uid and gid outside of who is 0 in a user namespace; no tenant's */
	uint64_t timeout; /* usec */

	struct command command;
	char command_path[PLAN_PATH_MAX]; /* the same, as the sandbox sees it */
	struct resolved runtime_place; /* fd -1: no runtime */
	const struct runtime *runtime; /* NULL: none */
	char module_path[PLAN_PATH_MAX]; /* inside the sandbox */

	int exec_fd; /* borrowed from command or runtime_place */
	char exec_path[PLAN_PATH_MAX]; /* of the same, inside the sandbox */
	bool is_script; /* executed by its path, as its interpreter wants it */
	struct strv argv, env;

	struct strv socket_names; /* one for each that the command is handed; a runtime none */
	size_t n_given; /* the first of them: this process was handed these */
	char *listen_pid; /* in `env`, with room for PLAN_LISTEN_PID; NULL without sockets */

	struct resolved init_place; /* fd -1: no pid namespace, and no init */
	int init_fd; /* the same, on a read-only mount of nobody's */

	struct resolved *places; /* of the policy's grants, in their order */
	size_t n_places;
	struct lsm_grant *grants; /* of the places, and what the command itself needs */
	size_t n_grants;
	struct root_bind *binds;
	struct strv folders; /* the paths of those that are mounted anew */
	struct root_link *links;
	struct root_spec root;

	struct allowlist syscalls; /* empty where `filter` was in the cache */
	struct seccomp_program filter;
	bool filter_allows_read; /* so the command may still wait for its init behind it */
	uint64_t filter_digest; /* of what it comes of, for launch/walls.h */
};

/*
 * Where it fails `ret_exit` is the exit code: 125, or 126 and 127 where it is about the command.
 * The only trace that it leaves is a tenant's id and an entry in the cache, which both are for
 * good.
 */
int plan_make(const struct run_options *options, struct plan **ret_plan, int *ret_exit,
	struct sbx_error *err);

/*
 * No more than the policy, as a sandbox of that name has it, its tenant's ids and the host's
 * configuration.
 */
int plan_make_policy(
	const struct run_options *options, struct plan **ret_plan, struct sbx_error *err);

/*
 * The plan of a sandbox that runs already, by what its policy says now: all but its command line
 * and what would be mounted. Of the options tenant, name, dirs, libexec and cache count. Where its
 * module is gone `command.place.fd` is -1, and it has no rights on it.
 */
int plan_make_running(const struct run_options *options, const struct sandbox_status *sandbox,
	struct plan **ret_plan, struct sbx_error *err);

struct plan *plan_free(struct plan *plan);

/* What is granted, with its real paths, one for each of `places`; owned. NULL: no memory. */
struct reach_place *plan_places(const struct plan *plan);
static inline void plan_freep(struct plan **plan)
{
	(void)plan_free(*plan);
}
#define _cleanup_plan_ _cleanup_(plan_freep)

/*
 * Of write and exec, what the host's own mount of its folder keeps from all in there; NAME is a
 * place that nothing has. 0 or -errno.
 */
int plan_host_keeps(const struct resolved *name, unsigned int *ret_rights);

/* What the LSM is told of it; it points into the plan. */
static inline struct lsm_rules plan_rules(const struct plan *plan)
{
	return (struct lsm_rules){
		.tenant = plan->tenant_id,
		.mode = plan->policy->lsm.mode,
		.grants = plan->grants,
		.n_grants = plan->n_grants,
		.connect = plan->policy->network.connect,
		.n_connect = plan->policy->network.n_connect,
	};
}

/* How many sockets this process was given; none where its environment speaks of another one. */
int plan_count_given(int *ret_n, struct sbx_error *err);

static inline int plan_n_sockets(const struct plan *plan)
{
	return (int)plan->socket_names.n;
}

static inline bool plan_has_init(const struct plan *plan)
{
	return plan->init_place.fd >= 0;
}

/* CLONE_NEW* of those that the policy turns on and off: which are born with a child, ... */
static inline int plan_birth_namespaces(const struct plan *plan)
{
	return (plan->policy->namespaces.uts ? CLONE_NEWUTS : 0) |
	       (plan->policy->namespaces.time ? CLONE_NEWTIME : 0);
}

/* ... and which it makes in its set-up. */
static inline int plan_set_up_namespaces(const struct plan *plan)
{
	return (plan->policy->namespaces.ipc ? CLONE_NEWIPC : 0) |
	       (plan->policy->namespaces.cgroup ? CLONE_NEWCGROUP : 0);
}

/* Its children join that one late: all that they make before is the host's root's (userns.h). */
static inline bool plan_has_userns(const struct plan *plan)
{
	return plan->policy->namespaces.user;
}

/* What its /proc is to show; it has none without a pid namespace. */
static inline bool plan_has_proc(const struct plan *plan)
{
	return plan_has_init(plan) && plan->policy->filesystem.proc != POLICY_PROC_NONE;
}

#endif
