/* SPDX-License-Identifier: Apache-2.0 */
/*
 * [process]: users and groups, capabilities by libcap's names, resource limits, the mode bits of
 * new files.
 */
#include "policy/array.h"
#include "policy/key.h"
#include "policy/text.h"
#include "policy/values.h"

#include <ctype.h>
#include <sys/capability.h>

/* The highest number stands for no id to the kernel. */
#define LAST_ID (UINT32_MAX - 1)

/* A number, or what useradd(8) takes for a name. Whose it is the host says. */
static bool is_id_or_name(const char *word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	size_t n = strspn(word, letters);
	uint32_t id;

	if (word[strspn(word, "0123456789")] == '\0')
		return str_to_u32(word, &id) == 0 && id <= LAST_ID;
	return n > 0 && !strchr(".-", *word) && (word[n] == '\0' || streq(word + n, "$"));
}

/* Without capabilities root still owns the host's files, and may trace its processes. */
static bool is_root(const char *word)
{
	return streq(word, "root") || word[strspn(word, "0")] == '\0';
}

/* %i and %n make a number or a name of sandboxctl's, which is no user that the host has. */
static int parse_id_or_name(const struct key_use *use, void *field)
{
	_cleanup_free_ char *word = NULL;
	char **text = field;
	int r = key_one_word(use, &word);

	if (r < 0)
		return r;
	if (use->load->spoken)
		return key_error(use, "'%s': of the specifiers only %%t can stand here", use->text);
	if (!is_id_or_name(word))
		return key_error(
			use, "'%s' is neither a name nor a number from 1 to %u", word, LAST_ID);
	if (is_root(word))
		return key_error(use,
			"'%s' is root's, and so are the host's files: no sandbox gets it; leave it "
			"out, or name another one",
			word);
	free(*text);
	*text = take_ptr(word);
	return 0;
}

const struct key_type type_id_or_name = {
	.form = "NAME or NUMBER",
	.parse = parse_id_or_name,
	.clear = key_clear_string,
};

/* All that libcap knows. -ENOMEM. */
static int list_capabilities(struct strv *ret_names)
{
	_cleanup_strv_ struct strv names = { 0 };
	int r = strv_add(&names, "none");

	if (r == 0)
		r = strv_add(&names, "all");
	for (cap_value_t cap = 0; cap <= CAP_LAST_CAP && r == 0; cap++) {
		char *name = cap_to_name(cap);

		r = name ? strv_add(&names, name) : -ENOMEM;
		(void)cap_free(name);
	}
	if (r < 0)
		return r;
	*ret_names = names;
	names = (struct strv){ 0 };
	return 0;
}

static int report_capability(const struct key_use *use, const char *name)
{
	_cleanup_strv_ struct strv names = { 0 };
	char prefixed[32];
	const char *near = NULL;
	cap_value_t cap;

	/* As container engines spell them. */
	(void)snprintf(prefixed, sizeof(prefixed), "cap_%s", name);
	for (char *c = prefixed; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (cap_from_name(prefixed, &cap) == 0)
		near = prefixed;
	else if (use->load->guesses > 0 && list_capabilities(&names) == 0)
		near = key_guess(use->load, name, &names, names.n, strv_at);
	if (near)
		return key_error(use, "'%s' is no capability; did you mean '%s'?", name, near);
	return key_error(use, "'%s' is no capability", name);
}

/* A word that is the whole set, and stands alone then. */
static bool is_set(const char *word, uint64_t *ret_set)
{
	if (!streq(word, "none") && !streq(word, "all"))
		return false;
	*ret_set = streq(word, "all") ? UINT64_MAX : 0;
	return true;
}

static int parse_capabilities(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words), worst = r;
	uint64_t set = 0;
	cap_value_t cap;

	for (size_t i = 0; i < words.n && r != -ENOMEM; i++) {
		const char *word = words.v[i];

		key_at_word(use, i);
		if (is_set(word, &set))
			r = words.n == 1 ? 0 : key_error(use, "'%s' stands alone", word);
		else if (cap_from_name(word, &cap) == 0)
			set |= 1ULL << cap;
		else
			r = report_capability(use, word);
		worst = r < 0 ? r : worst;
	}
	if (worst == 0)
		*(uint64_t *)field = set;
	return worst;
}

const struct key_type type_capabilities = {
	.form = "none, all or CAPABILITY...",
	.parse = parse_capabilities,
};

