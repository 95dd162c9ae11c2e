/* SPDX-License-Identifier: Apache-2.0 */
/* The program that is compiled of a list, on every syscall number. */
#include "seccomp_program.h"

#include <fcntl.h>

TEST(every_number)
{
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO);

	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		uint32_t expected =
			is_allowed(nr) ? SECCOMP_RET_ALLOW : refusal(nr, SECCOMP_RET_ERRNO | EPERM);

		EXPECT_EQ(expected, answer(&p, AUDIT_ARCH_X86_64, nr));
	}
	EXPECT_EQ(SECCOMP_RET_ERRNO | ENOSYS, answer(&p, AUDIT_ARCH_X86_64, X32_BIT - 1));
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer(&p, AUDIT_ARCH_X86_64, UINT32_MAX));
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

/* It says so of exactly those calls that are allowed, and of none whose arguments are tested. */
TEST(what_is_always_allowed)
{
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p, none = { 0 };

	add(&allow, "socket", "domain == AF_UNIX");
	add(&allow, "futex", NULL);
	p = compile(&allow, POLICY_SECCOMP_ERRNO);
	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		EXPECT_EQ(is_allowed(nr) || nr == SYS_futex, seccomp_always_allows(&p, nr));
		EXPECT_TRUE(!seccomp_always_allows(&none, nr));
	}
	EXPECT_TRUE(!seccomp_always_allows(&p, SYS_read | X32_BIT));
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

TEST(other_architectures_are_killed)
{
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO);

	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_I386, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_AARCH64, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_X86_64, nr | X32_BIT));
	}
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

/* Sets in few long ranges, in many short ones, and in more than jumps reach. */
TEST(the_front_answers_any_set)
{
	const struct sock_filter behind = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);

	srand(5);
	for (int round = 0; round < 200; round++) {
		struct sock_filter filter[SECCOMP_FRONT_MAX + 1];
		struct seccomp_program p = { .filter = filter };
		bool whole[SECCOMP_NUMBERS];
		int stay = 1 + rand() % 100;

		whole[0] = rand() % 2;
		for (int nr = 1; nr < SECCOMP_NUMBERS; nr++)
			whole[nr] = rand() % stay ? whole[nr - 1] : !whole[nr - 1];
		p.n = (unsigned short)seccomp_front(whole, filter);
		filter[p.n++] = behind;
		/* Every second number is in a range of its own: none of it, rather than a part. */
		if (stay == 1)
			EXPECT_EQ(1, p.n);
		if (p.n == 1)
			continue;
		for (uint32_t nr = 0; nr < SECCOMP_NUMBERS; nr++)
			EXPECT_EQ(whole[nr] ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRAP,
				answer(&p, AUDIT_ARCH_X86_64, nr));
		EXPECT_EQ(SECCOMP_RET_TRAP, answer(&p, AUDIT_ARCH_X86_64, SECCOMP_NUMBERS));
		EXPECT_EQ(SECCOMP_RET_TRAP, answer(&p, AUDIT_ARCH_X86_64, UINT32_MAX));
		EXPECT_EQ(SECCOMP_RET_TRAP, answer(&p, AUDIT_ARCH_I386, 0));
	}
}

TEST(defaults)
{
	struct policy_calls allow = some_syscalls();
	struct seccomp_program kill = compile(&allow, POLICY_SECCOMP_KILL);
	struct seccomp_program trap = compile(&allow, POLICY_SECCOMP_TRAP);

	EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&kill, AUDIT_ARCH_X86_64, SYS_ptrace));
	EXPECT_EQ(SECCOMP_RET_TRAP, answer(&trap, AUDIT_ARCH_X86_64, SYS_ptrace));
	EXPECT_EQ(SECCOMP_RET_ERRNO | ENOSYS, answer(&kill, AUDIT_ARCH_X86_64, SYS_clone3));
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer(&kill, AUDIT_ARCH_X86_64, SYS_read));
	seccomp_program_clear(&kill);
	seccomp_program_clear(&trap);
	calls_clear(&allow);
}

TEST(clone3_can_be_allowed)
{
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p;

	add(&allow, "clone3", NULL);
	p = compile(&allow, POLICY_SECCOMP_ERRNO);
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer(&p, AUDIT_ARCH_X86_64, SYS_clone3));
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

/* The launcher's own exec and no other: all 64 bits of its arguments are as it writes them. */
TEST(execveat_of_one_descriptor)
{
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO);
	struct seccomp_data data = { .nr = SYS_execveat,
		.arch = AUDIT_ARCH_X86_64,
		.args = { EXEC_FD, 0, 0, 0, AT_EMPTY_PATH } };

	EXPECT_EQ(SECCOMP_RET_ALLOW, evaluate(&p, &data));
	data.args[0] |= 1ULL << 32;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	data.args[0] = EXEC_FD + 1;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	data.args[0] = EXEC_FD;
	data.args[4] = 0;
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, evaluate(&p, &data));
	seccomp_program_clear(&p);
	calls_clear(&allow);
}

TEST(unknown_names_are_errors)
{
	struct policy_calls allow = some_syscalls();
	const struct seccomp_spec spec = { .allow = &allow, .deny = &nothing, .exec_fd = EXEC_FD };
	struct seccomp_program p = { 0 };
	struct sbx_error err = { 0 };

	add(&allow, "no_such_call", NULL);
	EXPECT_EQ(-EINVAL, seccomp_compile(&spec, &p, &err));
	EXPECT_STREQ("seccomp: 'no_such_call' is not a syscall", err.text);
	EXPECT_TRUE(!p.filter);
	calls_clear(&allow);
}
