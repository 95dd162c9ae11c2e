/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the emitted program answers: it is run here, by an interpreter of the kernel's classic BPF,
 * for every syscall number. What the source of the filter says doesn't count.
 */
#include "kernel/seccomp.h"

#include "policy/allowlist.h"
#include "policy/syscalls.h"
#include "policy/test.h"
#include "test.h"

#include <fcntl.h>
#include <glob.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

static struct seccomp_program compile_both(const struct policy_calls *allow,
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

static struct seccomp_program compile(
	const struct policy_calls *allow, enum policy_seccomp_default action)
{
	return compile_both(allow, &nothing, action);
}

static void add(struct policy_calls *calls, const char *name, const char *test)
{
	struct call_cases cases = { 0 };
	struct test_error why = { 0 };

	if (test && test_parse(name, test, &cases, &why) < 0)
		printf("# %s: %s\n", test, why.why);
	ASSERT_STREQ("", why.why);
	ASSERT_EQ(0, calls_add(calls, name, test, &cases, NULL));
}

/* What the launcher makes of a policy's lists. */
static struct seccomp_program compile_policy(
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

static struct policy_calls some_syscalls(void)
{
	static const char *const names[] = { "brk", "execve", "exit_group", "read", "write" };
	struct policy_calls allow = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add(&allow, names[i], NULL);
	return allow;
}

/* What every filter answers where nothing allows the call. */
static uint32_t refusal(uint32_t nr, uint32_t otherwise)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int)nr);
	bool known = name;

	free(name);
	return known && nr != SYS_clone3 ? otherwise : SECCOMP_RET_ERRNO | ENOSYS;
}

static bool is_allowed(uint32_t nr)
{
	return nr == SYS_brk || nr == SYS_execve || nr == SYS_exit_group || nr == SYS_read ||
	       nr == SYS_write;
}

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

/* ---- what is shipped ---- */

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

