/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of filters share. What the emitted program answers counts, and not what its source
 * says: it is run here, by an interpreter of the kernel's classic BPF.
 */
#ifndef SBX_TESTS_SECCOMP_PROGRAM_H
#define SBX_TESTS_SECCOMP_PROGRAM_H

#include "kernel/seccomp.h"

#include "policy/allowlist.h"
#include "policy/test.h"
#include "test.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>

#define X32_BIT 0x40000000
#define LAST_NR 1024 /* well behind the newest syscall */
#define EXEC_FD 4

/* libseccomp 2.5.4 forgets some of the rules that it merges; zmalloc() is its own. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:zmalloc\n";
}

static const struct policy_calls nothing;

static inline uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	ASSERT_TRUE(offset % 4 == 0 && offset + 4 <= sizeof(*data));
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

static inline bool jumps(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGT:
		return a > f->k;
	case BPF_JGE:
		return a >= f->k;
	case BPF_JSET:
		return a & f->k;
	default:
		ASSERT_TRUE(!"a jump that seccomp knows");
		return false;
	}
}

/* Source: the kernel's Documentation/networking/filter.rst; seccomp allows a part of it. */
static inline uint32_t evaluate(const struct seccomp_program *p, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < p->n; pc++) {
		const struct sock_filter *f = &p->filter[pc];

		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			ASSERT_EQ(BPF_LD | BPF_W | BPF_ABS, f->code);
			a = load(data, f->k);
			break;
		case BPF_ALU:
			ASSERT_EQ(BPF_ALU | BPF_AND | BPF_K, f->code);
			a &= f->k;
			break;
		case BPF_JMP:
			if (BPF_OP(f->code) == BPF_JA)
				pc += f->k;
			else
				pc += jumps(f, a) ? f->jt : f->jf;
			break;
		case BPF_RET:
			return f->k;
		default:
			ASSERT_TRUE(!"an instruction that seccomp knows");
		}
	}
	ASSERT_TRUE(!"the program ends with a return");
	return 0;
}

static inline uint32_t answer(const struct seccomp_program *p, uint32_t arch, uint32_t nr)
{
	const struct seccomp_data data = { .nr = (int)nr, .arch = arch };

	return evaluate(p, &data);
}

static inline struct seccomp_program compile_both(const struct policy_calls *allow,
	const struct policy_calls *deny, enum policy_seccomp_default action)
{
	const struct seccomp_spec spec = {
		.allow = allow,
		.deny = deny,
		.action = action,
		.errnum = EPERM,
		.exec_fd = EXEC_FD,
	};
	struct seccomp_program p = { 0 };
	struct sbx_error err = { 0 };

	ASSERT_EQ(0, seccomp_compile(&spec, &p, &err));
	return p;
}

static inline struct seccomp_program compile(
	const struct policy_calls *allow, enum policy_seccomp_default action)
{
	return compile_both(allow, &nothing, action);
}

static inline void add(struct policy_calls *calls, const char *name, const char *test)
{
	struct call_cases cases = { 0 };
	struct test_error why = { 0 };

	if (test && test_parse(name, test, &cases, &why) < 0)
		printf("# %s: %s\n", test, why.why);
	ASSERT_STREQ("", why.why);
	ASSERT_EQ(0, calls_add(calls, name, test, &cases, NULL));
}

/* What the launcher makes of a policy's lists. */
static inline struct seccomp_program compile_policy(
	const struct policy_calls *allow, const struct policy_calls *deny)
{
	const struct policy policy = { .seccomp = { .allow = *allow, .deny = *deny } };
	struct allowlist list = { 0 };
	struct seccomp_program p;
	struct sbx_error err = { 0 };

	ASSERT_EQ(0, allowlist_make(&policy, &(struct policy_calls){ 0 }, &list, &err));
	p = compile_both(&list.allow, &list.deny, POLICY_SECCOMP_ERRNO);
	allowlist_clear(&list);
	return p;
}

static inline struct policy_calls some_syscalls(void)
{
	static const char *const names[] = { "brk", "execve", "exit_group", "read", "write" };
	struct policy_calls allow = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add(&allow, names[i], NULL);
	return allow;
}

/* Of these calls. */
static inline bool is_allowed(uint32_t nr)
{
	return nr == SYS_brk || nr == SYS_execve || nr == SYS_exit_group || nr == SYS_read ||
	       nr == SYS_write;
}

/* What every filter answers where nothing allows the call. */
static inline uint32_t refusal(uint32_t nr, uint32_t otherwise)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int)nr);
	bool known = name;

	free(name);
	return known && nr != SYS_clone3 ? otherwise : SECCOMP_RET_ERRNO | ENOSYS;
}

#endif
