/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of a system call's arguments, as policies write them: `domain == AF_INET && type != 3`.
 */
#ifndef SBX_POLICY_TEST_H
#define SBX_POLICY_TEST_H

#include "policy/calls.h"

/* What is wrong with a test, and the name in it that might be a mistyped constant, else "". */
struct test_error {
	char why[256];
	char unknown[64];
};

/*
 * TEST is one or more comparisons, joined by "&&", each `ARG OP VALUE` or `ARG & VALUE OP VALUE`.
 * OP is == != < <= > >=, without sign; a value is a number or a constant, or several joined by "|".
 * Only the bits that the kernel looks at are compared: the upper half of an int may be anything.
 * Returns 0 and the cases in which it holds; -EINVAL with ERR, -ENOMEM.
 */
int test_parse(
	const char *call, const char *test, struct call_cases *ret_cases, struct test_error *err);

#endif
