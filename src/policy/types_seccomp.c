/* SPDX-License-Identifier: Apache-2.0 */
/* [seccomp]: names of system calls, profiles, and what the calls outside of the list get. */
#include "policy/key.h"
#include "policy/syscalls.h"
#include "policy/test.h"
#include "policy/values.h"

/* "@default" */
static int parse_profile(const struct key_use *use, void *field)
{
	_cleanup_free_ char *name = NULL;
	char **profile = field;
	int r = key_one_word(use, &name);

	if (r < 0)
		return r;
	if (streq(name, "none"))
		return key_error(use, "'none' is not supported by this build");
	if (*name != '@' || !name_is_valid(name + 1))
		return key_error(use,
			"'%s' is no profile: the shipped ones are written '@default', '@wazero'",
			name);
	free(*profile);
	*profile = take_ptr(name);
	return 0;
}

const struct key_type type_profile = {
	.form = "@NAME",
	.parse = parse_profile,
	.clear = key_clear_string,
};

static int report_syscall(const struct key_use *use, const char *name, enum syscalls_known known)
{
	_cleanup_strv_ struct strv names = { 0 };
	const char *near = NULL;

	if (known == SYSCALLS_ELSEWHERE)
		return key_error(use, "'%s': this architecture has no such system call", name);
	if (use->load->guesses > 0 && syscalls_list(&names) == 0)
		near = key_guess(use->load, name, &names, names.n, strv_at);
	if (near)
		return key_error(use, "'%s' is no system call; did you mean '%s'?", name, near);
	return key_error(use, "'%s' is no system call", name);
}

static int accept_syscall(const struct key_use *use, const char *name)
{
	enum syscalls_known known = syscalls_find(name);

	/* Shipped lists serve all architectures: what only others have is left out. */
	if (known == SYSCALLS_ELSEWHERE && use->load->source && use->load->source->shipped)
		return 0;
	return known == SYSCALLS_HERE ? 1 : report_syscall(use, name, known);
}

/* Where a list is known to be shipped. */
static int accept_any_syscall(const struct key_use *use, const char *name)
{
	return syscalls_find(name) == SYSCALLS_ELSEWHERE ? 0 : accept_syscall(use, name);
}

/* "@basic-io": each call of that list. */
static int add_group(const struct key_use *use, const char *name, struct policy_calls *calls)
{
	_cleanup_calls_ struct policy_calls group = { 0 };
	struct policy_place at = key_place(use);
	struct sbx_error err = { 0 };
	int r;

	if (strchr(name, '('))
		return key_error(use, "'%s': a test is of one call, not of a group", name);
	r = policy_load_profile(use->load->dirs, name, &group, &err);
	if (r < 0)
		return r == -ENOMEM
			       ? r
			       : key_error(use, *err.cure ? "%s (%s)" : "%s%s", err.text, err.cure);
	return calls_add_all(calls, &group, &at);
}

static int report_test(
	const struct key_use *use, const char *call, const char *test, const struct test_error *err)
{
	const char *near = NULL;

	if (*err->unknown)
		near = key_guess(
			use->load, err->unknown, NULL, syscalls_n_constants, syscalls_constant_at);
	if (near)
		return key_error(use, "'%s(%s)': '%s' is no constant; did you mean '%s'?", call,
			test, err->unknown, near);
	return key_error(use, "'%s(%s)': %s", call, test, err->why);
}

/* "socket(domain == AF_INET)", which is cut up */
static int add_tested(const struct key_use *use, char *word,
	int (*accept)(const struct key_use *use, const char *name), struct policy_calls *calls)
{
	_cleanup_cases_ struct call_cases cases = { 0 };
	char *test = strchr(word, '('), *end = word + strlen(word) - 1;
	struct policy_place at = key_place(use);
	struct test_error err;
	int r;

	if (test == word)
		return key_error(
			use, "'%s': a test stands right behind the name of its call", word);
	if (*end != ')')
		return key_error(use, "'%s': a test ends in ')'", word);
	*end = *test++ = '\0';
	r = accept(use, word);
	if (r <= 0)
		return r;
	r = test_parse(word, test, &cases, &err);
	if (r == -EINVAL)
		return report_test(use, word, test, &err);
	return r < 0 ? r : calls_add(calls, word, test, &cases, &at);
}

