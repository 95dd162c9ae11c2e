/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check.h"
#include "kernel/users.h"
#include "policy/key.h"
#include "policy/ownership.h"

/* All tenants, as they are with the checked files in their places. */
struct all {
	struct lookup_tenants others; /* that no checked file is of */
	const struct policy **policies;
	uid_t *users; /* that their `user` stands for; 0: none, or nobody here */
	size_t n_policies;
	struct policy_own *owns;
	size_t n_owns;
};

static void all_clear(struct all *all)
{
	lookup_tenants_clear(&all->others);
	free(all->policies);
	free(all->users);
	free(all->owns);
}

static uid_t user_of(const struct policy *policy)
{
	uid_t uid = 0;
	gid_t gid;

	if (!policy->process.user ||
		users_find("/etc", policy->process.user, &uid, &gid, NULL) == 1)
		return uid;
	(void)str_to_u32(policy->process.user, &uid);
	return uid;
}

static void add_policy(struct all *all, const struct policy *policy)
{
	all->users[all->n_policies] = user_of(policy);
	all->policies[all->n_policies++] = policy;
}

/* A tree whose path isn't known yet is nobody's: two tenants may well have written the same. */
static void add_owns(struct all *all, const struct lookups *list)
{
	for (size_t i = 0; i < list->n; i++)
		if ((list->v[i].grant->rights & (POLICY_OWN | POLICY_SHARE)) &&
			list->v[i].r != -ENODATA)
			all->owns[all->n_owns++] = lookup_own(&list->v[i]);
}

static int collect(struct all *all, const struct checked *files, size_t n, struct sbx_error *err)
{
	size_t n_owns = all->others.owns.n;

	for (size_t i = 0; i < n; i++)
		n_owns += files[i].grants.n;
	all->owns = calloc(n_owns + 1, sizeof(*all->owns));
	all->policies = calloc(all->others.n + n + 1, sizeof(*all->policies));
	all->users = calloc(all->others.n + n + 1, sizeof(*all->users));
	if (!all->owns || !all->policies || !all->users)
		return error_errno(err, ENOMEM, "read the tenants' policies");
	for (size_t i = 0; i < n; i++) {
		if (files[i].policy)
			add_policy(all, files[i].policy);
		add_owns(all, &files[i].grants);
	}
	for (size_t i = 0; i < all->others.n; i++)
		if (all->others.v[i].policy)
			add_policy(all, all->others.v[i].policy);
	add_owns(all, &all->others.owns);
	own_sort(all->owns, all->n_owns);
	return 0;
}

/* Silence would mean that nobody else is in the way. */
static void say_unseen(struct checked *file, const struct all *all)
{
	const struct policy_place whole = checked_whole(file);
	const struct lookups *owns = &all->others.owns;

	for (size_t i = 0; i < all->others.n; i++)
		if (all->others.v[i].r < 0)
			report_warning(&file->report, &whole, "tenant '%s' was not compared: %s",
				all->others.v[i].name, all->others.v[i].err.text);
	for (size_t i = 0; i < owns->n; i++)
		if (owns->v[i].r < 0)
			report_warning(&file->report, &whole,
				"tenant '%s': own '%s' was not compared: %s", owns->v[i].tenant,
				owns->v[i].grant->path, owns->v[i].err.text);
}

/* In the words of lsm load, with the line that it is about. */
static void say_owned(struct checked *file, const struct policy_grant *grant,
	const struct sbx_error *err, const struct policy_place *other)
{
	char where[PLACE_TEXT_MAX];

	report_error(&file->report, &grant->at, "%s (%s)", err->text, place_text(other, where));
}

/* Another's tree in one that is to be owned; what is only granted ends at its edge. */
static void check_inside(struct checked *file, const struct lookup *l, const struct all *all)
{
	const struct policy_own mine = lookup_own(l);
	const struct policy_own *other = own_below(all->owns, all->n_owns, mine.tenant, mine.path);
	struct sbx_error err;

	if (!other)
		return;
	(void)error_prefix(&err, own_refuse(&mine, POLICY_OWN, other->path, &err), "tenant '%s'",
		other->tenant);
	say_owned(file, l->grant, &err, &other->at);
}

/* What is only granted, others may share. */
static const struct policy_own *find_above(const struct lookup *l, const struct all *all)
{
	if (l->grant->rights & (POLICY_OWN | POLICY_SHARE))
		return own_above(all->owns, all->n_owns, l->tenant, l->place.path);
	return own_closing(all->owns, all->n_owns, l->tenant, l->place.path);
}

