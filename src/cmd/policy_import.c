/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "oci/seccomp_import.h"
#include "policy/file.h"

#include <stdio.h>

/* By whoever can write the file a tenant's calls are chosen: it is read as a policy is. */
static int load(const struct policy_dirs *dirs, const char *path, struct oci_import *ret,
	struct sbx_error *err)
{
	_cleanup_free_ char *text = NULL;
	struct oci_host host;
	size_t size;
	int r = oci_host_read(&host, err);

	if (r < 0)
		return r;
	r = file_read(path, &text, &size, err);
	if (r < 0)
		return error_prefix(err, r, "%s", path);
	return oci_seccomp_import(dirs, &host, path, text, size, ret, err);
}

static int import(const struct policy_dirs *dirs, const char *path, bool strict)
{
	_cleanup_oci_import_ struct oci_import import = { 0 };
	struct sbx_error err = { 0 };

	if (load(dirs, path, &import, &err) < 0)
		return cmd_fail(&err);
	for (size_t i = 0; i < import.notes.n; i++)
		(void)fprintf(stderr, "sandboxctl: %s: not carried: %s\n", path, import.notes.v[i]);
	if (strict && import.notes.n)
		return CMD_FAILED;
	(void)fputs(import.policy, stdout);
	return CMD_DONE;
}

int cmd_policy_import(const struct cmd_context *context, int argc, char **argv)
{
	unsigned int options;
	int exit_code;

	if (cmd_operands("policy import", argc, argv, 1, 1, &options, &exit_code) < 0)
		return exit_code;
	return import(&context->dirs, argv[optind], options & CMD_STRICT);
}