static int add_call(const struct key_use *use, char *word,
	int (*accept)(const struct key_use *use, const char *name), struct policy_calls *calls)
{
	struct policy_place at = key_place(use);
	int r;

	if (*word == '@')
		return add_group(use, word, calls);
	if (strchr(word, '('))
		return add_tested(use, word, accept, calls);
	r = accept(use, word);
	return r > 0 ? calls_add(calls, word, NULL, NULL, &at) : r;
}

/* How many more parentheses a word opens than it closes. */
static int depth_of(const char *word)
{
	int depth = 0;

	for (; *word; word++)
		depth += (*word == '(') - (*word == ')');
	return depth;
}

/*
 * White space does not end a word within a test. *next is the word to begin with, and then the one
 * behind. NULL: no memory.
 */
static char *join_words(const struct strv *words, size_t *next)
{
	char *joined = strdup(words->v[*next]);
	int depth = depth_of(words->v[*next]);

	while (joined && depth > 0 && ++*next < words->n) {
		char *longer;

		depth += depth_of(words->v[*next]);
		if (asprintf(&longer, "%s %s", joined, words->v[*next]) < 0)
			longer = NULL;
		free(joined);
		joined = longer;
	}
	if (*next < words->n)
		++*next;
	return joined;
}

static int parse_list(const struct key_use *use, void *field,
	int (*accept)(const struct key_use *use, const char *name))
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words), worst = 0;

	for (size_t i = 0; i < words.n && r >= 0 && worst != -ENOMEM;) {
		_cleanup_free_ char *word = NULL;
		int one;

		key_at_word(use, i);
		word = join_words(&words, &i);
		one = word ? add_call(use, word, accept, field) : -ENOMEM;
		worst = one < 0 ? one : worst;
	}
	return r < 0 ? r : worst;
}

static int parse_syscalls(const struct key_use *use, void *field)
{
	return parse_list(use, field, accept_syscall);
}

/* So a shipped list is all there in one text, and none can go round in a circle. */
static int parse_any_syscalls(const struct key_use *use, void *field)
{
	if (strchr(use->text, '@'))
		return key_error(
			use, "'%s': a shipped list has calls in it, and no other lists", use->text);
	return parse_list(use, field, accept_any_syscall);
}

static void clear_syscalls(const struct key *key, void *field)
{
	(void)key;
	calls_clear(field);
}

const struct key_type type_syscalls = {
	.form = "SYSCALL[(TEST)] or @NAME...",
	.parse = parse_syscalls,
	.clear = clear_syscalls,
	.list = true,
};

const struct key_type type_any_syscalls = {
	.form = "SYSCALL[(TEST)]...",
	.parse = parse_any_syscalls,
	.clear = clear_syscalls,
	.list = true,
};

static int parse_errno(const struct key_use *use, const struct strv *words, struct policy *policy)
{
	int errnum;

	if (words->n != 2 || value_errno(words->v[1], &errnum) < 0)
		return key_error(use,
			"'%s': 'errno' is followed by the name of one error, as in 'errno EPERM'",
			use->text);
	policy->seccomp.action = POLICY_SECCOMP_ERRNO;
	policy->seccomp.errnum = errnum;
	return 0;
}

static int parse_default(const struct key_use *use, void *target)
{
	_cleanup_strv_ struct strv words = { 0 };
	struct policy *policy = target;
	int r = key_words(use, &words);

	if (r < 0)
		return r;
	if (words.n && streq(words.v[0], "errno"))
		return parse_errno(use, &words, policy);
	if (streq(use->text, "log"))
		return key_error(use, "'log' is not supported by this build");
	if (!streq(use->text, "kill") && !streq(use->text, "trap"))
		return key_error(use, "'%s' is none of 'errno NAME', 'kill' and 'trap'", use->text);
	policy->seccomp.action =
		streq(use->text, "kill") ? POLICY_SECCOMP_KILL : POLICY_SECCOMP_TRAP;
	policy->seccomp.errnum = 0;
	return 0;
}

const struct key_type type_seccomp_default = {
	.form = "errno NAME, kill or trap",
	.parse = parse_default,
};
