/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of files in the folders of policies share: a configuration of a test's own, beside
 * what would be installed.
 */
#ifndef SBX_TESTS_POLICY_LOAD_H
#define SBX_TESTS_POLICY_LOAD_H

#include "policy/policy.h"

#include "tmpdir.h"

#define SHIPPED FIXTURES_DIR "/policy/shipped"

static struct sbx_error err;
static struct policy_dirs dirs = { .shipped = SHIPPED };

/* A configuration folder with a folder for tenants. */
static inline void make_config(void)
{
	dirs.config = tmpdir_make();
	(void)tmpdir_folder("tenants");
}

static inline bool says(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	printf("# saw '%s'\n", text);
	return false;
}

#endif
