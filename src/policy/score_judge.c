/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/score_judge.h"

#include "policy/key.h"

#include <sys/capability.h>

void score_note(struct score_finding *f, const struct policy_place *at, const char *fmt, ...)
{
	va_list ap;

	f->at = at ? *at : (struct policy_place){ 0 };
	va_start(ap, fmt);
	(void)vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
}

unsigned int judge_holds(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	(void)s;
	(void)row;
	(void)f;
	return 0;
}

unsigned int judge_lsm(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	(void)row;
	(void)f;
	return !s->lsm || s->policy->lsm.mode != POLICY_LSM_ENFORCE;
}

/* ---- single values ---- */

/* The value of the row's key, as it is written. */
static void note_value(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const struct policy_assignment *a = policy_find_value(s->policy, row->section, row->key);
	const char *text = a ? a->text : policy_initial_value(row->section, row->key);

	score_note(f, a ? &a->at : NULL, "%s", text && *text ? text : "not set");
}

static unsigned int steps_below(const struct score_row *row, uint64_t value)
{
	unsigned int badness = 0;

	while (badness < row->range && value > row->steps[badness])
		badness++;
	return badness;
}

/* The value of a cgroup's file; NULL where it sets no limit. */
static const char *limit_of(const struct score_subject *s, const struct score_row *row)
{
	const struct policy_cgroup *cgroup =
		streq(row->section, "cgroup") ? &s->policy->cgroup : &s->policy->cgroup_sandbox;
	const struct policy_cgroup_setting *setting = policy_cgroup_find(cgroup, row->key);

	return setting && !streq(setting->value, "max") ? setting->value : NULL;
}

unsigned int judge_setting(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const char *limit = limit_of(s, row);
	uint64_t value = UINT64_MAX;

	if (limit)
		(void)str_to_u64(limit, &value);
	note_value(s, row, f);
	return steps_below(row, value);
}

unsigned int judge_cpu(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const char *limit = limit_of(s, row);
	uint64_t percent = UINT64_MAX;

	if (limit) { /* "QUOTA PERIOD" */
		char *rest;
		uint64_t quota = strtoull(limit, &rest, 10), period = strtoull(rest, NULL, 10);

		if (period > 0 && quota < UINT64_MAX / 100)
			percent = quota * 100 / period;
	}
	note_value(s, row, f);
	return steps_below(row, percent);
}

unsigned int judge_timeout(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	note_value(s, row, f);
	return steps_below(row, s->policy->runtime.timeout);
}

unsigned int judge_tmp(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	note_value(s, row, f);
	return steps_below(row, s->policy->filesystem.tmp);
}

unsigned int judge_io(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	note_value(s, row, f);
	return !policy_cgroup_has_line(&s->policy->cgroup, "io.max");
}

unsigned int judge_default(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	note_value(s, row, f);
	return s->policy->seccomp.action != POLICY_SECCOMP_KILL;
}

/* What isn't given is the row's default, and that is never one of the words. */
unsigned int judge_word(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const struct policy_assignment *a = policy_find_value(s->policy, row->section, row->key);

	note_value(s, row, f);
	for (const char *const *word = row->words; a && *word; word++)
		if (streq(a->text, *word))
			return 1;
	return 0;
}

/* Where no namespace parts it from them, that user's processes and shared memory are in reach. */
unsigned int judge_user(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const struct policy *policy = s->policy;
	const char *key = policy->process.user ? row->key : "group";
	const struct policy_assignment *a = policy_find_value(policy, row->section, key);

	if (!a || !*a->text)
		return 0;
	score_note(f, &a->at, "%s = %s", key, a->text);
	return 1 + !policy->namespaces.pid + !policy->namespaces.ipc;
}

unsigned int judge_capabilities(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	note_value(s, row, f);
	if (!s->policy->process.capabilities)
		return 0;
	return s->policy->namespaces.user ? 1 : row->range;
}

unsigned int judge_host_capabilities(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	uint64_t weighed = 0;
	cap_value_t cap;

	for (const char *const *word = row->words; *word; word++)
		if (cap_from_name(*word, &cap) == 0)
			weighed |= 1ULL << cap;
	note_value(s, row, f);
	return !s->policy->namespaces.user && (s->policy->process.capabilities & weighed) != 0;
}

