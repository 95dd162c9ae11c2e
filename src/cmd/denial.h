/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy says of something that the LSM has denied: of which file, by which line, and which
 * line would allow it.
 */
#ifndef SBX_CMD_DENIAL_H
#define SBX_CMD_DENIAL_H

#include "bpf/abi.h"
#include "cmd/lookup.h"
#include "policy/explain.h"

#include <limits.h>

/* By what it is judged; all borrowed. */
struct denial_subject {
	const struct policy_dirs *dirs;
	const struct policy *policy;
	struct reach reach; /* its grants */
	const int *tops; /* descriptors of these places; NULL, or -1: they are opened by their paths
			  */
	unsigned int
		*names; /* how many may be looked at for a file whose numbers alone are known */
};

struct denial_answer {
	char path[PATH_MAX]; /* of the file, on the host; "": it isn't known */
	struct explanation e; /* `why` and `cure` "": nothing is known */
	struct lookup_tenants others; /* of whose policies one may be what it names */
};

/* -ENOMEM, or 0. The answer is to be cleared in either case. */
int denial_explain(const struct denial_subject *subject, const struct sbx_denial *denial,
	struct denial_answer *ret_answer);

void denial_answer_clear(struct denial_answer *answer);
#define _cleanup_denial_answer_ _cleanup_(denial_answer_clear)

#endif
