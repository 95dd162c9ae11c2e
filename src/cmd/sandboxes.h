/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandboxes that an operand stands for: TENANT/NAME, or TENANT for all of that tenant's.
 */
#ifndef SBX_CMD_SANDBOXES_H
#define SBX_CMD_SANDBOXES_H

#include "kernel/cgroup.h"
#include "state/registry.h"

struct sandboxes {
	struct sandbox_status *v; /* in the order of their names */
	size_t n;
};

/* "TENANT/NAME", or "TENANT" for all of that one's. */
struct sandbox_operand {
	char tenant[NAME_MAX_LEN + 1];
	char name[NAME_MAX_LEN + 1]; /* "": all of them */
};

int sandbox_parse(const char *text, struct sandbox_operand *ret, struct sbx_error *err);
/* What is said of one that isn't: -EINVAL. */
int sandbox_is_none(const char *text, struct sbx_error *err);

/* NULL: all there are, which may be none. -ENOENT: there is none of that name, or of that tenant.
 */
int sandboxes_find(const char *operand, struct sandboxes *ret_list, struct sbx_error *err);
/* The same; TENANT/NAME may also be one that has ended, and is remembered. */
int sandboxes_find_ended(const char *operand, struct sandboxes *ret_list, struct sbx_error *err);
void sandboxes_clear(struct sandboxes *list);
#define _cleanup_sandboxes_ _cleanup_(sandboxes_clear)

/* Its cgroup. -ENOENT when it has ended meanwhile. */
int sandbox_open(const struct sandbox_status *s, struct cgroup *ret_leaf, struct sbx_error *err);

/*
 * "running", "frozen" or "orphaned": its supervisor was killed, and what is left of it is still
 * enforced. Or "ended".
 */
const char *sandbox_state(const struct sandbox_status *s);

/* "2026-11-22 10:00:00", in local time. */
void sandbox_started(const struct sandbox_status *s, char text[static 32]);

/*
 * A subcommand that does one thing to each sandbox of its one operand. What fails for one doesn't
 * keep it from the others. Returns the exit code.
 */
int sandboxes_each(const char *operand,
	int (*act)(const struct sandbox_status *s, void *arg, struct sbx_error *err), void *arg);

#endif
