/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions of `policy explain` that are about a path: what they need is looked up for them.
 */
#ifndef SBX_CMD_EXPLAIN_PATH_H
#define SBX_CMD_EXPLAIN_PATH_H

#include "cmd/lookup.h"
#include "policy/explain.h"

struct path_question {
	/* Set by who asks, borrowed. */
	const struct policy_dirs *dirs;
	const struct policy *policy;
	bool lsm; /* the host has it: without it nobody's own is closed */
	/* What was looked up: the answer points into it. */
	struct lookups grants;
	struct lookup_tenants others;
};

/* As explain_file(), of a PATH that the sandbox sees. Asked once a question. */
int explain_path(struct path_question *question, const char *path, enum policy_rights wanted,
	struct explanation *ret, struct sbx_error *err);
void path_question_clear(struct path_question *question);

#endif
