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
	case POLICY_SEE:
		return "root";
	case POLICY_SHARE:
		return "share";
	}
	return "?";
}

void policy_grant_text(const struct policy_grant *grant, char *text, size_t size)
{
	if (policy_grant_is_root(grant))
		(void)snprintf(text, size, "root = %s",
			grant->rights == POLICY_SEE ? "host" : grant->path);
	else if (grant->inside)
		(void)snprintf(text, size, "mount = %s:%s%s", grant->path, grant->inside,
			grant->rights == POLICY_READ ? ":ro" : "");
	else
		(void)snprintf(
			text, size, "%s = %s", policy_rights_name(grant->rights), grant->path);
}

/* Of a policy, where they are kept. */
struct list {
	struct policy_grant **v;
	size_t *n;
};

static struct list list_of(struct policy *policy, enum policy_rights rights)
{
	if (rights == POLICY_SHARE)
		return (struct list){ &policy->filesystem.shares, &policy->filesystem.n_shares };
	return (struct list){ &policy->filesystem.grants, &policy->filesystem.n_grants };
}

/* Takes the grant's strings over on success. */
static int add_grant(struct policy *policy, const struct policy_grant *grant)
{
	const struct list list = list_of(policy, grant->rights);
	struct policy_grant *room = array_room(*list.v, *list.n, sizeof(*room));

	if (!room)
		return -ENOMEM;
	*list.v = room;
	room[(*list.n)++] = *grant;
	return 0;
}

static int add_path(const struct key_use *use, struct policy *policy, char *path, bool is_folder)
{
	const struct policy_grant grant = {
		.path = path,
		.rights = (enum policy_rights)use->key->number,
		.is_folder = is_folder,
		.unsettled = use->load->spoken & TEXT_UNKNOWN,
		.at = key_place(use),
	};

	return add_grant(policy, &grant);
}

static const char *judge_path(char *path)
{
	const char *why = text_normalise_path(path);

	/* It would hold what each sandbox has of its own, and sandboxctl's home. */
	if (!why && streq(path, "/"))
		why = "the root as a whole can't be granted: name what lies in it";
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
		if ((use->key->number & (POLICY_OWN | POLICY_SHARE)) &&
			(use->load->spoken & TEXT_SANDBOX))
			why = "%n: what a tenant owns is the same for all of its sandboxes";
		r = why ? key_error(use, "'%s': %s", as_written, why)
			: add_path(use, target, words.v[i],
				  as_written[strlen(as_written) - 1] == '/');
		if (r == 0)
			words.v[i] = NULL;
		warn_of_habits(use, as_written);
		worst = r < 0 ? r : worst;
	}
	return worst;
}

/* `mount` has no number, and the root's is that of seeing. */
static bool is_of_key(const struct policy_grant *grant, const struct key *key)
{
	if (key->number == POLICY_SEE || policy_grant_is_root(grant))
		return key->number == POLICY_SEE && policy_grant_is_root(grant);
	return key->number ? !grant->inside && grant->rights == (enum policy_rights)key->number
			   : grant->inside != NULL;
}

/* Only this key's grants: most of the keys have one list together. */
static void clear_grants(const struct key *key, void *target)
{
	const struct list list = list_of(target, (enum policy_rights)key->number);
	size_t kept = 0;

	for (size_t i = 0; i < *list.n; i++) {
		struct policy_grant grant = (*list.v)[i];

		if (is_of_key(&grant, key)) {
			free(grant.path);
			free(grant.inside);
		} else {
			(*list.v)[kept++] = grant;
		}
	}
	*list.n = kept;
}

const struct key_type type_grants = {
	.form = "PATH...",
	.parse = parse_grants,
	.clear = clear_grants,
	.list = true,
};

/* These are the sandbox's own, each a file system with a meaning. */
static const char *const reserved[] = { "/proc", "/sys", "/dev" };

static const char *judge_target(char *path)
{
	const char *why = text_normalise_path(path);

	if (!why && streq(path, "/"))
		return "nothing is mounted on the root itself";
	for (size_t i = 0; i < ARRAY_SIZE(reserved) && !why; i++)
		if (path_lies_in(path, reserved[i]))
			why = "nothing is mounted on /proc, /sys and /dev, or in them";
	return why;
}

