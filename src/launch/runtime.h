/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WASM runtimes: where each is and how it is called.
 */
#ifndef SBX_LAUNCH_RUNTIME_H
#define SBX_LAUNCH_RUNTIME_H

#include "kernel/resolve.h"
#include "policy/policy.h"

/* A folder that a module gets to see, under the same path. */
struct runtime_preopen {
	const char *path;
	bool writable;
};

struct runtime_call {
	const struct strv *args; /* the policy's own, before the module */
	const struct strv *env; /* K=V, for the module */
	const struct runtime_preopen *preopens;
	size_t n_preopens;
	const struct strv *listen; /* addresses that it is to open for the module */
	const char *module; /* its path inside the sandbox */
	char *const *module_args; /* without the module's own name; ends with NULL */
};

struct runtime {
	const char *name; /* "wazero": its file's name too */
	enum policy_runtime_type type;
	bool components;
	int (*command_line)(
		const struct runtime_call *call, struct strv *ret_argv, struct sbx_error *err);
};

const struct runtime *runtime_get(enum policy_runtime_type type);
/* NULL: there is none of that name. */
const struct runtime *runtime_named(const char *name);

/* Looks for its program in `libexec`, then /usr/local/bin and /usr/bin. -ENOENT with the cure. */
int runtime_find(const struct runtime *runtime, const char *libexec, struct resolved *ret_place,
	struct sbx_error *err);

#endif
