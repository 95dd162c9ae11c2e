/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the emitted program answers: it is run here, by an interpreter of the kernel's classic BPF,
 * for every syscall number. What the source of the filter says doesn't count.
 */
#include "kernel/seccomp.h"

#include "test.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define X32_BIT 0x40000000
#define LAST_NR 600 /* well behind the newest syscall */
#define EXEC_FD 4

static uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	ASSERT_TRUE(offset % 4 == 0 && offset + 4 <= sizeof(*data));
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

static bool jumps(const struct sock_filter *f, uint32_t a)
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
static uint32_t evaluate(const struct seccomp_program *p, const struct seccomp_data *data)
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

static uint32_t answer(const struct seccomp_program *p, uint32_t arch, uint32_t nr)
{
	const struct seccomp_data data = { .nr = (int)nr, .arch = arch };

	return evaluate(p, &data);
}

static struct seccomp_program compile(struct strv *allow, enum policy_seccomp_default action)
{
	const struct seccomp_spec spec = {
		.allow = allow, .action = action, .errnum = EPERM, .exec_fd = EXEC_FD
	};
	struct seccomp_program p = { 0 };
	struct sbx_error err = { 0 };

	ASSERT_EQ(0, seccomp_compile(&spec, &p, &err));
	return p;
}

static struct strv some_syscalls(void)
{
	static const char *const names[] = { "brk", "execve", "exit_group", "read", "write" };
	struct strv allow = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ASSERT_EQ(0, strv_add(&allow, names[i]));
	return allow;
}

static bool is_allowed(uint32_t nr)
{
	return nr == SYS_brk || nr == SYS_execve || nr == SYS_exit_group || nr == SYS_read ||
	       nr == SYS_write;
}

TEST(every_number)
{
	struct strv allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO);

	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		uint32_t expected = is_allowed(nr)     ? SECCOMP_RET_ALLOW
				    : nr == SYS_clone3 ? SECCOMP_RET_ERRNO | ENOSYS
						       : SECCOMP_RET_ERRNO | EPERM;

		EXPECT_EQ(expected, answer(&p, AUDIT_ARCH_X86_64, nr));
	}
	EXPECT_EQ(SECCOMP_RET_ERRNO | EPERM, answer(&p, AUDIT_ARCH_X86_64, X32_BIT - 1));
	seccomp_program_clear(&p);
	strv_clear(&allow);
}

TEST(other_architectures_are_killed)
{
	struct strv allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO);

	for (uint32_t nr = 0; nr < LAST_NR; nr++) {
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_I386, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_AARCH64, nr));
		EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&p, AUDIT_ARCH_X86_64, nr | X32_BIT));
	}
	seccomp_program_clear(&p);
	strv_clear(&allow);
}

TEST(defaults)
{
	struct strv allow = some_syscalls();
	struct seccomp_program kill = compile(&allow, POLICY_SECCOMP_KILL);
	struct seccomp_program trap = compile(&allow, POLICY_SECCOMP_TRAP);

	EXPECT_EQ(SECCOMP_RET_KILL_PROCESS, answer(&kill, AUDIT_ARCH_X86_64, SYS_ptrace));
	EXPECT_EQ(SECCOMP_RET_TRAP, answer(&trap, AUDIT_ARCH_X86_64, SYS_ptrace));
	EXPECT_EQ(SECCOMP_RET_ERRNO | ENOSYS, answer(&kill, AUDIT_ARCH_X86_64, SYS_clone3));
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer(&kill, AUDIT_ARCH_X86_64, SYS_read));
	seccomp_program_clear(&kill);
	seccomp_program_clear(&trap);
	strv_clear(&allow);
}

TEST(clone_makes_threads_and_no_namespaces)
{
	static const uint64_t namespaces[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS,
		CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET };
	struct strv allow = some_syscalls();
	struct seccomp_data data = { .nr = SYS_clone, .arch = AUDIT_ARCH_X86_64 };
	struct seccomp_program p;

	ASSERT_EQ(0, strv_add(&allow, "clone"));
	p = compile(&allow, POLICY_SECCOMP_ERRNO);
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
	strv_clear(&allow);
}

