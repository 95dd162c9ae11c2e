/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filtered POLICIES POLICY COMMAND [ARG...]: the command behind the seccomp program of that policy
 * file, and behind nothing else: whoever calls it lends it his powers.
 */
#include "kernel/seccomp.h"
#include "launch/plan.h"
#include "policy/allowlist.h"

#include <stdio.h>
#include <unistd.h>

static int make(const char *shipped, const char *file, struct seccomp_program *ret_program,
	struct sbx_error *err)
{
	const struct policy_dirs dirs = { .config = "/etc/sandboxctl", .shipped = shipped };
	_cleanup_calls_ struct policy_calls profile = { 0 };
	_cleanup_allowlist_ struct allowlist list = { 0 };
	struct policy_report report = { 0 };
	struct policy *policy = NULL;
	struct seccomp_spec spec = { .exec_fd = PLAN_EXEC_FD };
	int r = policy_load_file(&dirs, file, NULL, &policy, &report, err);

	if (r == 0)
		r = policy_load_profile(&dirs, policy_profile_name(policy), &profile, err);
	if (r == 0)
		r = allowlist_make(policy, &profile, &list, err);
	if (r < 0)
		return r;
	spec.allow = &list.allow;
	spec.deny = &list.deny;
	spec.action = policy->seccomp.action;
	spec.errnum = policy->seccomp.errnum;
	return seccomp_compile(&spec, ret_program, err);
}

int main(int argc, char **argv)
{
	struct seccomp_program program = { 0 };
	struct sbx_error err = { 0 };

	if (argc < 4)
		return 2;
	if (make(argv[1], argv[2], &program, &err) < 0 || seccomp_install(&program, false) < 0) {
		(void)fprintf(stderr, "filtered: %s\n", err.text);
		return 125;
	}
	(void)execv(argv[3], argv + 3);
	return 127;
}
