/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/seccomp_rules.h"

#include "oci/notes.h"
#include "oci/seccomp_test.h"
#include "policy/syscalls.h"
#include "policy/test.h"

/* Every filter of ours answers clone3 so where it isn't allowed: libraries then call clone. */
static bool is_given(const char *call, const struct oci_answer *answer)
{
	return streq(call, "clone3") && answer->action == OCI_ERRNO && answer->errnum == ENOSYS;
}

/* Those that only other architectures have mean nothing here. */
static int keep_known_names(struct importer *i, size_t rule)
{
	struct strv *names = &i->profile.rules.v[rule].names;
	_cleanup_strv_ struct strv known = { 0 }, unknown = { 0 };
	int r = 0;

	for (size_t n = 0; n < names->n && r == 0; n++) {
		enum syscalls_known found = syscalls_find(names->v[n]);

		if (found == SYSCALLS_HERE && !strv_contains(&known, names->v[n]))
			r = strv_add(&known, names->v[n]);
		else if (found == SYSCALLS_UNKNOWN)
			r = strv_addf(&unknown, "'%.100s'", names->v[n]);
	}
	if (r == 0 && unknown.n)
		r = note_list(
			&i->notes, &unknown, "syscalls[%zu]: no calls that are known here:", rule);
	strv_clear(names);
	*names = known;
	known = (struct strv){ 0 };
	return r;
}

static const struct strv *names_of(const struct importer *i, size_t rule)
{
	return &i->profile.rules.v[rule].names;
}

static bool is_whole(const struct importer *i, const char *call)
{
	return calls_find_whole(&i->allow, call) || calls_find_whole(&i->bare, call);
}

static int allow_whole(struct importer *i, size_t rule)
{
	const struct strv *names = names_of(i, rule);
	int r = 0;

	if (i->profile.rules.v[rule].args.n)
		return 0;
	for (size_t n = 0; n < names->n && r == 0; n++)
		if (!calls_find_whole(&i->allow, names->v[n]))
			r = calls_add(&i->allow, names->v[n], NULL, NULL, NULL);
	return r;
}

static bool has_test(const struct policy_calls *calls, const char *call, const char *test)
{
	for (size_t n = 0; n < calls->n; n++)
		if (calls->v[n].test && streq(calls->v[n].name, call) &&
			streq(calls->v[n].test, test))
			return true;
	return false;
}

static int allow_test(struct importer *i, size_t rule, const char *call, const char *test)
{
	_cleanup_cases_ struct call_cases cases = { 0 };
	struct test_error why;
	int r;

	if (has_test(&i->allow, call, test))
		return 0;
	r = test_parse(call, test, &cases, &why);
	if (r == -EINVAL)
		return note_add(&i->notes, "syscalls[%zu]: %s(%s) is not allowed by it: %s", rule,
			call, test, why.why);
	return r < 0 ? r : calls_add(&i->allow, call, test, &cases, NULL);
}

/* A call that is allowed as a whole needs no test, and may have none. */
static int allow_tested(struct importer *i, size_t rule)
{
	const struct oci_args *args = &i->profile.rules.v[rule].args;
	const struct strv *names = names_of(i, rule);
	int r = 0;

	for (size_t n = 0; n < names->n && args->n && r == 0; n++) {
		_cleanup_strv_ struct strv tests = { 0 };

		if (is_whole(i, names->v[n]))
			continue;
		r = oci_tests_write(names->v[n], args, &tests);
		for (size_t t = 0; t < tests.n && r == 0; t++)
			r = allow_test(i, rule, names->v[n], tests.v[t]);
	}
	return r;
}

/* Whether some of the cases are allowed. NULL: any at all. */
static bool is_allowed(const struct importer *i, const char *call, const struct call_cases *cases)
{
	if (is_whole(i, call))
		return true;
	for (size_t n = 0; n < i->allow.n; n++)
		if (streq(i->allow.v[n].name, call) &&
			(!cases || cases_overlap(&i->allow.v[n].cases, cases)))
			return true;
	return false;
}

