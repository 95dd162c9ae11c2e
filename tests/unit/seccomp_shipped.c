/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that come of what is shipped, on every syscall number. */
#include "seccomp_program.h"

#include "policy/policy.h"

#include <glob.h>

/* No filter of ours may leave a decision to somebody else, or let pass what it only logs. */
static bool is_final(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_KILL_PROCESS:
		return true;
	default:
		return false;
	}
}

static void expect_final(const struct seccomp_program *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (BPF_CLASS(p->filter[i].code) == BPF_RET) {
			EXPECT_EQ(BPF_RET | BPF_K, p->filter[i].code);
			EXPECT_TRUE(is_final(p->filter[i].k));
		}
}

/* A profile that allows a call in some cases answers by its arguments, which are all 0 here. */
static uint32_t profile_answer(const struct policy_calls *allow, uint32_t nr, uint32_t otherwise)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int)nr);
	const struct policy_call *call = name ? calls_find(allow, name) : NULL;
	bool allowed = call && !call->cases.n;

	for (size_t i = 0; call && i < call->cases.n; i++) {
		bool met = true;

		for (unsigned int arg = 0; arg < CALL_ARGS; arg++)
			met &= call->cases.v[i].value[arg] == 0;
		allowed |= met;
	}
	free(name);
	return allowed ? SECCOMP_RET_ALLOW : refusal(nr, otherwise);
}

static struct seccomp_program compile_shipped(
	const char *name, enum policy_seccomp_default action, struct allowlist *ret_list)
{
	const struct policy_dirs dirs = { .shipped = POLICIES_DIR };
	_cleanup_calls_ struct policy_calls profile = { 0 };
	const struct policy policy = { 0 };
	struct sbx_error err = { 0 };

	ASSERT_EQ(0, policy_load_profile(&dirs, name, &profile, &err));
	ASSERT_EQ(0, allowlist_make(&policy, &profile, ret_list, &err));
	return compile_both(&ret_list->allow, &ret_list->deny, action);
}

static void try_profile(const char *name, enum policy_seccomp_default action, uint32_t otherwise)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };
	struct seccomp_program p = compile_shipped(name, action, &list);

	expect_final(&p);
	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		EXPECT_EQ(profile_answer(&list.allow, nr, otherwise),
			answer(&p, AUDIT_ARCH_X86_64, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_I386, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_ARM, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_AARCH64, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_X86_64, nr | X32_BIT));
	}
	seccomp_program_clear(&p);
}

/* CVE-2019-9893: libseccomp compiled filters that compared wrongly; the source was right. */
TEST(every_shipped_profile_on_every_number)
{
	const char *const folders[] = { "seccomp", "runtimes", "groups" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char pattern[256], name[64];
		glob_t files;

		(void)snprintf(pattern, sizeof(pattern), POLICIES_DIR "/%s/*.ini", folders[i]);
		ASSERT_EQ(0, glob(pattern, 0, NULL, &files));
		for (size_t j = 0; j < files.gl_pathc; j++) {
			const char *file = strrchr(files.gl_pathv[j], '/') + 1;

			(void)snprintf(name, sizeof(name), "@%.*s", (int)strcspn(file, "."), file);
			try_profile(name, POLICY_SECCOMP_ERRNO, SECCOMP_RET_ERRNO | EPERM);
			try_profile(name, POLICY_SECCOMP_KILL, SECCOMP_RET_KILL_PROCESS);
			try_profile(name, POLICY_SECCOMP_TRAP, SECCOMP_RET_TRAP);
		}
		globfree(&files);
	}
}

/* Each launch has the kernel compile it: a reason to look where it grows. */
TEST(the_usual_program_is_short)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };
	struct seccomp_program p = compile_shipped("@default", POLICY_SECCOMP_ERRNO, &list);

	printf("# %u instructions\n", p.n);
	EXPECT_GT(200, p.n);
	seccomp_program_clear(&p);
}
