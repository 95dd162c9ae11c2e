/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/sandboxes.h"
#include "kernel/cgroup_signal.h"
#include "launch/leaf.h"

#include <signal.h>
#include <stdio.h>

const struct cmd_option cmd_kill_options[] = {
	{ "signal", 's', .id = 's', .arg = "SIGNAL", .help = "to its command alone, as TERM" },
	{ 0 },
};

/* What its supervisor would do at its end, which it doesn't any more. */
static int end_orphan(const struct sandbox_status *s, struct sbx_error *err)
{
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	int r = lsm_open(&lsm, err);

	if (r < 0 && r != -ENOENT)
		return r;
	r = leaf_remove_orphan(r == 0 ? &lsm : NULL, s->tenant, s->name, s->cgroup, err);
	/* The next run of that name was faster, and has ended it. */
	return r == -EBUSY ? 0 : r;
}

static int kill_all(const struct sandbox_status *s, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	int r;

	if (!s->running)
		return end_orphan(s, err);
	r = sandbox_open(s, &leaf, err);
	if (r == 0)
		r = cgroup_kill(&leaf, err);
	return r;
}

static int send_one(const struct sandbox_status *s, int signal_number, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	int r = sandbox_open(s, &leaf, err);

	if (r == 0)
		r = cgroup_signal(&leaf, s->pid, signal_number, err);
	if (r == -ESRCH && !s->running)
		(void)error_cure(err, r, "without --signal what it has left is killed");
	return r;
}

static int act(const struct sandbox_status *s, void *arg, struct sbx_error *err)
{
	int signal_number = *(const int *)arg;

	return signal_number == SIGKILL ? kill_all(s, err) : send_one(s, signal_number, err);
}

/* "TERM", "SIGTERM", or its number. */
static int parse_signal(const char *text, int *ret_signal)
{
	const char *name = str_after(text, "SIG");
	uint32_t number;

	if (str_to_u32(text, &number) == 0) {
		if (number < 1 || number > (uint32_t)SIGRTMAX)
			return -EINVAL;
		*ret_signal = (int)number;
		return 0;
	}
	for (int i = 1; i < SIGRTMIN; i++)
		if (sigabbrev_np(i) && streq(sigabbrev_np(i), name ? name : text)) {
			*ret_signal = i;
			return 0;
		}
	return -EINVAL;
}

int cmd_kill(const struct cmd_context *context, int argc, char **argv)
{
	int option, exit_code, signal_number = SIGKILL;

	(void)context;
	while ((option = cmd_next_option(cmd_kill_options, argc, argv)) >= 0)
		if (parse_signal(optarg, &signal_number) < 0) {
			(void)fprintf(stderr,
				"sandboxctl: kill: --signal '%s' is not a signal, such as TERM or "
				"15\n",
				optarg);
			return CMD_USAGE;
		}
	if (cmd_end_options("kill", option, argc, argv, 1, 1, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("kill"))
		return CMD_FAILED;
	return sandboxes_each(argv[optind], act, &signal_number);
}