TEST(limits_can_be_set_but_for_core_dumps)
{
	static const int calls[] = { SYS_setrlimit, SYS_prlimit64 };
	struct strv allow = some_syscalls();
	struct seccomp_data data = { .arch = AUDIT_ARCH_X86_64 };
	struct seccomp_program p;

	ASSERT_EQ(0, strv_add(&allow, "setrlimit"));
	ASSERT_EQ(0, strv_add(&allow, "prlimit64"));
	p = compile(&allow, POLICY_SECCOMP_ERRNO);
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
	strv_clear(&allow);
}

TEST(clone3_can_be_allowed)
{
	struct strv allow = some_syscalls();
	struct seccomp_program p;

	ASSERT_EQ(0, strv_add(&allow, "clone3"));
	p = compile(&allow, POLICY_SECCOMP_ERRNO);
	EXPECT_EQ(SECCOMP_RET_ALLOW, answer(&p, AUDIT_ARCH_X86_64, SYS_clone3));
	seccomp_program_clear(&p);
	strv_clear(&allow);
}

/* The launcher's own exec and no other; all 64 bits of its arguments have to be as it writes them.
 */
TEST(execveat_of_one_descriptor)
{
	struct strv allow = some_syscalls();
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
	strv_clear(&allow);
}

TEST(unknown_names_are_errors)
{
	struct strv allow = some_syscalls();
	const struct seccomp_spec spec = { .allow = &allow, .exec_fd = EXEC_FD };
	struct seccomp_program p = { 0 };
	struct sbx_error err = { 0 };

	ASSERT_EQ(0, strv_add(&allow, "no_such_call"));
	EXPECT_EQ(-EINVAL, seccomp_compile(&spec, &p, &err));
	EXPECT_STREQ("seccomp: 'no_such_call' is not a syscall", err.text);
	EXPECT_TRUE(!p.filter);
	strv_clear(&allow);
}

static char cache[64];

static void remove_cache(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", cache);
	(void)!system(command);
}

/* Changes one byte of the one entry, `from_end` bytes before its end. */
static void damage(long from_end)
{
	char command[256];

	(void)snprintf(command, sizeof(command),
		"f=$(echo %s/*); s=$(stat -c %%s \"$f\"); "
		"printf X | dd of=\"$f\" bs=1 seek=$((s - %ld)) conv=notrunc 2>/dev/null",
		cache, from_end);
	ASSERT_EQ(0, system(command));
}

TEST(cache_answers_the_same_and_mistrusts_what_it_finds)
{
	struct strv allow = some_syscalls();
	const struct seccomp_spec spec = { .allow = &allow, .errnum = EPERM, .exec_fd = EXEC_FD };
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO), cached = { 0 };
	struct sbx_error err = { 0 };
	struct stat st;

	if (geteuid() != 0)
		SKIP("needs root: the cache is root's alone");
	(void)snprintf(cache, sizeof(cache), "/var/lib/sandboxctl-test.XXXXXX");
	ASSERT_TRUE(mkdtemp(cache));
	(void)atexit(remove_cache);
	for (int round = 0; round < 5; round++) {
		ASSERT_EQ(0, seccomp_compile_cached(cache, &spec, &cached, &err));
		ASSERT_EQ(p.n, cached.n);
		EXPECT_EQ(0, memcmp(p.filter, cached.filter, p.n * sizeof(*p.filter)));
		seccomp_program_clear(&cached);
		/* In the text; then the length of the whole. */
		if (round == 1)
			damage(p.n * (long)sizeof(*p.filter) + 5);
		if (round == 2)
			damage(-1);
		/* In the instructions. */
		if (round == 3)
			damage(p.n * (long)sizeof(*p.filter) / 2);
	}
	ASSERT_EQ(0, chmod(cache, 0777));
	ASSERT_EQ(0, stat(cache, &st));
	seccomp_program_clear(&p);
	strv_clear(&allow);
}
