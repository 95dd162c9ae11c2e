/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/runtime.h"

#include <limits.h>

static int add_preopen(
	const struct runtime_preopen *preopen, struct strv *argv, struct sbx_error *err)
{
	if (strchr(preopen->path, ':'))
		return error_set(err, EINVAL,
			"wazero can't be given a folder with ':' in its path: '%s'", preopen->path);
	if (strv_addf(argv, "-mount=%s:%s%s", preopen->path, preopen->path,
		    preopen->writable ? "" : ":ro") < 0)
		return error_errno(err, ENOMEM, "build the runtime's command line");
	return 0;
}

/* wazero run [-mount=HOST:GUEST[:ro]]... [-listen=ADDRESS]... [-env=K=V]... MODULE [ARG...] */
static int wazero_command_line(
	const struct runtime_call *call, struct strv *ret_argv, struct sbx_error *err)
{
	_cleanup_strv_ struct strv argv = { 0 };
	int r = 0, full = 0;

	full |= strv_add(&argv, "wazero");
	full |= strv_add(&argv, "run");
	for (size_t i = 0; i < call->n_preopens && r == 0; i++)
		r = add_preopen(&call->preopens[i], &argv, err);
	for (size_t i = 0; i < call->listen->n; i++)
		full |= strv_addf(&argv, "-listen=%s", call->listen->v[i]);
	for (size_t i = 0; i < call->env->n; i++)
		full |= strv_addf(&argv, "-env=%s", call->env->v[i]);
	for (size_t i = 0; i < call->args->n; i++)
		full |= strv_add(&argv, call->args->v[i]);
	full |= strv_add(&argv, call->module);
	for (char *const *arg = call->module_args; *arg; arg++)
		full |= strv_add(&argv, *arg);
	if (r == 0 && full)
		r = error_errno(err, ENOMEM, "build the runtime's command line");
	if (r < 0)
		return r;
	*ret_argv = argv;
	argv = (struct strv){ 0 };
	return 0;
}

static const struct runtime runtimes[] = {
	{
		.name = "wazero",
		.type = POLICY_RUNTIME_WAZERO,
		.components = false,
		.command_line = wazero_command_line,
	},
};

const struct runtime *runtime_get(enum policy_runtime_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++)
		if (runtimes[i].type == type)
			return &runtimes[i];
	return NULL;
}

const struct runtime *runtime_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++)
		if (streq(runtimes[i].name, name))
			return &runtimes[i];
	return NULL;
}

int runtime_find(const struct runtime *runtime, const char *libexec, struct resolved *ret_place,
	struct sbx_error *err)
{
	const char *const folders[] = { libexec, "/usr/local/bin", "/usr/bin" };
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], runtime->name);
		r = resolve_path(path, ret_place, err);
		if (r != -ENOENT && r != -ENOTDIR)
			return r < 0 ? error_prefix(err, r, "runtime '%s'", runtime->name) : 0;
	}
	r = error_set(err, ENOENT, "the runtime '%s' is not installed", runtime->name);
	return error_cure(err, r, "put its program into '%s' or /usr/local/bin", libexec);
}