static void try_profile(const char *name, enum policy_seccomp_default action, uint32_t otherwise)
{
	const struct policy_dirs dirs = { .shipped = POLICIES_DIR };
	_cleanup_calls_ struct policy_calls profile = { 0 };
	_cleanup_allowlist_ struct allowlist list = { 0 };
	const struct policy policy = { 0 };
	struct sbx_error err = { 0 };
	struct seccomp_program p;

	ASSERT_EQ(0, policy_load_profile(&dirs, name, &profile, &err));
	ASSERT_EQ(0, allowlist_make(&policy, &profile, &list, &err));
	p = compile_both(&list.allow, &list.deny, action);
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

/* Each launch has the kernel compile it: a reason to look where it grows. */
TEST(the_usual_program_is_short)
{
	const struct policy_dirs dirs = { .shipped = POLICIES_DIR };
	_cleanup_calls_ struct policy_calls profile = { 0 };
	_cleanup_allowlist_ struct allowlist list = { 0 };
	const struct policy policy = { 0 };
	struct sbx_error err = { 0 };
	struct seccomp_program p;

	ASSERT_EQ(0, policy_load_profile(&dirs, "@default", &profile, &err));
	ASSERT_EQ(0, allowlist_make(&policy, &profile, &list, &err));
	p = compile_both(&list.allow, &list.deny, POLICY_SECCOMP_ERRNO);
	printf("# %u instructions\n", p.n);
	EXPECT_GT(200, p.n);
	seccomp_program_clear(&p);
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

/* The launcher's own exec and no other; all 64 bits of its arguments have to be as it writes them.
 */
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

/* CVE-2019-10063: what the kernel drops of an argument must not hide it. True: there was one to
 * try. */
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

/* ---- random tests: the program that comes of them against what they say ---- */

struct random_test {
	int argument, op; /* of the names and operators below */
	uint64_t mask, value;
};

static const char *const operators[] = { "==", "!=", "<", "<=", ">", ">=" };
static const char *const arguments[] = { "fd", "mode", "offset" }; /* of fallocate */
static const uint64_t widths[] = { UINT32_MAX, UINT32_MAX, UINT64_MAX };

static struct random_test random_test(void)
{
	static const uint64_t values[] = { 1, 2, 3, 7, 0x10, 0x7fffffff, 0x80000000, 0xfffffffe };
	struct random_test t = { rand() % 3, rand() % 6, 0, 0 };

	t.value = values[rand() % 8];
	t.mask = widths[t.argument];
	if (t.op < 2 && rand() % 2) {
		t.mask = values[rand() % 8] | (uint64_t)rand() % 16;
		t.value &= t.mask;
	}
	return t;
}

static bool holds(const struct random_test *t, const __u64 *args)
{
	uint64_t x = args[t->argument] & widths[t->argument];

	switch (t->op) {
	case 0:
		return (x & t->mask) == t->value;
	case 1:
		return (x & t->mask) != t->value;
	case 2:
		return x < t->value;
	case 3:
		return x <= t->value;
	case 4:
		return x > t->value;
	default:
		return x >= t->value;
	}
}

enum { TESTS = 2, ENTRIES = 3 };

/* An entry of a list: all of its tests hold. */
struct random_entry {
	struct random_test tests[TESTS];
	int n;
};

static bool entry_holds(const struct random_entry *e, const __u64 *args)
{
	for (int i = 0; i < e->n; i++)
		if (!holds(&e->tests[i], args))
			return false;
	return true;
}

/* Whether it could be added: two of its tests may exclude each other. */
static bool add_entry(struct policy_calls *calls, struct random_entry *e)
{
	char text[512] = "";
	struct call_cases cases = { 0 };
	struct test_error why;

	e->n = 1 + rand() % TESTS;
	for (int i = 0; i < e->n; i++) {
		struct random_test *t = &e->tests[i];
		size_t n = strlen(text);

		*t = random_test();
		(void)snprintf(text + n, sizeof(text) - n, "%s%s & 0x%llx %s 0x%llx",
			i ? " && " : "", arguments[t->argument], (unsigned long long)t->mask,
			operators[t->op], (unsigned long long)t->value);
	}
	if (test_parse("fallocate", text, &cases, &why) < 0)
		return false;
	ASSERT_EQ(0, calls_add(calls, "fallocate", text, &cases, NULL));
	return true;
}

struct random_lists {
	struct random_entry allow[ENTRIES], deny[ENTRIES];
	int n_allow, n_deny;
};

static bool lists_hold(const struct random_lists *l, const __u64 *args)
{
	bool allowed = false;

	for (int i = 0; i < l->n_allow; i++)
		allowed |= entry_holds(&l->allow[i], args);
	for (int i = 0; i < l->n_deny; i++)
		allowed &= !entry_holds(&l->deny[i], args);
	return allowed;
}

static void compare(const struct seccomp_program *p, const struct random_lists *l)
{
	static const uint64_t values[] = { 0, 1, 2, 3, 4, 6, 7, 8, 0xf, 0x10, 0x11, 0x7ffffffe,
		0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 1ULL << 32,
		(1ULL << 32) | 3, UINT64_MAX };
	struct seccomp_data data = { .nr = SYS_fallocate, .arch = AUDIT_ARCH_X86_64 };

	for (int i = 0; i < 400; i++) {
		for (int arg = 0; arg < 3; arg++)
			data.args[arg] = rand() % 4 ? values[rand() % 20]
						    : (uint64_t)rand() << 32 | (uint64_t)rand();
		EXPECT_EQ(lists_hold(l, data.args) ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM,
			evaluate(p, &data));
	}
}

static bool try_lists(void)
{
	_cleanup_calls_ struct policy_calls allow = { 0 }, deny = { 0 };
	_cleanup_allowlist_ struct allowlist list = { 0 };
	struct random_lists l = { 0 };
	struct sbx_error err = { 0 };
	struct policy policy = { 0 };
	struct seccomp_program p;
	bool whole = rand() % 2;

	if (whole) {
		/* Without a test it always holds. */
		add(&allow, "fallocate", NULL);
		l.n_allow = 1;
	}
	for (int i = 0; !whole && i < 1 + rand() % ENTRIES; i++)
		l.n_allow += add_entry(&allow, &l.allow[l.n_allow]);
	for (int i = 0; i < rand() % (ENTRIES + 1); i++)
		l.n_deny += add_entry(&deny, &l.deny[l.n_deny]);
	policy.seccomp.allow = allow;
	policy.seccomp.deny = deny;
	if (allowlist_make(&policy, &nothing, &list, &err) < 0) {
		EXPECT_TRUE(strstr(err.text, "cases"));
		return false;
	}
	p = compile_both(&list.allow, &list.deny, POLICY_SECCOMP_ERRNO);
	compare(&p, &l);
	seccomp_program_clear(&p);
	return true;
}

TEST(random_tests_of_arguments)
{
	int tried = 0;

	srand(4);
	for (int i = 0; i < 400; i++)
		tried += try_lists();
	EXPECT_GT(tried, 200);
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
	static const char key[] = "all that it comes of";
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO), cached = { 0 };
	struct sbx_error err = { 0 };

	if (geteuid() != 0)
		SKIP("needs root: the cache is root's alone");
	(void)snprintf(cache, sizeof(cache), "/var/lib/sandboxctl-test.XXXXXX");
	ASSERT_TRUE(mkdtemp(cache));
	(void)atexit(remove_cache);
	EXPECT_EQ(-ENOENT, seccomp_cache_read(cache, key, sizeof(key), &cached));
	for (int round = 0; round < 4; round++) {
		ASSERT_EQ(0, seccomp_cache_write(cache, key, sizeof(key), &p, &err));
		ASSERT_EQ(0, seccomp_cache_read(cache, key, sizeof(key), &cached));
		ASSERT_EQ(p.n, cached.n);
		EXPECT_EQ(0, memcmp(p.filter, cached.filter, p.n * sizeof(*p.filter)));
		seccomp_program_clear(&cached);
		EXPECT_EQ(-ENOENT, seccomp_cache_read(cache, "another key", 12, &cached));
		/* In the key; then the length of the whole, the instructions, the checksum. */
		damage(round == 0    ? p.n * (long)sizeof(*p.filter) + 8 + 5
			: round == 1 ? -1
			: round == 2 ? p.n * (long)sizeof(*p.filter) / 2
				     : p.n * (long)sizeof(*p.filter) + 3);
		EXPECT_EQ(-ESTALE, seccomp_cache_read(cache, key, sizeof(key), &cached));
		EXPECT_TRUE(!cached.filter);
	}
	seccomp_program_clear(&p);
	calls_clear(&allow);
}
