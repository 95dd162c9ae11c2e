/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of system calls, each with the arguments that it may have, and their arithmetic. A case is
 * what one rule of libseccomp can test (SCMP_CMP_MASKED_EQ on each argument), and every test that a
 * policy can write is a union of cases.
 */
#ifndef SBX_POLICY_CALLS_H
#define SBX_POLICY_CALLS_H

#include "base/str.h"
#include "policy/source.h"

enum { CALL_ARGS = 6 };

/*
 * Of one call, and of all together: libseccomp takes seconds for more, and a filter has 4096
 * instructions at most (BPF_MAXINSNS).
 */
enum { CALL_CASES_MAX = 128, CALLS_CASES_MAX = 512 };

/* Arguments of which each, ANDed with its mask, is its value. A mask of 0: whatever it is. */
struct call_case {
	uint64_t mask[CALL_ARGS], value[CALL_ARGS];
};

struct call_cases {
	struct call_case *v;
	size_t n;
};

/* A call in any of the cases; where there are none, whatever its arguments are. */
struct policy_call {
	char *name; /* as libseccomp spells it */
	char *test; /* as it was written: "domain == AF_INET"; NULL: there was none */
	struct call_cases cases;
	struct policy_place at;
};

struct policy_calls {
	struct policy_call *v;
	size_t n;
};

void cases_clear(struct call_cases *cases);
#define _cleanup_cases_ _cleanup_(cases_clear)

void calls_clear(struct policy_calls *calls);
#define _cleanup_calls_ _cleanup_(calls_clear)

/* 0 or -ENOMEM. */
int cases_add(struct call_cases *cases, const struct call_case *one);
int cases_add_all(struct call_cases *cases, const struct call_cases *from);
/* Both at once: each case of the one met with each of the other. -E2BIG: over CALL_CASES_MAX. */
int cases_meet(struct call_cases *cases, const struct call_cases *with);

/* Takes the cases of LESS away; -E2BIG where more than MAX are left. */
int cases_subtract(struct call_cases *cases, const struct call_cases *less, size_t max);

bool cases_overlap(const struct call_cases *a, const struct call_cases *b);
/* Whether every case of COVERED is wholly in CASES. */
bool cases_cover(const struct call_cases *cases, const struct call_cases *covered);

/* The one case that holds whatever the arguments are. */
extern const struct call_case call_always;

/* A copy of NAME at the end, with a copy of TEST and, moved there, its cases; both may be NULL. */
int calls_add(struct policy_calls *calls, const char *name, const char *test,
	struct call_cases *cases, const struct policy_place *at);

/* Copies of all of FROM; where AT isn't NULL, they stand there from now on. */
int calls_add_all(
	struct policy_calls *calls, const struct policy_calls *from, const struct policy_place *at);

/* The first entry of the call; the first without cases. NULL: none. */
const struct policy_call *calls_find(const struct policy_calls *calls, const char *name);
const struct policy_call *calls_find_whole(const struct policy_calls *calls, const char *name);

/* Adds the cases of all entries of this name; of one without, the case of any arguments. */
int calls_gather(const struct policy_calls *calls, const char *name, struct call_cases *cases);

/* Whether any of them has. */
bool calls_have_cases(const struct policy_calls *calls);

#endif
