/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/sandboxes.h"
#include "kernel/cgroup_events.h"
#include "launch/leaf.h"

#include <stdio.h>

/* Waits until nothing of it is left: nobody is there who could tell how it ends. */
static int wait_orphan(const struct sandbox_status *s, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	const char *name = NULL;
	int r = leaf_find(s->cgroup, &slice, &name, err);

	if (r == 0)
		r = cgroup_wait_gone(&slice, name, err);
	if (r < 0 && r != -ENOENT)
		return r;
	return error_set(err, ENODATA,
		"it has ended, but how is not known: its supervisor was killed before");
}

/* The report of --json-status-fd; in words to OUT, unless it is NULL. */
static int read_outcome(const struct sandbox_status *s, json_t *outcome, FILE *out, int *ret_exit)
{
	int exit_code, signal_number;
	const char *reason, *step, *error;

	if (json_unpack(outcome, "{s:i, s:i, s:s, s:s, s:s}", "exit_code", &exit_code, "signal",
		    &signal_number, "reason", &reason, "step", &step, "error", &error) < 0)
		return -EINVAL;
	*ret_exit = exit_code;
	if (!out)
		return 0;
	(void)fprintf(out, "%s/%s: reason=%s exit_code=%d", s->tenant, s->name, reason, exit_code);
	if (signal_number)
		(void)fprintf(out, " signal=%d", signal_number);
	if (*step)
		(void)fprintf(out, " step=%s", step);
	if (*error)
		(void)fprintf(out, ": %s", error);
	(void)fputc('\n', out);
	return 0;
}

/* 0 and the exit code of its command. */
static int wait_one(
	const struct sandbox_status *s, int fd, bool json, int *ret_exit, struct sbx_error *err)
{
	_cleanup_free_ char *text = NULL;
	json_t *outcome;
	int r;

	if (fd < 0)
		return error_set(err, ENOENT, "it has ended already");
	r = registry_wait(fd, &text, err);
	if (r == -ENODATA)
		return wait_orphan(s, err);
	if (r < 0)
		return r;
	outcome = json_loads(text, 0, NULL);
	r = read_outcome(s, outcome, json ? NULL : stdout, ret_exit);
	json_decref(outcome);
	if (r < 0)
		return error_set(err, EINVAL, "its supervisor left a report that can't be read");
	if (json)
		(void)fputs(text, stdout);
	/* The next one may last for days. */
	(void)fflush(stdout);
	return 0;
}

/* All are opened before the first is waited for: an outcome lasts no longer than its sandbox. */
static int *open_all(const struct sandboxes *list)
{
	int *fds = calloc(list->n + 1, sizeof(*fds));

	for (size_t i = 0; fds && i < list->n; i++) {
		fds[i] = -1;
		(void)registry_open_outcome_of(&list->v[i], &fds[i], NULL);
	}
	return fds;
}

/* The exit code of the first whose isn't 0. */
static int wait_all(const struct sandboxes *list, const int *fds, bool json)
{
	int first = CMD_DONE;

	for (size_t i = 0; i < list->n; i++) {
		const struct sandbox_status *s = &list->v[i];
		struct sbx_error err = { 0 };
		int exit_code = CMD_DONE;

		if (wait_one(s, fds[i], json, &exit_code, &err) < 0) {
			(void)error_prefix(&err, 0, "%s/%s", s->tenant, s->name);
			exit_code = cmd_fail(&err);
		}
		if (first == CMD_DONE)
			first = exit_code;
	}
	return first;
}

int cmd_wait(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_sandboxes_ struct sandboxes list = { 0 };
	_cleanup_free_ int *fds = NULL;
	struct sbx_error err = { 0 };
	unsigned int options;
	int exit_code;

	(void)context;
	if (cmd_operands("wait", argc, argv, 1, 1, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("wait"))
		return CMD_FAILED;
	if (sandboxes_find_ended(argv[optind], &list, &err) < 0)
		return cmd_fail(&err);
	fds = open_all(&list);
	if (!fds) {
		(void)error_errno(&err, ENOMEM, "wait");
		return cmd_fail(&err);
	}
	exit_code = wait_all(&list, fds, options & CMD_JSON);
	for (size_t i = 0; i < list.n; i++)
		close_fdp(&fds[i]);
	return exit_code;
}
