/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a profile: each object, its keys, and what holds of them together. */
#include "oci/form.h"
#include "oci/json.h"
#include "oci/seccomp.h"
#include "policy/values.h"

enum {
	ARGS = 6,
	ERRNO_MAX = 4095, /* the kernel's MAX_ERRNO */
};

struct word {
	const char *word;
	unsigned int value;
};

static const struct word *find_word(const struct word *words, const char *word)
{
	while (words->word && !streq(words->word, word))
		words++;
	return words;
}

/* ---- answers ---- */

/* Each before the last row is known; that one stands for all that aren't. */
static const struct word actions[] = {
	{ "SCMP_ACT_ALLOW", OCI_ALLOW },
	{ "SCMP_ACT_ERRNO", OCI_ERRNO },
	{ "SCMP_ACT_KILL", OCI_KILL },
	{ "SCMP_ACT_KILL_PROCESS", OCI_KILL },
	{ "SCMP_ACT_KILL_THREAD", OCI_KILL },
	{ "SCMP_ACT_TRAP", OCI_TRAP },
	{ NULL, OCI_OTHER },
};

/* `errno` and `errnoRet`, or `defaultErrno` and `defaultErrnoRet`. */
struct given_errno {
	bool has_number;
	uint64_t number;
	char *name;
};

static int read_action(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct oci_answer *answer = field;
	int n = form_string(r, json, at, &answer->name);

	if (n == 0)
		answer->action = (enum oci_action)find_word(actions, answer->name)->value;
	return n;
}

static int read_errnum(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct given_errno *given = field;

	given->has_number = true;
	if (form_u64(r, json, at, &given->number) < 0 || given->number > ERRNO_MAX)
		return form_error(r, at, "is no error's number, 0 to %d", ERRNO_MAX);
	return 0;
}

/* containers/common gives the name as well, for a number differs between architectures. */
static int settle_errno(const struct form_reader *r, const struct form_place *at,
	const struct given_errno *given, struct oci_answer *answer)
{
	bool has_name = given->name && *given->name;
	int errnum = EPERM;

	if (has_name && value_errno(given->name, &errnum) < 0)
		return form_error(r, at, "'%s' is no error's name", given->name);
	if (has_name && given->has_number && given->number != (uint64_t)errnum)
		return form_error(r, at, "the error's name, '%s', and its number, %llu, differ",
			given->name, (unsigned long long)given->number);
	answer->errnum = given->has_number ? given->number : (uint64_t)errnum;
	return 0;
}

/* ---- arguments ---- */

static const struct word operators[] = {
	{ "SCMP_CMP_NE", OCI_NE },
	{ "SCMP_CMP_LT", OCI_LT },
	{ "SCMP_CMP_LE", OCI_LE },
	{ "SCMP_CMP_EQ", OCI_EQ },
	{ "SCMP_CMP_GE", OCI_GE },
	{ "SCMP_CMP_GT", OCI_GT },
	{ "SCMP_CMP_MASKED_EQ", OCI_MASKED_EQ },
	{ NULL, 0 },
};

static int read_operator(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	_cleanup_free_ char *name = NULL;
	enum oci_operator *op = field;
	const struct word *word;
	int n = form_string(r, json, at, &name);

	if (n < 0)
		return n;
	word = find_word(operators, name);
	if (!word->word)
		return form_error(r, at, "'%s' is no comparison", name);
	*op = (enum oci_operator)word->value;
	return 0;
}

static int read_index(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	uint64_t *index = field;

	if (form_u64(r, json, at, index) < 0 || *index >= ARGS)
		return form_error(r, at, "is no argument's number, 0 to %d", ARGS - 1);
	return 0;
}

/* clang-format off */
static const struct form arg_form = {
	.keys = (const struct form_key[]){
		{ "index", read_index, .offset = offsetof(struct oci_arg, index), .required = true },
		{ "value", form_u64, .offset = offsetof(struct oci_arg, value), .required = true },
		{ "valueTwo", form_u64, .offset = offsetof(struct oci_arg, value_two) },
		{ "op", read_operator, .offset = offsetof(struct oci_arg, op), .required = true },
		{ 0 },
	},
};
/* clang-format on */

static int read_args(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct oci_args *args = field;

	args->v = calloc(json_array_size(json) + 1, sizeof(*args->v));
	return form_read_each(r, json, at, &arg_form, args->v, sizeof(*args->v), &args->n);
}

/* ---- conditions ---- */

static int read_kernel(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct oci_condition *condition = field;
	_cleanup_free_ char *version = NULL;
	int n = form_string(r, json, at, &version);

	if (n < 0)
		return n;
	if (oci_kernel_parse(version, &condition->kernel) < 0)
		return form_error(r, at, "'%s' is no kernel's version, as in 4.8", version);
	condition->has_kernel = true;
	return 0;
}

/* clang-format off */
static const struct form condition_form = {
	.keys = (const struct form_key[]){
		{ "caps", form_strings, .offset = offsetof(struct oci_condition, caps) },
		{ "arches", form_strings, .offset = offsetof(struct oci_condition, arches) },
		{ "minKernel", .read = read_kernel },
		{ 0 },
	},
};
/* clang-format on */

static int read_condition(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	return form_read(r, json, at, &condition_form, field);
}

/* ---- rules ---- */

struct rule_draft {
	struct oci_rule rule;
	struct given_errno error;
	char *name;
};