/* ---- system calls ---- */

/* In some of its cases at least. A profile's calls stand nowhere in the policy. */
static bool allows(const struct score_subject *s, const char *call, struct policy_place *ret_at)
{
	const struct policy_call *own = calls_find(&s->policy->seccomp.allow, call);

	if (!calls_find(s->allowed, call))
		return false;
	*ret_at = own ? own->at : (struct policy_place){ 0 };
	return true;
}

unsigned int judge_share_of_calls(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	struct policy_place at;
	size_t n = 0;

	for (size_t i = 0; i < s->calls->n; i++)
		n += allows(s, s->calls->v[i], &at);
	note_value(s, row, f); /* which tells the place too */
	(void)snprintf(f->what, sizeof(f->what), "%zu of %zu", n, s->calls->n);
	return s->calls->n ? steps_below(row, n * 100 / s->calls->n) : row->range;
}

unsigned int judge_calls(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	struct policy_place at;
	size_t n = 0;

	for (const char *const *call = row->words; *call; call++) {
		if (!allows(s, *call, &at))
			continue;
		if (!f->at.source)
			f->at = at;
		n += (size_t)snprintf(
			f->what + n, sizeof(f->what) - n, "%s%s", n ? " " : "", *call);
	}
	if (n > 0)
		(void)snprintf(f->cure, sizeof(f->cure), "deny = %s", f->what);
	return n > 0;
}

/* In a user namespace of the sandbox's own nobody makes any. */
unsigned int judge_makers(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	return s->policy->namespaces.user ? 0 : judge_calls(s, row, f);
}

/* ---- environment ---- */

/* Names of variables are words with '_' between them. */
static bool is_secret_word(const char *word, size_t n)
{
	static const char *const words[] = { "SECRET", "SECRETS", "PASSWORD", "PASSWD",
		"PGPASSWORD", "PASSPHRASE", "TOKEN", "KEY", "APIKEY", "CREDENTIAL", "CREDENTIALS" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == n && strncasecmp(words[i], word, n) == 0)
			return true;
	return false;
}

/* "DB_PASSWORD=x", but for "DB_PASSWORD_FILE=/x", which is how it should be. */
static bool is_secret(const char *variable)
{
	size_t length = strcspn(variable, "="), n;
	bool found = false;

	if (variable[length] == '\0' || variable[length + 1] == '\0' ||
		(length >= 5 && strncasecmp(variable + length - 5, "_FILE", 5) == 0))
		return false;
	for (const char *word = variable; word < variable + length; word += n + 1) {
		n = strcspn(word, "_=");
		found |= is_secret_word(word, n);
	}
	return found;
}

/* Where the variable is set; nowhere where its name is not in the text as it is. */
static struct policy_place place_of_variable(
	const struct policy *policy, const char *section, const char *name)
{
	for (size_t i = policy->n_assignments; i-- > 0;) {
		const struct policy_assignment *a = &policy->assignments[i];

		if (!streq(a->key->section, section) || !streq(a->key->name, "env"))
			continue;
		for (const char *at = a->text; (at = strstr(at, name)); at++)
			if (at[strlen(name)] == '=' && (at == a->text || strchr(" \t\"", at[-1])))
				return a->at;
	}
	return (struct policy_place){ 0 };
}

/* Its value is nobody's business. */
unsigned int judge_env(
	const struct score_subject *s, const struct score_row *row, struct score_finding *f)
{
	const struct strv *env =
		streq(row->section, "runtime") ? &s->policy->runtime.env : &s->policy->process.env;

	for (size_t i = 0; i < env->n; i++) {
		struct policy_place at;
		size_t n = strcspn(env->v[i], "=");

		if (!is_secret(env->v[i]))
			continue;
		score_note(f, NULL, "%.*s", (int)n, env->v[i]);
		at = place_of_variable(s->policy, row->section, f->what);
		f->at = at;
		return 1;
	}
	return 0;
}
