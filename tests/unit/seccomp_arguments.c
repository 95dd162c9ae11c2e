/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of arguments: a policy's, and those that hold whatever a policy says. */
#include "seccomp_program.h"

#include "policy/syscalls.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

TEST(clone_makes_threads_and_no_namespaces)
{
	static const uint64_t namespaces[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS,
		CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET };
	struct policy_calls allow = some_syscalls();
	struct seccomp_data data = { .nr = SYS_clone, .arch = AUDIT_ARCH_X86_64 };
	struct seccomp_program p;

	add(&allow, "clone", NULL);
	p = compile_policy(&allow, &nothing);
	data.args[0] = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
	EXPECT_EQ(SECCOMP_RET_ALLOW, evaluate(&p, &data));
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		data.args[0] = SIGCHLD | namespaces[i];
		EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
		/* The kernel looks at the lower half only, and so must the filter. */
		data.args[0] |= 1ULL << 32;
		EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	}
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

TEST(unshare_makes_no_namespaces)
{
	static const uint64_t namespaces[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS,
		CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, 0x80 /* NEWTIME */ };
	struct policy_calls allow = some_syscalls();
	struct seccomp_data data = { .nr = SYS_unshare, .arch = AUDIT_ARCH_X86_64 };
	struct seccomp_program p;

	add(&allow, "unshare", NULL);
	p = compile_policy(&allow, &nothing);
	data.args[0] = CLONE_FILES | CLONE_FS;
	EXPECT_EQ(SECCOMP_RET_ALLOW, evaluate(&p, &data));
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		for (int high = 0; high < 2; high++) {
			data.args[0] = CLONE_FILES | namespaces[i] | (uint64_t)high << 32;
			EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
		}
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

TEST(limits_can_be_set_but_for_core_dumps)
{
	static const int calls[] = { SYS_setrlimit, SYS_prlimit64 };
	struct policy_calls allow = some_syscalls();
	struct seccomp_data data = { .arch = AUDIT_ARCH_X86_64 };
	struct seccomp_program p;

	add(&allow, "setrlimit", NULL);
	add(&allow, "prlimit64", NULL);
	p = compile_policy(&allow, &nothing);
	for (int i = 0; i < 2; i++) {
		data.nr = calls[i];
		data.args[2] = 0x1000; /* the new limit of prlimit64 */
		for (unsigned int limit = 0; limit < RLIM_NLIMITS; limit++) {
			/* The upper half means nothing to the kernel. */
			for (int high = 0; high < 2; high++) {
				data.args[i] = limit | (uint64_t)high << 32;
				EXPECT_EQ(limit == RLIMIT_CORE ? SECCOMP_RET_ERRNO | EPERM
							       : SECCOMP_RET_ALLOW,
					evaluate(&p, &data));
			}
		}
	}
	data.args[1] = RLIMIT_CORE;
	data.args[2] = 0;
	EXPECT_EQ(SECCOMP_RET_ALLOW, evaluate(&p, &data));
	data.args[2] = 1ULL << 32;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

TEST(nothing_is_typed_into_a_terminal)
{
	static const uint64_t requests[] = { TIOCSTI, TIOCLINUX };
	struct policy_calls allow = some_syscalls();
	struct seccomp_data data = { .nr = SYS_ioctl, .arch = AUDIT_ARCH_X86_64 };
	struct seccomp_program p;

	add(&allow, "ioctl", NULL);
	p = compile_policy(&allow, &nothing);
	data.args[1] = TCGETS;
	EXPECT_EQ(SECCOMP_RET_ALLOW, evaluate(&p, &data));
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		data.args[1] = requests[i];
		EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
		/* CVE-2019-10063: the kernel drops the upper half. */
		data.args[1] |= 1ULL << 32;
		EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	}
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

static uint32_t answer_socket(
	const struct seccomp_program *p, uint64_t domain, uint64_t type, uint64_t protocol)
{
	const struct seccomp_data data = {
		.nr = SYS_socket, .arch = AUDIT_ARCH_X86_64, .args = { domain, type, protocol }
	};

	return evaluate(p, &data);
}

TEST(tests_of_arguments)
{
	const uint64_t high = 1ULL << 32;
	struct policy_calls allow = { 0 }, deny = { 0 };
	struct seccomp_program p;

	add(&allow, "socket", "domain == AF_INET && type & 0xf == SOCK_STREAM");
	add(&allow, "socket", "domain == AF_UNIX");
	add(&deny, "socket", "protocol >= 256");
	p = compile_policy(&allow, &deny);
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer_socket(&p, AF_INET, SOCK_STREAM, 0));
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer_socket(&p, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer_socket(&p, AF_UNIX, SOCK_DGRAM, 255));
	/* The kernel drops the upper half. */
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer_socket(&p, high | AF_INET, high | SOCK_STREAM, high));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer_socket(&p, AF_INET, SOCK_DGRAM, 0));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer_socket(&p, AF_INET6, SOCK_STREAM, 0));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer_socket(&p, AF_UNIX, SOCK_DGRAM, 256));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer_socket(&p, AF_UNIX, 0, high | 256));
	seccomp_program_clear(&p);
	calls_clear(&allow);
	calls_clear(&deny);
}