static int check_rule(const struct form_reader *r, const struct form_place *at, void *target)
{
	struct rule_draft *draft = target;
	bool named = draft->name && *draft->name;

	if (named && draft->rule.names.n)
		return form_error(r, at, "has both 'name' and 'names'");
	if (named && strv_add(&draft->rule.names, draft->name) < 0)
		return error_errno(r->err, ENOMEM, "read '%s'", r->name);
	if (!draft->rule.names.n)
		return form_error(r, at, "names no system call");
	return settle_errno(r, at, &draft->error, &draft->rule.answer);
}

/* clang-format off */
static const struct form rule_form = {
	.keys = (const struct form_key[]){
		{ "names", form_strings, .offset = offsetof(struct rule_draft, rule.names) },
		{ "name", form_string, .offset = offsetof(struct rule_draft, name) },
		{ "action", read_action, .offset = offsetof(struct rule_draft, rule.answer), .required = true },
		{ "errnoRet", read_errnum, .offset = offsetof(struct rule_draft, error) },
		{ "errno", form_string, .offset = offsetof(struct rule_draft, error.name) },
		{ "args", read_args, .offset = offsetof(struct rule_draft, rule.args) },
		{ "includes", read_condition, .offset = offsetof(struct rule_draft, rule.includes) },
		{ "excludes", read_condition, .offset = offsetof(struct rule_draft, rule.excludes) },
		{ "comment", .read = form_ignored },
		{ 0 },
	},
	.check = check_rule,
};
/* clang-format on */

/* Rules one by one: what a rule's keys say together is no part of the rule. */
static int read_rules(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct oci_rules *rules = field;
	int n = 0;

	if (!json_is_array(json))
		return form_error(r, at, "is no array");
	rules->v = calloc(json_array_size(json) + 1, sizeof(*rules->v));
	if (!rules->v)
		return error_errno(r->err, ENOMEM, "read '%s'", r->name);
	for (size_t i = 0; i < json_array_size(json) && n == 0; i++) {
		const struct form_place here = { at, NULL, i };
		struct rule_draft draft = { 0 };

		n = form_read(r, json_array_get(json, i), &here, &rule_form, &draft);
		rules->v[rules->n++] = draft.rule;
		free(draft.error.name);
		free(draft.name);
	}
	return n;
}

/* ---- the whole ---- */

/* clang-format off */
static const struct form arch_form = {
	.keys = (const struct form_key[]){
		{ "architecture", form_string, .offset = offsetof(struct oci_arch_entry, name), .required = true },
		{ "subArchitectures", form_strings, .offset = offsetof(struct oci_arch_entry, others) },
		{ 0 },
	},
	.open = true,
};
/* clang-format on */

static int read_arch_map(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field)
{
	struct oci_arch_map *map = field;

	map->v = calloc(json_array_size(json) + 1, sizeof(*map->v));
	return form_read_each(r, json, at, &arch_form, map->v, sizeof(*map->v), &map->n);
}

struct profile_draft {
	struct oci_seccomp profile;
	struct given_errno error;
};

static int check_profile(const struct form_reader *r, const struct form_place *at, void *target)
{
	struct profile_draft *draft = target;

	if (draft->profile.architectures.n && draft->profile.arch_map.n)
		return form_error(r, at, "has both 'architectures' and 'archMap'");
	return settle_errno(r, at, &draft->error, &draft->profile.otherwise);
}

/* clang-format off */
static const struct form profile_form = {
	.keys = (const struct form_key[]){
		{ "defaultAction", read_action, .offset = offsetof(struct profile_draft, profile.otherwise),
			.required = true },
		{ "defaultErrnoRet", read_errnum, .offset = offsetof(struct profile_draft, error) },
		{ "defaultErrno", form_string, .offset = offsetof(struct profile_draft, error.name) },
		{ "architectures", form_strings,
			.offset = offsetof(struct profile_draft, profile.architectures) },
		{ "archMap", read_arch_map, .offset = offsetof(struct profile_draft, profile.arch_map) },
		{ "syscalls", read_rules, .offset = offsetof(struct profile_draft, profile.rules) },
		{ "flags", .read = form_not_carried },
		{ "listenerPath", .read = form_not_carried },
		{ "listenerMetadata", .read = form_not_carried },
		{ "comment", .read = form_ignored },
		{ 0 },
	},
	.open = true,
	.check = check_profile,
};
/* clang-format on */

static int read_profile(const struct form_reader *r, json_t *json, const struct form_place *at,
	struct oci_seccomp *ret)
{
	struct profile_draft draft = { 0 };
	int n = form_read(r, json, at, &profile_form, &draft);

	free(draft.error.name);
	if (n < 0)
		oci_seccomp_clear(&draft.profile);
	else
		*ret = draft.profile;
	return n;
}

int oci_seccomp_read(const char *name, const char *text, size_t size, struct oci_seccomp *ret,
	struct strv *notes, struct sbx_error *err)
{
	static const struct form_place container = { NULL, "linux", 0 };
	static const struct form_place inside = { &container, "seccomp", 0 };
	const struct form_reader r = { name, notes, err };
	json_auto_t *json = NULL;
	json_t *seccomp;
	int n = oci_json_load(name, text, size, &json, err);

	if (n < 0)
		return n;
	seccomp = json_object_get(json_object_get(json, "linux"), "seccomp");
	if (seccomp && !json_is_null(seccomp))
		return read_profile(&r, seccomp, &inside, ret);
	if (!json_object_get(json, "defaultAction"))
		return error_set(err, EINVAL,
			"%s: is no seccomp profile: it has neither 'defaultAction' nor "
			"'linux.seccomp'",
			name);
	return read_profile(&r, json, NULL, ret);
}
