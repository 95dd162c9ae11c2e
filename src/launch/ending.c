/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/ending.h"

#include "lsm/rules.h"

#include "sandboxctl/exit.h"

#include <signal.h>
#include <sys/socket.h>

static void set_end(struct outcome *outcome, const siginfo_t *end)
{
	if (end->si_code == CLD_EXITED) {
		outcome->reason = OUTCOME_EXIT;
		outcome->exit_code = end->si_status;
	} else {
		outcome->reason = OUTCOME_SIGNAL;
		outcome->signal = end->si_status;
		outcome->exit_code = 128 + end->si_status;
	}
}

/* No unix socket can be connected yet, and every shell asks one for users' names: no reason. */
static bool was_denied(const struct outcome *o)
{
	return outcome_denials(o) > 0 &&
	       !(o->leaf.last.hook == SBX_HOOK_socket_connect && o->leaf.last.family == AF_UNIX);
}

/* A status alone doesn't say why: runtimes turn a denial into any code of theirs. */
void ending_set_reason(struct run *run, const struct ending *ending)
{
	struct outcome *o = run->outcome;

	set_end(o, &ending->command);
	if (ending->timed_out) {
		o->reason = OUTCOME_TIMEOUT;
		o->exit_code = SANDBOXCTL_EXIT_TIMEOUT;
		if (ending->hung) {
			(void)stpcpy(o->step, MODULE_WATCH_STEP);
			module_watch_explain(run, &o->error);
		}
	} else if (o->signal == SIGKILL && o->oom_kills > 0) {
		o->reason = OUTCOME_OOM;
	} else if (o->signal == SIGSYS) {
		o->reason = OUTCOME_SECCOMP;
	} else if (o->exit_code != 0 && !o->signal && was_denied(o)) {
		o->reason = OUTCOME_LSM;
	}
}

/* Where its cgroup is gone by now, nobody knows any more. */
static uint64_t counted(
	const struct cgroup *cgroup, const char *file, const char *key, uint64_t before)
{
	uint64_t now = cgroup_event(cgroup, file, key);

	return now > before ? now - before : 0;
}

void ending_count(struct run *run)
{
	const struct counters *before = &run->before;
	struct outcome *o = run->outcome;
	uint64_t own_hits;

	o->oom_kills = counted(&run->leaf, "memory.events", "oom_kill", before->oom_kills);
	o->pids_max_hits = counted(&run->slice, "pids.events", "max", before->pids_max);
	/* Up to 6.1 the kernel counts where the limit was met, from then on above it too. */
	own_hits = counted(&run->leaf, "pids.events", "max", before->own_pids_max);
	if (own_hits > o->pids_max_hits)
		o->pids_max_hits = own_hits;
	if (!o->lsm || lsm_leaf_get(&run->lsm, run->leaf.id, &o->leaf) < 0)
		return;
	/* Killed within execve(2), before the point of no return: only the LSM can tell. */
	if (!o->leaf.executed)
		run->started = false;
	for (size_t i = 0; i < SBX_N_HOOKS; i++)
		o->leaf.denied[i] -= before->leaf.denied[i];
	o->leaf.audited -= before->leaf.audited;
	(void)rules_mode(&run->lsm, o->leaf.policy, &o->mode);
}