/* TEST may be NULL. A deny wins over what allows the call; which one does in a container, depends.
 */
static int deny(struct importer *i, size_t rule, const char *call, const char *test,
	struct call_cases *cases)
{
	int r = 0;

	if (i->profile.otherwise.action != OCI_ALLOW)
		r = note_add(&i->notes,
			"syscalls[%zu]: %s is denied by it and allowed by another rule: denied",
			rule, call);
	if (r == 0 && (test ? !has_test(&i->deny, call, test) : !calls_find_whole(&i->deny, call)))
		r = calls_add(&i->deny, call, test, cases, NULL);
	return r;
}

static int deny_test(struct importer *i, size_t rule, const char *call, const char *test)
{
	_cleanup_cases_ struct call_cases cases = { 0 };
	struct test_error why;
	int r = test_parse(call, test, &cases, &why);

	if (r == 0)
		return is_allowed(i, call, &cases) ? deny(i, rule, call, test, &cases) : 0;
	if (r == -EINVAL)
		r = note_add(&i->notes, "syscalls[%zu]: %s(%s) denies all of %s: %s", rule, call,
			test, call, why.why);
	return r < 0 ? r : deny(i, rule, call, NULL, NULL);
}

static int deny_call(struct importer *i, size_t rule, const char *call)
{
	const struct oci_args *args = &i->profile.rules.v[rule].args;
	_cleanup_strv_ struct strv tests = { 0 };
	int r;

	if (!is_allowed(i, call, NULL))
		return 0;
	if (!args->n)
		return deny(i, rule, call, NULL, NULL);
	r = oci_tests_write(call, args, &tests);
	for (size_t t = 0; t < tests.n && r == 0; t++)
		r = deny_test(i, rule, call, tests.v[t]);
	return r;
}

static int deny_all(struct importer *i, size_t rule)
{
	const struct strv *names = names_of(i, rule);
	int r = 0;

	for (size_t n = 0; n < names->n && r == 0; n++)
		r = deny_call(i, rule, names->v[n]);
	return r;
}

/* A policy has one answer to all that is denied. */
static int note_answers(struct importer *i, size_t rule)
{
	const struct oci_answer *answer = &i->profile.rules.v[rule].answer;
	char wanted[OCI_ANSWER_SIZE], given[OCI_ANSWER_SIZE];
	const struct strv *names = names_of(i, rule);
	_cleanup_strv_ struct strv others = { 0 };
	int r = 0;

	if (oci_answer_is_same(answer, &i->otherwise))
		return 0;
	for (size_t n = 0; n < names->n && r == 0; n++)
		if (!is_given(names->v[n], answer))
			r = strv_add(&others, names->v[n]);
	if (r < 0 || !others.n)
		return r;
	return note_list(&i->notes, &others,
		"syscalls[%zu]: the answer is '%s' instead of '%s':", rule,
		oci_answer_describe(&i->otherwise, given), oci_answer_describe(answer, wanted));
}

/* Each is done for all rules before the next. */
static const struct {
	bool allows; /* of which rules */
	int (*run)(struct importer *i, size_t rule);
} passes[] = {
	{ true, keep_known_names },
	{ false, keep_known_names },
	{ true, allow_whole },
	{ true, allow_tested },
	{ false, deny_all },
	{ false, note_answers },
};

int oci_rules_run(struct importer *i)
{
	const struct oci_rules *rules = &i->profile.rules;
	int r = 0;

	for (size_t p = 0; p < ARRAY_SIZE(passes); p++)
		for (size_t n = 0; n < rules->n && r == 0; n++)
			if ((rules->v[n].answer.action == OCI_ALLOW) == passes[p].allows &&
				oci_rule_applies(&rules->v[n], i->host))
				r = passes[p].run(i, n);
	return r;
}