TEST(idle_tests_are_refused)
{
	struct policy_calls profile = some_syscalls();
	struct policy policy = { 0 };
	struct allowlist list = { 0 };
	struct sbx_error err = { 0 };

	add(&policy.seccomp.allow, "socket", "domain == AF_INET");
	ASSERT_EQ(0, allowlist_make(&policy, &profile, &list, &err));
	allowlist_clear(&list);
	add(&policy.seccomp.allow, "read", "fd == 0");
	EXPECT_EQ(-EINVAL, allowlist_make(&policy, &profile, &list, &err));
	EXPECT_STREQ("the defaults: allow: 'read(fd == 0)' restricts nothing: 'read' is allowed "
		     "as a whole",
		err.text);
	EXPECT_TRUE(!list.allow.v);
	calls_clear(&policy.seccomp.allow);
	calls_clear(&profile);
}

/* Two equalities on two arguments: as cases of what is left they would be a thousand. */
TEST(denies_are_a_program_of_their_own)
{
	struct policy_calls allow = some_syscalls(), deny = { 0 };
	struct seccomp_program p;

	add(&allow, "socket", NULL);
	add(&deny, "socket", "domain == AF_PACKET");
	add(&deny, "socket", "type == SOCK_RAW");
	add(&deny, "ptrace", "request == 1"); /* which nothing allows */
	p = compile_policy(&allow, &deny);
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer_socket(&p, AF_INET, SOCK_STREAM, 0));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer_socket(&p, AF_PACKET, SOCK_STREAM, 0));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer_socket(&p, AF_INET, SOCK_RAW, 0));
	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		if (nr != SYS_socket)
			EXPECT_EQ(is_allowed(nr) ? SECCOMP_RET_ALLOW
						 : refusal(nr, SECCOMP_RET_ERRNO | EPERM),
				answer(&p, AUDIT_ARCH_X86_64, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_I386, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_X86_64, nr | X32_BIT));
	}
	seccomp_program_clear(&p);
	calls_clear(&allow);
	calls_clear(&deny);
}

TEST(one_list_without_denies)
{
	struct policy policy = { .seccomp.allow = some_syscalls() };
	struct policy_calls calls = { 0 };
	struct allowlist list = { 0 };
	struct sbx_error err = { 0 };

	add(&policy.seccomp.allow, "socket", NULL);
	add(&policy.seccomp.deny, "socket", "domain == AF_PACKET");
	add(&policy.seccomp.deny, "read", "fd & 1 == 1");
	add(&policy.seccomp.deny, "read", "fd & 1 == 0");
	ASSERT_EQ(0, allowlist_make(&policy, &nothing, &list, &err));
	EXPECT_EQ(-EINVAL, allowlist_flatten(&list, 31, &calls, &err));
	EXPECT_STREQ("'socket': its tests leave more than 31 cases", err.text);
	ASSERT_EQ(0, allowlist_flatten(&list, 32, &calls, &err));
	EXPECT_EQ(32, calls_find(&calls, "socket")->cases.n);
	EXPECT_FALSE(cases_overlap(&calls_find(&calls, "socket")->cases, &list.deny.v[0].cases));
	EXPECT_TRUE(!calls_find(&calls, "read") && calls_find_whole(&calls, "write"));
	calls_clear(&calls);
	allowlist_clear(&list);
	calls_clear(&policy.seccomp.allow);
	calls_clear(&policy.seccomp.deny);
}

/* CVE-2019-10063: what the kernel drops of an argument must not hide it. True: one was tried. */
static bool try_argument(const char *call, const char *word)
{
	struct seccomp_data data = { .nr = seccomp_syscall_resolve_name(call),
		.arch = AUDIT_ARCH_X86_64 };
	_cleanup_calls_ struct policy_calls allow = { 0 }, deny = { 0 };
	struct syscalls_argument argument;
	struct seccomp_program p;
	char test[128];

	ASSERT_EQ(0, syscalls_find_argument(call, word, &argument));
	if (data.nr < 0 || argument.pointer || argument.varies || argument.bits == 0 ||
		argument.bits == 64)
		return false;
	(void)snprintf(test, sizeof(test), "%s == 2", word);
	add(&allow, call, NULL);
	add(&deny, call, test);
	p = compile_both(&allow, &deny, POLICY_SECCOMP_ERRNO);
	data.args[argument.index] = 2;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	data.args[argument.index] |= ~0ULL << argument.bits;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	data.args[argument.index] = 2ULL | 1ULL << 32;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	data.args[argument.index] = 3;
	EXPECT_EQ(SECCOMP_RET_ALLOW, evaluate(&p, &data));
	seccomp_program_clear(&p);
	return true;
}

TEST(every_short_argument_of_every_call)
{
	struct strv names = { 0 };
	int tried = 0;

	ASSERT_EQ(0, syscalls_list(&names));
	for (size_t i = 0; i < names.n; i++) {
		char words[512], *rest = words, *word;

		syscalls_format_arguments(names.v[i], words, sizeof(words));
		while ((word = strtok_r(rest, ", ", &rest)))
			tried += try_argument(names.v[i], word);
	}
	EXPECT_GT(tried, 300);
	strv_clear(&names);
}
