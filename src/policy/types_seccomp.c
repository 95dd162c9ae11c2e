/* SPDX-License-Identifier: Apache-2.0 */
/* [seccomp]: names of system calls, profiles, and what the calls outside of the list get. */
#include "policy/key.h"
#include "policy/syscalls.h"
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

static void clear_profile(const struct key *key, void *field)
{
	char **profile = field;

	(void)key;
	free(*profile);
	*profile = NULL;
}

const struct key_type type_profile = {
	.form = "@NAME",
	.parse = parse_profile,
	.clear = clear_profile,
};

static int report_syscall(const struct key_use *use, const char *name, enum syscalls_known known)
{
	_cleanup_strv_ struct strv names = { 0 };
	const char *near = NULL;

	if (known == SYSCALLS_ELSEWHERE)
		return key_error(use, "'%s': this architecture has no such system call", name);
	if (use->load->guesses > 0 && syscalls_list(&names) == 0)
		near = key_guess(use->load, name, &names, names.n, syscalls_at);
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

/* "@basic-io": each call of that list. */
static int add_group(const struct key_use *use, const char *name, struct strv *calls)
{
	_cleanup_strv_ struct strv group = { 0 };
	struct sbx_error err = { 0 };
	int r = policy_load_profile(use->load->dirs, name, &group, &err);

	if (r < 0)
		return r == -ENOMEM
			       ? r
			       : key_error(use, *err.cure ? "%s (%s)" : "%s%s", err.text, err.cure);
	for (size_t i = 0; i < group.n && r == 0; i++)
		r = strv_add(calls, group.v[i]);
	return r;
}

static int parse_syscalls(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r, worst = 0;

	if (strchr(use->text, '('))
		return key_error(
			use, "'%s': tests of arguments are not supported by this build", use->text);
	r = key_words(use, &words);
	for (size_t i = 0; i < words.n && r >= 0 && worst != -ENOMEM; i++) {
		int one;

		key_at_word(use, i);
		if (*words.v[i] == '@')
			one = add_group(use, words.v[i], field);
		else
			one = accept_syscall(use, words.v[i]);
		if (one > 0)
			one = strv_add(field, words.v[i]);
		worst = one < 0 ? one : worst;
	}
	return r < 0 ? r : worst;
}

/* Where a list is known to be shipped. */
static int accept_any_syscall(const struct key_use *use, const char *name)
{
	return syscalls_find(name) == SYSCALLS_ELSEWHERE ? 0 : accept_syscall(use, name);
}

static int parse_any_syscalls(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words);

	return r < 0 ? r : key_move_words(use, field, &words, accept_any_syscall);
}

static void clear_syscalls(const struct key *key, void *field)
{
	(void)key;
	strv_clear(field);
}

const struct key_type type_syscalls = {
	.form = "SYSCALL...",
	.parse = parse_syscalls,
	.clear = clear_syscalls,
	.list = true,
};

const struct key_type type_any_syscalls = {
	.form = "SYSCALL...",
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
