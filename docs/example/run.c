/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command as a tenant, and says how it ended.
 *
 * cc run.c $(pkg-config --cflags --libs sandboxctl) -o run && ./run acme /usr/bin/true
 */
#include <sandboxctl/sandboxctl.h>

#include <stdio.h>

static int fail(const struct sandboxctl_error *error)
{
	fprintf(stderr, "%s%s%s\n", error->text, *error->cure ? ": " : "", error->cure);
	return SANDBOXCTL_EXIT_SETUP;
}

int main(int argc, char **argv)
{
	const struct sandboxctl_outcome *outcome;
	struct sandboxctl_policy *policy = NULL;
	struct sandboxctl_run *run = NULL;
	struct sandboxctl_error error;
	int r, exit_code;

	if (argc < 3) {
		fprintf(stderr, "usage: run TENANT COMMAND [ARG]...\n");
		return SANDBOXCTL_EXIT_SETUP;
	}
	r = sandboxctl_policy_open(argv[1], NULL, &policy, &error);
	if (r == 0)
		r = sandboxctl_run_start(policy, NULL, argv + 2, &run, &error);
	if (r == 0)
		r = sandboxctl_run_wait(run, -1, &outcome, &error);
	if (r == 0)
		printf("%s/%s: %s, exit code %d\n", outcome->tenant, outcome->name,
			sandboxctl_reason_name(outcome->reason), outcome->exit_code);
	exit_code = r < 0 ? fail(&error) : outcome->exit_code;
	sandboxctl_run_free(run);
	sandboxctl_policy_free(policy);
	return exit_code;
}
