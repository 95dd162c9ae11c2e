/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/identity.h"

#include "kernel/users.h"

/* One of the two keys, and what it is about. */
struct named {
	const char *key, *text, *file, *subordinate, *etc;
	const struct host_config *host;
	uint32_t own; /* of the tenant; 0: it has none yet */
};

/*
 * Who has no entry may still be somebody: systemd, "Users, Groups, UIDs and GIDs on systemd
 * Systems". 65535 is nobody's in 16 bits.
 */
static const struct {
	uint32_t first, last;
	const char *whose;
} others[] = {
	{ 61184, 65519, "systemd's, for services with DynamicUser=" },
	{ 65535, 65535, "nobody's" },
	{ 524288, 1879048191, "systemd's, for containers" },
	{ 2147352576, 2147418111, "systemd's, for images of others" },
};

/* Whose it is that no entry may name; NULL: it may be had. */
static const char *owner_of(const struct named *n, uint32_t number)
{
	if (number == 0)
		return "root's";
	if (number == UINT32_MAX)
		return "nobody's";
	if (number >= n->host->first_id && number <= n->host->last_id && number != n->own)
		return "of the range that tenants have theirs from";
	return NULL;
}

static const char *owner_without_entry(
	const struct named *n, uint32_t number, int *ret_r, struct sbx_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (number >= others[i].first && number <= others[i].last)
			return others[i].whose;
	*ret_r = users_is_subordinate(n->etc, n->subordinate, number, err);
	return *ret_r == 1 ? "somebody's, for his containers" : NULL;
}

static int say_unknown(const struct named *n, struct sbx_error *err)
{
	int r = error_set(err, ENOENT, "%s: '%s' is not in '%s/%s', and nothing else is asked",
		n->key, n->text, n->etc, n->file);

	return error_cure(err, r, "add it there, or give its number");
}

/* FOUND: 1 where the files have it, else 0. */
static int check(const struct named *n, int found, uint32_t *number, struct sbx_error *err)
{
	const char *whose;
	uint32_t given;
	int r = 0;

	if (!found && str_to_u32(n->text, number) < 0)
		return say_unknown(n, err);
	whose = owner_of(n, *number);
	if (!whose && !found && *number != n->own)
		whose = owner_without_entry(n, *number, &r, err);
	if (!whose)
		return r;
	r = str_to_u32(n->text, &given) == 0
		    ? error_set(err, EPERM, "%s: %u is %s", n->key, given, whose)
		    : error_set(err, EPERM, "%s: '%s' is %u, which is %s", n->key, n->text, *number,
			      whose);
	return error_cure(err, r, "leave it out, or name a %s of this host", n->key);
}

/* The user's own group, where none is named. */
static int check_primary(const struct named *n, gid_t gid, struct sbx_error *err)
{
	const char *whose = owner_of(n, gid);
	int r;

	if (!whose)
		return 0;
	r = error_set(
		err, EPERM, "%s: '%s' has group %u, which is %s", n->key, n->text, gid, whose);
	return error_cure(err, r, "name another one with 'group'");
}

static int choose_user(struct named n, bool has_group, struct identity *id, struct sbx_error *err)
{
	int r;

	n.key = "user";
	n.file = "passwd";
	n.subordinate = "subuid";
	/* Without an entry the gid stays what it is. */
	r = users_find(n.etc, n.text, &id->uid, &id->gid, err);
	if (r >= 0)
		r = check(&n, r, &id->uid, err);
	return r < 0 || has_group ? r : check_primary(&n, id->gid, err);
}

static int choose_group(struct named n, struct identity *id, struct sbx_error *err)
{
	int r;

	n.key = "group";
	n.file = "group";
	n.subordinate = "subgid";
	r = users_find_group(n.etc, n.text, &id->gid, err);
	return r < 0 ? r : check(&n, r, &id->gid, err);
}

static const struct policy_place *place_of(const struct policy *policy, const char *key)
{
	static const struct policy_place nowhere = { 0 };
	const struct policy_assignment *a = policy_find_value(policy, "process", key);

	return a ? &a->at : &nowhere;
}

int identity_choose(const struct policy *policy, const struct host_config *host, uint32_t tenant_id,
	const char *etc, struct identity *ret, const struct policy_place **ret_at,
	struct sbx_error *err)
{
	const uint32_t own = host->first_id + tenant_id;
	const char *user = policy->process.user, *group = policy->process.group;
	struct named n = { .etc = etc, .host = host, .own = tenant_id ? own : 0 };
	struct identity id = { own, own };
	int r = 0;

	if (user) {
		*ret_at = place_of(policy, "user");
		n.text = user;
		r = choose_user(n, group, &id, err);
	}
	if (r == 0 && group) {
		*ret_at = place_of(policy, "group");
		n.text = group;
		r = choose_group(n, &id, err);
	}
	if (r == 0)
		*ret = id;
	return r;
}