/* A limit's two halves, "SOFT:HARD", or one value for both, as systemd writes them. */
static int split_limit(const char *text, char soft[static LINE_MAX_LEN + 1], const char **ret_hard)
{
	const char *colon = strchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : strlen(text);

	memcpy(soft, text, n);
	soft[n] = '\0';
	*ret_hard = colon ? colon + 1 : text;
	return colon && strchr(colon + 1, ':') ? -EINVAL : 0;
}

static int parse_infinity_or(
	const char *s, int (*parse)(const char *s, uint64_t *ret_value), uint64_t *ret_value)
{
	/* The highest number is RLIM_INFINITY. */
	if (streq(s, "infinity")) {
		*ret_value = UINT64_MAX;
		return 0;
	}
	return parse(s, ret_value);
}

static int add_rlimit(
	const struct key_use *use, struct policy *policy, uint64_t soft, uint64_t hard)
{
	const int resource = (int)use->key->number;
	struct policy_rlimit *room =
		array_room(policy->process.rlimits, policy->process.n_rlimits, sizeof(*room));

	if (!room)
		return -ENOMEM;
	policy->process.rlimits = room;
	for (size_t i = 0; i < policy->process.n_rlimits; i++)
		if (room[i].resource == resource) {
			room[i] = (struct policy_rlimit){ resource, soft, hard };
			return 0;
		}
	room[policy->process.n_rlimits++] = (struct policy_rlimit){ resource, soft, hard };
	return 0;
}

static int parse_rlimit(const struct key_use *use, void *target,
	int (*parse)(const char *s, uint64_t *ret_value), const char *what)
{
	char first[LINE_MAX_LEN + 1];
	const char *second;
	uint64_t soft, hard;
	int r = split_limit(use->text, first, &second);

	if (r == 0)
		r = parse_infinity_or(first, parse, &soft);
	if (r == 0)
		r = parse_infinity_or(second, parse, &hard);
	if (r < 0)
		return key_error(use, "'%s' is not %s, 'infinity', or two of them as SOFT:HARD",
			use->text, what);
	if (soft > hard)
		return key_error(use, "'%s': the soft limit is above the hard one", use->text);
	return add_rlimit(use, target, soft, hard);
}

static int parse_rlimit_number(const struct key_use *use, void *target)
{
	return parse_rlimit(use, target, str_to_u64, "a number");
}

static int parse_rlimit_size(const struct key_use *use, void *target)
{
	return parse_rlimit(use, target, value_size, "a size");
}

enum { USEC_PER_SEC = 1000000 };

static int parse_seconds(const char *s, uint64_t *ret_seconds)
{
	uint64_t usec;
	int r = value_duration(s, &usec);

	if (r < 0 || usec < USEC_PER_SEC || usec % USEC_PER_SEC)
		return -EINVAL;
	*ret_seconds = usec / USEC_PER_SEC;
	return 0;
}

static int parse_rlimit_seconds(const struct key_use *use, void *target)
{
	return parse_rlimit(use, target, parse_seconds, "a duration in whole seconds");
}

static void clear_rlimit(const struct key *key, void *target)
{
	struct policy *policy = target;
	size_t kept = 0;

	for (size_t i = 0; i < policy->process.n_rlimits; i++)
		if (policy->process.rlimits[i].resource != (int)key->number)
			policy->process.rlimits[kept++] = policy->process.rlimits[i];
	policy->process.n_rlimits = kept;
}

const struct key_type type_rlimit_number = {
	.form = "NUMBER, infinity or SOFT:HARD",
	.parse = parse_rlimit_number,
	.clear = clear_rlimit,
	.unset = true,
};

const struct key_type type_rlimit_size = {
	.form = "SIZE, infinity or SOFT:HARD",
	.parse = parse_rlimit_size,
	.clear = clear_rlimit,
	.unset = true,
};

const struct key_type type_rlimit_seconds = {
	.form = "DURATION, infinity or SOFT:HARD",
	.parse = parse_rlimit_seconds,
	.clear = clear_rlimit,
	.unset = true,
};

/* Mode bits as chmod(1) writes them; a number without a 0 in front would be read as either. */
static int parse_umask(const struct key_use *use, void *field)
{
	unsigned int *mask = field, value = 0;
	const char *s = use->text;

	while (*s >= '0' && *s <= '7' && s - use->text < 5)
		value = value * 8 + (unsigned int)(*s++ - '0');
	if (*s || *use->text != '0' || value > 0777)
		return key_error(use, "'%s' is not an octal mask from 0 to 0777, with a 0 in front",
			use->text);
	*mask = value;
	return 0;
}

const struct key_type type_umask = { .form = "OCTAL", .parse = parse_umask };
