/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule's arguments as tests of a policy.
 */
#ifndef SBX_OCI_SECCOMP_TEST_H
#define SBX_OCI_SECCOMP_TEST_H

#include "oci/seccomp.h"

/*
 * Adds "domain == 2 && type != 3", which test_parse() may still refuse; where an argument stands
 * twice in the rule a test for each comparison, any of which is enough, as runc reads such rules.
 * 0 or -ENOMEM.
 */
int oci_tests_write(const char *call, const struct oci_args *args, struct strv *ret_tests);

#endif