/* Takes "SRC:DST[:ro]" apart, in place. Returns NULL, or what is wrong with it. */
static const char *split_mount(char *text, struct policy_grant *ret_grant)
{
	char *source = strsep(&text, ":"), *target = strsep(&text, ":");
	const char *why;

	if (!target)
		return "a mount is SRC:DST, or SRC:DST:ro";
	if (text && !streq(text, "ro"))
		return "behind SRC:DST stands ':ro' or nothing, and neither path has a ':'";
	why = judge_path(source);
	if (!why)
		why = judge_target(target);
	*ret_grant = (struct policy_grant){
		.path = source,
		.inside = target,
		.rights = text ? POLICY_READ : POLICY_WRITE,
	};
	return why;
}

/* The grant's strings are borrowed. */
static int add_mount(struct policy *policy, const struct policy_grant *borrowed)
{
	_cleanup_free_ char *path = strdup(borrowed->path), *inside = strdup(borrowed->inside);
	struct policy_grant grant = *borrowed;
	int r;

	if (!path || !inside)
		return -ENOMEM;
	grant.path = path;
	grant.inside = inside;
	r = add_grant(policy, &grant);
	if (r == 0)
		path = inside = NULL;
	return r;
}

static int parse_mounts(const struct key_use *use, void *target)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words), worst = r;

	for (size_t i = 0; i < words.n && r != -ENOMEM; i++) {
		_cleanup_free_ char *as_written = strdup(words.v[i]);
		struct policy_grant grant;
		const char *why;

		if (!as_written)
			return -ENOMEM;
		key_at_word(use, i);
		why = split_mount(words.v[i], &grant);
		grant.unsettled = use->load->spoken & TEXT_UNKNOWN;
		grant.at = key_place(use);
		r = why ? key_error(use, "'%s': %s", as_written, why) : add_mount(target, &grant);
		warn_of_habits(use, as_written);
		worst = r < 0 ? r : worst;
	}
	return worst;
}

int policy_add_mount(struct policy *policy, const char *text, struct sbx_error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	struct policy_grant grant;
	const char *why = copy ? split_mount(copy, &grant) : NULL;

	if (why)
		return error_set(err, EINVAL, "'%s': %s", text, why);
	if (!copy || add_mount(policy, &grant) < 0)
		return error_errno(err, ENOMEM, "add a mount");
	return 0;
}

const struct key_type type_mounts = {
	.form = "SRC:DST[:ro]...",
	.parse = parse_mounts,
	.clear = clear_grants,
	.list = true,
};

const struct policy_grant *policy_root(const struct policy *policy)
{
	for (size_t i = 0; i < policy->filesystem.n_grants; i++)
		if (policy_grant_is_root(&policy->filesystem.grants[i]))
			return &policy->filesystem.grants[i];
	return NULL;
}

static int set_root(const struct key_use *use, struct policy *policy, const char *path,
	enum policy_rights rights)
{
	const struct policy_grant root = {
		.path = (char *)path,
		.inside = (char *)"/",
		.rights = rights,
		.unsettled = use->load->spoken & TEXT_UNKNOWN,
		.at = key_place(use),
	};

	return add_mount(policy, &root);
}

static int parse_tree(const struct key_use *use, struct policy *policy)
{
	_cleanup_free_ char *path = NULL;
	const char *why;
	int r = key_one_word(use, &path);

	if (r < 0)
		return r;
	warn_of_habits(use, path);
	why = text_normalise_path(path);
	if (!why && streq(path, "/"))
		why = "the host's root is 'root = host'";
	return why ? key_error(use, "'%s': %s", use->text, why)
		   : set_root(use, policy, path, POLICY_EXEC);
}

/* What an earlier file said of it counts no longer. */
static int parse_root(const struct key_use *use, void *target)
{
	int r;

	clear_grants(use->key, target);
	if (strpbrk(use->text, "/%\""))
		return parse_tree(use, target);
	r = type_only.parse(use, NULL);
	use->load->spoken = 0;
	return r == 0 && streq(use->text, "host") ? set_root(use, target, "/", POLICY_SEE) : r;
}

const struct key_type type_root = {
	.form = "private|host|/PATH",
	.parse = parse_root,
	.clear = clear_grants,
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
