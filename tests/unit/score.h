/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of `policy score` share: policies of a few lines, and what is found in them.
 */
#ifndef SBX_TESTS_SCORE_H
#define SBX_TESTS_SCORE_H

#include "policy/score.h"

#include "policy/allowlist.h"
#include "policy/syscalls.h"
#include "tmpdir.h"

#define HOST_NETWORK "[network]\nmode = host\n"

static struct policy_dirs dirs = { .shipped = POLICIES_DIR };
static struct sbx_error err;
static struct score score;

static inline struct policy *load_file(const char *path)
{
	struct policy *policy = NULL;

	if (policy_load_file(&dirs, path, "acme", &policy, NULL, &err) < 0)
		printf("# %s\n", err.text);
	ASSERT_TRUE(policy);
	return policy;
}

static inline struct policy *load(const char *text)
{
	char whole[8192];

	if (!dirs.config)
		dirs.config = tmpdir_make();
	(void)snprintf(whole, sizeof(whole), "version = 1\n%s", text);
	return load_file(tmpdir_write("acme.ini", whole));
}

static inline void rate(const struct policy *policy, bool lsm)
{
	const char *name = policy_profile_name(policy);
	struct policy_calls profile = { 0 };
	struct allowlist allowed = { 0 };
	struct strv calls = { 0 };

	ASSERT_EQ(0, policy_load_profile(&dirs, name, &profile, &err));
	ASSERT_EQ(0, allowlist_make(policy, &profile, &allowed, &err));
	ASSERT_EQ(0, syscalls_list(&calls));
	score_policy(&(struct score_subject){ policy, &allowed.allow, &calls, lsm }, &score);
	calls_clear(&profile);
	allowlist_clear(&allowed);
	strv_clear(&calls);
}

/* Its places are gone then. */
static inline unsigned int rate_text(const char *text)
{
	struct policy *policy = load(text);

	rate(policy, true);
	(void)policy_free(policy);
	return score.exposure;
}

static inline const struct score_finding *finding(const char *name)
{
	for (size_t i = 0; i < score.n; i++)
		if (streq(score.findings[i].row->name, name))
			return &score.findings[i];
	printf("# there is no finding '%s'\n", name);
	ASSERT_TRUE(false);
	return NULL;
}

#endif
