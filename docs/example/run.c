/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command as a tenant, and says how it ended.
 *
 * cc run.c $(pkg-config --cflags --libs sandboxctl) -o run && ./run acme /usr/bin/true
 */
#include <sandboxctl/sandboxctl.h>

#include <stdio.h>

static void complain(const char *text, const char *cure)
{
	fprintf(stderr, "%s%s%s\n", text, *cure ? ": " : "", cure);
}

int main(int argc, char **argv)
{
	const struct sandboxctl_outcome *outcome;
	struct sandboxctl_policy *policy = NULL;
	struct sandboxctl_run *run = NULL;
	struct sandboxctl_error error;
	int r, exit_code = SANDBOXCTL_EXIT_SETUP;

	if (argc < 3) {
		fprintf(stderr, "usage: run TENANT COMMAND [ARG]...\n");
		return exit_code;
	}
	r = sandboxctl_policy_open(argv[1], NULL, &policy, &error);
	if (r == 0)
		r = sandboxctl_run_start(policy, NULL, argv + 2, &run, &error);
	if (r == 0)
		r = sandboxctl_run_wait(run, -1, &outcome, &error);
	if (r < 0) {
		complain(error.text, error.cure);
	} else {
		exit_code = outcome->exit_code;
		printf("%s/%s: %s, exit code %d\n", outcome->tenant, outcome->name,
			sandboxctl_reason_name(outcome->reason), exit_code);
		if (*outcome->error)
			complain(outcome->error, outcome->cure);
	}
	sandboxctl_run_free(run);
	sandboxctl_policy_free(policy);
	return exit_code;
}