static void check_share(struct checked *file, const struct lookup *l, const struct all *all)
{
	struct sbx_error err;

	if (l->r == -ENODATA || own_holds(all->owns, all->n_owns, l->tenant, l->place.path))
		return;
	(void)own_refuse_share(l->tenant, l->place.path, &err);
	report_error(&file->report, &l->grant->at, "%s", err.text);
}

static void check_grant(struct checked *file, const struct lookup *l, const struct all *all)
{
	const struct policy_own *above = find_above(l, all);
	struct sbx_error err;

	if (above) {
		(void)own_refuse(above, l->grant->rights, l->place.path, &err);
		say_owned(file, l->grant, &err, &above->at);
	} else if (l->grant->rights == POLICY_OWN) {
		check_inside(file, l, all);
	} else if (l->grant->rights == POLICY_SHARE) {
		check_share(file, l, all);
	}
}

static struct policy_place place_of_id(const struct policy *policy)
{
	const struct policy_assignment *id = policy_find_value(policy, "tenant", "id");

	return id ? id->at : (struct policy_place){ policy->sources.v[0], 0, 0 };
}

struct policy_place checked_id(const struct checked *file)
{
	return place_of_id(file->policy);
}

static void check_id(struct checked *file, const struct all *all)
{
	const struct policy_place at = checked_id(file);
	const struct policy *policy = file->policy;
	char where[PLACE_TEXT_MAX];

	for (size_t i = 0; i < all->n_policies && policy->id && !file->id_taken; i++) {
		const struct policy *other = all->policies[i];
		const struct policy_place there = place_of_id(other);

		if (other->id != policy->id || streq(other->tenant, policy->tenant))
			continue;
		report_error(&file->report, &at, "id: %u is the id of tenant '%s' too (%s)",
			policy->id, other->tenant, place_text(&there, where));
		file->id_taken = true;
	}
}

/* Theirs is one uid then, which modes of files, signals and what the kernel counts go by. */
static void check_user(struct checked *file, const struct all *all)
{
	const struct policy_assignment *mine = policy_find_value(file->policy, "process", "user");
	const uid_t uid = mine ? user_of(file->policy) : 0;

	for (size_t i = 0; i < all->n_policies && uid; i++) {
		const struct policy *other = all->policies[i];
		char where[PLACE_TEXT_MAX];

		if (all->users[i] != uid || streq(other->tenant, file->policy->tenant))
			continue;
		report_warning(&file->report, &mine->at,
			"user: %u is the user of tenant '%s' too (%s)", uid, other->tenant,
			place_text(&policy_find_value(other, "process", "user")->at, where));
		return;
	}
}

/* A file that has errors is its tenant's too: what is installed would say the same once more. */
static int look_up_others(struct all *all, const struct policy_dirs *dirs,
	const struct checked *files, size_t n, struct sbx_error *err)
{
	_cleanup_strv_ struct strv names = { 0 };
	char tenant[NAME_MAX_LEN + 1];

	for (size_t i = 0; i < n; i++)
		if (policy_tenant_of(files[i].path, tenant) == 0 && strv_add(&names, tenant) < 0)
			return error_errno(err, ENOMEM, "read the tenants' policies");
	return lookup_tenants(dirs, &names, &all->others, err);
}

int check_tenants(
	const struct policy_dirs *dirs, struct checked *files, size_t n, struct sbx_error *err)
{
	_cleanup_(all_clear) struct all all = { 0 };
	struct sbx_error unseen = { 0 };
	int r = look_up_others(&all, dirs, files, n, &unseen), end;

	end = collect(&all, files, n, err);
	if (end < 0)
		return end;
	for (size_t i = 0; i < n; i++) {
		struct checked *file = &files[i];
		const struct policy_place whole =
			file->policy ? checked_whole(file) : (struct policy_place){ 0 };

		if (!file->policy)
			continue;
		if (r < 0)
			report_warning(&file->report, &whole,
				"the tenants' folder was not compared: %s", unseen.text);
		say_unseen(file, &all);
		check_id(file, &all);
		check_user(file, &all);
		for (size_t j = 0; j < file->grants.n; j++)
			check_grant(file, &file->grants.v[j], &all);
	}
	return 0;
}
