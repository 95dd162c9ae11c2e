/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/seccomp_import.h"

#include "oci/notes.h"
#include "oci/seccomp_policy.h"
#include "oci/seccomp_rules.h"
#include "policy/syscalls.h"

static int allow_all(struct importer *i)
{
	_cleanup_strv_ struct strv names = { 0 };
	int r = syscalls_list(&names);

	for (size_t n = 0; n < names.n && r == 0; n++)
		r = calls_add(&i->allow, names.v[n], NULL, NULL, NULL);
	return r < 0 ? r
		     : note_add(&i->notes,
			       "defaultAction: calls that are not known here are not allowed");
}

/* Where all is allowed but what rules deny, that is answered as the first of them has it. */
static int find_default(struct importer *i)
{
	const struct oci_rules *rules = &i->profile.rules;

	i->otherwise = i->profile.otherwise;
	if (oci_answer_is_default(&i->otherwise))
		return 0;
	if (i->otherwise.action != OCI_ALLOW)
		return error_set(i->err, EINVAL,
			"defaultAction: '%.100s' can't be carried: a policy's is an error, kill or "
			"trap",
			i->otherwise.action == OCI_ERRNO ? "errno 0" : i->otherwise.name);
	i->otherwise = (struct oci_answer){ .action = OCI_ERRNO, .errnum = EPERM };
	for (size_t n = 0; n < rules->n; n++)
		if (oci_rule_applies(&rules->v[n], i->host) &&
			oci_answer_is_default(&rules->v[n].answer)) {
			i->otherwise = rules->v[n].answer;
			break;
		}
	return allow_all(i);
}

static const struct strv *find_arch_entry(const struct oci_arch_map *map, const char *name)
{
	for (size_t n = 0; n < map->n; n++)
		if (streq(map->v[n].name, name))
			return &map->v[n].others;
	return NULL;
}

static int check_architectures(struct importer *i)
{
	const struct strv *listed = &i->profile.architectures;
	const char *key = "architectures", *native = i->host->arch->token;
	bool missing = listed->n && !strv_contains(listed, native);
	int r = 0;

	if (i->profile.arch_map.n) {
		key = "archMap";
		listed = find_arch_entry(&i->profile.arch_map, native);
		missing = !listed;
	}
	if (missing)
		return error_set(i->err, EINVAL, "%s: '%s' is not among them", key, native);
	for (size_t n = 0; n < listed->n && r == 0; n++)
		if (!streq(listed->v[n], native))
			r = note_add(&i->notes, "%.100s: calls of other architectures are killed",
				listed->v[n]);
	return r;
}

static int note_bare(struct importer *i)
{
	int r = 0;

	for (size_t n = 0; n < i->bare.n && r == 0; n++) {
		const char *call = i->bare.v[n].name;

		if (!calls_find_whole(&i->allow, call) && !calls_find_whole(&i->deny, call))
			r = note_add(&i->notes, "%s is allowed: every program needs it", call);
	}
	return r;
}

static int translate(struct importer *i, const struct policy_dirs *dirs)
{
	int r = policy_load_profile(dirs, OCI_BARE_PROFILE, &i->bare, i->err);

	if (r == 0)
		r = check_architectures(i);
	if (r == 0)
		r = find_default(i);
	if (r == 0)
		r = oci_rules_run(i);
	if (r == 0)
		r = note_bare(i);
	return r == -ENOMEM ? error_errno(i->err, ENOMEM, "make a policy of it") : r;
}

static int write_policy(
	struct importer *i, const struct policy_dirs *dirs, const char *name, char **ret_text)
{
	char otherwise[OCI_ANSWER_SIZE];
	const struct oci_policy policy = {
		.from = name,
		.host = i->host,
		.notes = &i->notes,
		.otherwise = oci_answer_describe(&i->otherwise, otherwise),
		.allow = &i->allow,
		.deny = &i->deny,
	};

	return oci_policy_write(dirs, &policy, ret_text, i->err);
}

static void importer_clear(struct importer *i)
{
	calls_clear(&i->bare);
	calls_clear(&i->allow);
	calls_clear(&i->deny);
	strv_clear(&i->notes);
	oci_seccomp_clear(&i->profile);
}

void oci_import_clear(struct oci_import *import)
{
	free(import->policy);
	strv_clear(&import->notes);
	*import = (struct oci_import){ 0 };
}

int oci_seccomp_import(const struct policy_dirs *dirs, const struct oci_host *host,
	const char *name, const char *text, size_t size, struct oci_import *ret,
	struct sbx_error *err)
{
	_cleanup_(importer_clear) struct importer i = { .host = host, .err = err };
	char *policy;
	int r = oci_seccomp_read(name, text, size, &i.profile, &i.notes, err);

	if (r == 0) {
		r = translate(&i, dirs);
		if (r == 0)
			r = write_policy(&i, dirs, name, &policy);
		if (r < 0)
			(void)error_prefix(err, r, "%s", name);
	}
	if (r < 0) {
		if (err)
			note_clean(err->text);
		return r;
	}
	*ret = (struct oci_import){ policy, i.notes };
	i.notes = (struct strv){ 0 };
	return 0;
}
