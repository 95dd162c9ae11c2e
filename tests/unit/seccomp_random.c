/* SPDX-License-Identifier: Apache-2.0 */
/* Random tests of arguments: the program that comes of them against what they say. */
#include "seccomp_program.h"

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
