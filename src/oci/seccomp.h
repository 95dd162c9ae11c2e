/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container's seccomp profile as its JSON has it: `linux.seccomp` of the OCI runtime
 * specification (config-linux.md), and what the profiles of moby (profiles/seccomp) and of
 * containers/common (pkg/seccomp) have besides.
 */
#ifndef SBX_OCI_SECCOMP_H
#define SBX_OCI_SECCOMP_H

#include "base/error.h"
#include "base/str.h"
#include "oci/host.h"

enum oci_action {
	OCI_OTHER, /* what a policy has nothing for: SCMP_ACT_LOG, SCMP_ACT_NOTIFY... */
	OCI_ALLOW,
	OCI_ERRNO,
	OCI_KILL, /* of the thread or of the process */
	OCI_TRAP,
};

/* What a call gets. */
struct oci_answer {
	enum oci_action action;
	char *name; /* as it was written: "SCMP_ACT_ERRNO" */
	uint64_t errnum; /* of OCI_ERRNO; EPERM where the profile doesn't say */
};

enum oci_operator { OCI_NE, OCI_LT, OCI_LE, OCI_EQ, OCI_GE, OCI_GT, OCI_MASKED_EQ };

struct oci_arg {
	uint64_t index; /* 0 to 5 */
	enum oci_operator op;
	uint64_t value; /* of OCI_MASKED_EQ the mask */
	uint64_t value_two; /* of OCI_MASKED_EQ the value */
};

struct oci_args {
	struct oci_arg *v;
	size_t n;
};

/* Of includes or excludes. */
struct oci_condition {
	struct strv caps, arches;
	bool has_kernel;
	struct oci_kernel kernel;
};

struct oci_rule {
	struct strv names;
	struct oci_answer answer;
	struct oci_args args;
	struct oci_condition includes, excludes;
};

struct oci_rules {
	struct oci_rule *v;
	size_t n;
};

/* An architecture, and those that run under its kernel besides. */
struct oci_arch_entry {
	char *name;
	struct strv others;
};

struct oci_arch_map {
	struct oci_arch_entry *v;
	size_t n;
};

struct oci_seccomp {
	struct oci_answer otherwise; /* of calls that no rule is about */
	struct strv architectures; /* either of these two, or neither */
	struct oci_arch_map arch_map;
	struct oci_rules rules;
};

void oci_seccomp_clear(struct oci_seccomp *profile);
#define _cleanup_oci_seccomp_ _cleanup_(oci_seccomp_clear)

/*
 * Reads a profile, or the one of a container's config.json; TEXT ends in a NUL that SIZE does not
 * count. A key that no rule may have is an error, for it may be a condition; other unknown keys,
 * and those that say nothing of system calls, are added to NOTES. -EINVAL with
 * "NAME:LINE:COLUMN: WHY" or "NAME: ELEMENT: WHY", as in "x.json: syscalls[12].args[0].op: WHY";
 * -ENOMEM.
 */
int oci_seccomp_read(const char *name, const char *text, size_t size, struct oci_seccomp *ret,
	struct strv *notes, struct sbx_error *err);

/* Whether a policy's `default` can be that. */
bool oci_answer_is_default(const struct oci_answer *answer);

/* As `default` has it, where it can be one: "errno EPERM". The text need not be used for it. */
enum { OCI_ANSWER_SIZE = 128 };
const char *oci_answer_describe(const struct oci_answer *answer, char text[static OCI_ANSWER_SIZE]);

bool oci_answer_is_same(const struct oci_answer *a, const struct oci_answer *b);

/* Whether a rule is one on this host, for a process without capabilities. */
bool oci_rule_applies(const struct oci_rule *rule, const struct oci_host *host);

#endif
