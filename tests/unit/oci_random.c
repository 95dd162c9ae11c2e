/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random profiles as policies. What a profile means is said by an evaluator of its own here.
 */
#include "oci_seccomp.h"

#include "policy/test.h"

#include <inttypes.h>

/* ---- random ones ---- */

static const char *const ops[] = { "NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ" };
static const uint64_t values[] = { 0, 1, 2, 3, 7, 8, 0x10, 0x7fffffff, 0xffffffff, 1ULL << 63,
	UINT64_MAX };

/* Arguments of fallocate: fd, mode, offset, len. */
static const uint64_t widths[] = { UINT32_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX };

struct random_arg {
	int index, op;
	uint64_t value, two;
};

struct random_rule {
	bool allows;
	struct random_arg args[2];
	int n;
};

static uint64_t random_value(int index)
{
	return values[rand() % (int)ARRAY_SIZE(values)] & widths[index];
}

static struct random_rule random_rule(void)
{
	struct random_rule rule = { rand() % 3 > 0, { { 0 } }, rand() % 3 };

	for (int i = 0; i < rule.n; i++) {
		struct random_arg *arg = &rule.args[i];

		arg->index = rand() % 4;
		arg->op = rand() % 7;
		arg->value = random_value(arg->index);
		arg->two = arg->op == 6 ? random_value(arg->index) & arg->value : 0;
	}
	return rule;
}

static void write_rule(FILE *out, const struct random_rule *rule)
{
	(void)fprintf(out, ",{\"name\":\"fallocate\",\"action\":\"SCMP_ACT_%s\",\"args\":[",
		rule->allows ? "ALLOW" : "ERRNO");
	for (int i = 0; i < rule->n; i++)
		(void)fprintf(out,
			"%s{\"index\":%d,\"op\":\"SCMP_CMP_%s\",\"value\":%" PRIu64
			",\"valueTwo\":%" PRIu64 "}",
			i ? "," : "", rule->args[i].index, ops[rule->args[i].op],
			rule->args[i].value, rule->args[i].two);
	(void)fputs("]}", out);
}

static bool arg_holds(const struct random_arg *arg, const uint64_t *args)
{
	uint64_t x = args[arg->index];

	switch (arg->op) {
	case 0:
		return x != arg->value;
	case 1:
		return x < arg->value;
	case 2:
		return x <= arg->value;
	case 3:
		return x == arg->value;
	case 4:
		return x >= arg->value;
	case 5:
		return x > arg->value;
	default:
		return (x & arg->value) == arg->two;
	}
}

static bool rule_holds(const struct random_rule *rule, const uint64_t *args)
{
	bool any = rule->n == 2 && rule->args[0].index == rule->args[1].index;
	int holding = 0;

	for (int i = 0; i < rule->n; i++)
		holding += arg_holds(&rule->args[i], args);
	return any ? holding > 0 : holding == rule->n;
}

enum { RANDOM_RULES = 4 };

struct random_profile {
	bool allows; /* what no rule is about */
	struct random_rule rules[RANDOM_RULES];
	int n;
};

static bool profile_holds(const struct random_profile *p, const uint64_t *args)
{
	bool allowed = p->allows, denied = false;

	for (int i = 0; i < p->n; i++) {
		allowed |= p->rules[i].allows && rule_holds(&p->rules[i], args);
		denied |= !p->rules[i].allows && rule_holds(&p->rules[i], args);
	}
	return allowed && !denied;
}

static char *write_profile(const struct random_profile *p)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ASSERT_TRUE(out);
	(void)fprintf(out,
		"{\"defaultAction\":\"SCMP_ACT_%s\",\"syscalls\":[{\"names\":[\"execve\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}",
		p->allows ? "ALLOW" : "ERRNO");
	for (int i = 0; i < p->n; i++)
		write_rule(out, &p->rules[i]);
	(void)fputs("]}", out);
	ASSERT_EQ(0, fclose(out));
	return text;
}

static struct random_profile random_profile(void)
{
	struct random_profile p = { rand() % 4 == 0, { { 0 } }, 1 + rand() % RANDOM_RULES };

	for (int i = 0; i < p.n; i++)
		p.rules[i] = random_rule();
	return p;
}

static bool cases_hold(const struct call_cases *cases, const uint64_t args[static CALL_ARGS])
{
	struct call_case exact;

	for (int i = 0; i < CALL_ARGS; i++) {
		exact.mask[i] = UINT64_MAX;
		exact.value[i] = args[i];
	}
	return cases_overlap(cases, &(struct call_cases){ &exact, 1 });
}

static bool call_holds(const struct allowlist *list, const uint64_t *args)
{
	const struct policy_call *call = calls_find(&list->allow, "fallocate");

	for (size_t i = 0; i < list->deny.n; i++)
		if (streq(list->deny.v[i].name, "fallocate") &&
			cases_hold(&list->deny.v[i].cases, args))
			return false;
	return call && (!call->cases.n || cases_hold(&call->cases, args));
}

/* Whether a note says that something was made narrower than the profile has it. */
static bool is_narrowed(const struct strv *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		if (strstr(notes->v[i], "is not allowed by it") ||
			strstr(notes->v[i], "denies all of"))
			return true;
	return false;
}

/* Whether it comes to a policy: with too many cases it doesn't. */
static bool try_profile(unsigned int *exact)
{
	struct random_profile p = random_profile();
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_allowlist_ struct allowlist list = { 0 };
	_cleanup_oci_import_ struct oci_import seen = { 0 };
	_cleanup_free_ char *json = write_profile(&p);
	bool narrowed;

	if (import("random.json", json, &seen) < 0) {
		EXPECT_TRUE(strstr(err.text, "cases"));
		return false;
	}
	policy = load(seen.policy);
	make_list(policy, &list);
	narrowed = is_narrowed(&seen.notes);
	*exact += !narrowed;
	for (int i = 0; i < 300; i++) {
		uint64_t args[CALL_ARGS] = { 0 };

		for (int arg = 0; arg < 4; arg++)
			args[arg] = (random_value(arg) + (uint64_t)(rand() % 3) - 1) & widths[arg];
		if (call_holds(&list, args))
			EXPECT_TRUE(profile_holds(&p, args));
		else if (!narrowed)
			EXPECT_FALSE(profile_holds(&p, args));
	}
	return true;
}

TEST(random_profiles_mean_the_same)
{
	unsigned int tried = 0, exact = 0;

	start();
	srand(5);
	for (int i = 0; i < 400; i++)
		tried += try_profile(&exact);
	EXPECT_GT(tried, 200);
	EXPECT_GT(exact, 100);
}
