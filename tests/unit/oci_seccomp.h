/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of containers' seccomp profiles share: a profile as a policy, and a policy as the
 * list that the launcher makes of it.
 */
#ifndef SBX_TESTS_OCI_SECCOMP_H
#define SBX_TESTS_OCI_SECCOMP_H

#include "oci/seccomp_export.h"
#include "oci/seccomp_import.h"
#include "owner.h"
#include "policy/allowlist.h"
#include "tmpdir.h"

static const struct policy_dirs dirs = { "/nonexistent", POLICIES_DIR };
static struct sbx_error err;

/* The machine that the expected texts are for. */
static inline struct oci_host host(void)
{
	return (struct oci_host){ oci_arch_native(), { 6, 12 } };
}

static inline int import(const char *name, const char *text, struct oci_import *ret)
{
	struct oci_host here = host();

	as_owner_of(POLICIES_DIR);
	err = (struct sbx_error){ 0 };
	ASSERT_TRUE(here.arch);
	return oci_seccomp_import(&dirs, &here, name, text, strlen(text), ret, &err);
}

/* NULL where it has more cases than a filter takes. */
static inline struct policy *load(const char *text)
{
	struct policy *policy = NULL;

	err = (struct sbx_error){ 0 };
	if (policy_load_file(&dirs, tmpdir_write("acme.ini", text), NULL, &policy, NULL, &err) == 0)
		return policy;
	if (!strstr(err.text, "cases"))
		printf("# %s\n%s\n", err.text, text);
	ASSERT_TRUE(strstr(err.text, "cases"));
	return NULL;
}

static inline void make_list(const struct policy *policy, struct allowlist *ret)
{
	_cleanup_calls_ struct policy_calls profile = { 0 };

	ASSERT_TRUE(policy);
	ASSERT_EQ(0, policy_load_profile(&dirs, policy->seccomp.profile, &profile, &err));
	ASSERT_EQ(0, allowlist_make(policy, &profile, ret, &err));
}

static inline void list_calls(const struct policy *policy, struct policy_calls *ret)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };

	make_list(policy, &list);
	ASSERT_EQ(0, allowlist_flatten(&list, 1 << 16, ret, &err));
}

static inline void start(void)
{
	as_owner_of(POLICIES_DIR);
	(void)tmpdir_make();
}

#endif
