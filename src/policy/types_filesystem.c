/* SPDX-License-Identifier: Apache-2.0 */
/* [filesystem]: grants of rights on paths, and the private /tmp. */
#include "policy/array.h"
#include "policy/key.h"
#include "policy/text.h"
#include "policy/values.h"

const char *policy_rights_name(enum policy_rights rights)
{
	switch (rights) {
	case POLICY_READ:
		return "read";
	case POLICY_WRITE:
		return "write";
	case POLICY_EXEC:
		return "exec";
	case POLICY_OWN:
		return "own";
	}
	return "?";
}

/* Adds PATH, which it takes over on success. */
static int add_grant(const struct key_use *use, struct policy *policy, char *path)
{
	struct policy_grant *room =
		array_room(policy->filesystem.grants, policy->filesystem.n_grants, sizeof(*room));

	if (!room)
		return -ENOMEM;
	policy->filesystem.grants = room;
	room[policy->filesystem.n_grants++] = (struct policy_grant){
		.path = path,
		.rights = (enum policy_rights)use->key->number,
		.unsettled = use->load->spoken & TEXT_UNKNOWN,
		.at = key_place(use),
	};
	return 0;
}

static const char *judge_path(char *path)
{
	const char *why = text_normalise_path(path);

	/* The only root there is yet is a private one. */
	if (!why && streq(path, "/"))
		why = "a private root can't hold the root as a whole";
	return why;
}

/* What other programs' files write so would be a part of the name here. */
static void warn_of_habits(const struct key_use *use, const char *path)
{
	struct policy_place at = key_place(use);
	size_t n = strlen(path);

	if (n && path[n - 1] == ',')
		report_warning(use->load->report, &at,
			"%s: '%s': white space separates paths, and ',' is a part of the name",
			use->key->name, path);
	else if (strpbrk(path, "*?$"))
		report_warning(use->load->report, &at,
			"%s: '%s': nothing is expanded but %%t, %%i and %%n", use->key->name, path);
}

static int parse_grants(const struct key_use *use, void *target)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words), worst = r;

	for (size_t i = 0; i < words.n && r != -ENOMEM; i++) {
		_cleanup_free_ char *as_written = strdup(words.v[i]);
		const char *why = judge_path(words.v[i]);

		if (!as_written)
			return -ENOMEM;
		key_at_word(use, i);
		if (use->key->number == POLICY_OWN && (use->load->spoken & TEXT_SANDBOX))
			why = "%n: what a tenant owns is the same for all of its sandboxes";
		r = why ? key_error(use, "'%s': %s", as_written, why)
			: add_grant(use, target, words.v[i]);
		if (r == 0)
			words.v[i] = NULL;
		warn_of_habits(use, as_written);
		worst = r < 0 ? r : worst;
	}
	return worst;
}

/* Only the grants of this key's right: the four keys share one list. */
static void clear_grants(const struct key *key, void *target)
{
	struct policy *policy = target;
	size_t kept = 0;

	for (size_t i = 0; i < policy->filesystem.n_grants; i++) {
		struct policy_grant grant = policy->filesystem.grants[i];

		if (grant.rights == (enum policy_rights)key->number)
			free(grant.path);
		else
			policy->filesystem.grants[kept++] = grant;
	}
	policy->filesystem.n_grants = kept;
}

const struct key_type type_grants = {
	.form = "PATH...",
	.parse = parse_grants,
	.clear = clear_grants,
	.list = true,
};

/* tmpfs takes a size of 0 for no limit at all: what is less than a page can't be meant. */
static int parse_tmp(const struct key_use *use, void *field)
{
	uint64_t *size = field, bytes;
	int r = value_size(use->text, &bytes);

	if (r == -EINVAL)
		return key_error(use, "'%s' is not a size: a number with K, M, G or T", use->text);
	if (r < 0 || bytes > INT64_MAX)
		return key_error(use, "'%s' is too large: /tmp has an end", use->text);
	if (bytes < (uint64_t)sysconf(_SC_PAGESIZE))
		return key_error(use, "'%s' is less than a page", use->text);
	*size = bytes;
	return 0;
}

const struct key_type type_tmp = { .form = "SIZE", .parse = parse_tmp };
