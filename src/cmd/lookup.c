/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/lookup.h"

#include "policy/text.h"
#include "state/ids.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* The real path of the nearest folder above that can be looked at, and the rest as it is written.
 */
static char *path_as_far(const char *path)
{
	char above[PATH_MAX], *slash, *far;

	if (strlen(path) >= sizeof(above))
		return strdup(path);
	(void)stpcpy(above, path);
	while ((slash = strrchr(above, '/')) && slash != above) {
		_cleanup_resolved_ struct resolved place = RESOLVED_INIT;

		*slash = '\0';
		if (resolve_path(above, &place, NULL) < 0)
			continue;
		if (asprintf(&far, "%s%s", streq(place.path, "/") ? "" : place.path,
			    path + (slash - above)) < 0)
			return NULL;
		return far;
	}
	return strdup(path);
}

static int refuse_unsettled(struct lookup *l)
{
	const char *path = l->grant->path;

	if (!(l->grant->unsettled & TEXT_NO_ID))
		return error_set(
			&l->err, ENODATA, "'%s' depends on %%n, the name of the sandbox", path);
	(void)error_set(&l->err, ENODATA,
		"'%s' depends on %%i, the tenant's id, which is not known here", path);
	return error_cure(&l->err, -ENODATA, "give it one with [tenant] id, or run it once");
}

static void note_inode(struct lookup *l)
{
	struct stat st;

	if (fstat(l->place.fd, &st) < 0)
		return;
	l->dev = st.st_dev;
	l->ino = st.st_ino;
}

/* `tree` is where the policy's root is, or NULL. */
static int look_up(
	struct lookup *l, const struct resolved *tree, const char *written, struct sbx_error *err)
{
	written = tree ? written : NULL;
	l->place = RESOLVED_INIT;
	if (l->grant->unsettled)
		l->r = refuse_unsettled(l);
	else
		l->r = resolve_beside_tree(tree, written, l->grant->path, &l->place, &l->err);
	if ((l->r == -ENOENT || l->r == -EPERM) && !l->grant->inside)
		l->is_name = resolve_free_name(tree, written, l->grant->path, &l->place, NULL) == 0;
	if (l->r < 0 && !l->place.path)
		l->place.path = path_as_far(l->grant->path);
	note_inode(l);
	/* All tenants' trees together may be more than a process may have open. */
	close_fdp(&l->place.fd);
	close_fdp(&l->place.folder);
	l->place.fd = l->place.folder = -1;
	return l->place.path ? 0 : error_errno(err, ENOMEM, "resolve the grants");
}

/* `tree` is where the policy's root is. */
static int look_up_all(struct lookups *list, const struct policy *policy,
	const struct policy_grant *grants, size_t n, unsigned int rights,
	const struct resolved *tree, struct sbx_error *err)
{
	const struct policy_grant *root = policy_root(policy);
	struct lookup *room = reallocarray(list->v, list->n + n + 1, sizeof(*room));
	int r = 0;

	if (!room)
		return error_errno(err, ENOMEM, "resolve the grants");
	list->v = room;
	for (size_t i = 0; i < n && r == 0; i++) {
		const struct policy_grant *grant = &grants[i];

		if (!(grant->rights & rights))
			continue;
		list->v[list->n] = (struct lookup){ .tenant = policy->tenant, .grant = grant };
		r = look_up(&list->v[list->n++], grant != root && tree->fd >= 0 ? tree : NULL,
			root ? root->path : NULL, err);
	}
	return r;
}

int lookup_grants(struct lookups *list, const struct policy *policy, unsigned int rights,
	struct sbx_error *err)
{
	const struct policy_grant *root = policy_root(policy);
	_cleanup_resolved_ struct resolved tree = RESOLVED_INIT;
	int r;

	/* What is wrong with it is said with the others. */
	if (root && root->rights != POLICY_SEE && !root->unsettled)
		(void)resolve_path(root->path, &tree, NULL);
	r = look_up_all(list, policy, policy->filesystem.grants, policy->filesystem.n_grants,
		rights, &tree, err);
	return r < 0 ? r
		     : look_up_all(list, policy, policy->filesystem.shares,
			       policy->filesystem.n_shares, rights, &tree, err);
}

int lookups_settle_names(struct lookups *list, bool lsm, struct sbx_error *err)
{
	_cleanup_free_ struct reach_place *places = lookups_places(list);
	const struct reach reach = { places, list->n };

	if (!places)
		return error_errno(err, ENOMEM, "resolve the grants");
	for (size_t i = 0; i < list->n; i++) {
		struct lookup *l = &list->v[i];

		if (l->is_name && l->r == -ENOENT && policy_grant_may_be_name(l->grant))
			l->r = reach_refuse_name(&reach, &places[i], lsm, &l->err);
	}
	return 0;
}

int lookups_error(const struct lookups *list, struct sbx_error *err)
{
	char where[PLACE_TEXT_MAX];

	for (size_t i = 0; i < list->n; i++) {
		const struct lookup *l = &list->v[i];

		if (l->r == 0)
			continue;
		*err = l->err;
		return error_prefix(err, l->r, "%s", place_text(&l->grant->at, where));
	}
	return 0;
}

static int compare_lookups(const void *a, const void *b)
{
	const struct lookup *x = a, *y = b;
	int order = path_compare(x->place.path, y->place.path);

	return order ? order : place_compare(&x->grant->at, &y->grant->at);
}

void lookups_sort(struct lookups *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), compare_lookups);
}

struct reach_place *lookups_places(const struct lookups *list)
{
	struct reach_place *places = calloc(list->n + 1, sizeof(*places));

	for (size_t i = 0; places && i < list->n; i++)
		places[i] = (struct reach_place){
			.path = list->v[i].place.path,
			.grant = list->v[i].grant,
			.is_name = list->v[i].is_name,
		};
	if (places)
		reach_settle(places, list->n);
	return places;
}

struct policy_own lookup_own(const struct lookup *lookup)
{
	return (struct policy_own){
		.path = lookup->place.path,
		.tenant = lookup->tenant,
		.at = lookup->grant->at,
		.shared = lookup->grant->rights == POLICY_SHARE,
	};
}

struct policy_own *lookups_owns(const struct lookups *list, size_t *ret_n)
{
	struct policy_own *owns = calloc(list->n + 1, sizeof(*owns));
	size_t n = 0;

	for (size_t i = 0; owns && i < list->n; i++)
		if (list->v[i].r == 0)
			owns[n++] = lookup_own(&list->v[i]);
	if (owns)
		own_sort(owns, n);
	*ret_n = n;
	return owns;
}

void lookups_clear(struct lookups *list)
{
	for (size_t i = 0; i < list->n; i++)
		resolved_clear(&list->v[i].place);
	free(list->v);
	*list = (struct lookups){ 0 };
}

/* Who may not read the registry knows the ids that policies name. */
static uint32_t find_id(const struct policy_dirs *dirs, const struct policy *policy)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	uint32_t id = policy->id;

	if (!id && host_config_load(dirs, &host, NULL) == 0)
		(void)ids_find(policy->tenant, 0, host.last_id - host.first_id, &id, NULL);
	return id;
}

int lookup_settle(const struct policy_dirs *dirs, struct policy **policy, const char *sandbox,
	struct sbx_error *err)
{
	if (!(*policy)->unsettled)
		return 0;
	return policy_settle(dirs, policy, find_id(dirs, *policy), sandbox, err);
}

/* As `lsm load` has it. */
static int add_owns(struct lookups *owns, const struct policy *policy, struct sbx_error *err)
{
	size_t i = owns->n;
	int r = lookup_grants(owns, policy, POLICY_OWN | POLICY_SHARE, err);

	for (; i < owns->n; i++)
		if (owns->v[i].is_name)
			owns->v[i].r = 0;
	return r;
}

static int add_tenant(struct lookup_tenants *tenants, const struct policy_dirs *dirs,
	const char *name, struct sbx_error *err)
{
	struct lookup_tenant *tenant = &tenants->v[tenants->n];

	*tenant = (struct lookup_tenant){ .name = strdup(name) };
	if (!tenant->name)
		return error_errno(err, ENOMEM, "read the tenants' policies");
	tenants->n++;
	tenant->r = policy_load_tenant(dirs, name, &tenant->policy, NULL, &tenant->err);
	if (tenant->r == 0)
		tenant->r = lookup_settle(dirs, &tenant->policy, NULL, &tenant->err);
	return tenant->r < 0 ? 0 : add_owns(&tenants->owns, tenant->policy, err);
}

int lookup_tenants(const struct policy_dirs *dirs, const struct strv *except,
	struct lookup_tenants *ret_tenants, struct sbx_error *err)
{
	_cleanup_lookup_tenants_ struct lookup_tenants tenants = { 0 };
	_cleanup_strv_ struct strv names = { 0 };
	int r = policy_list_tenants(dirs, &names, err);

	if (r < 0)
		return r;
	tenants.v = calloc(names.n + 1, sizeof(*tenants.v));
	if (!tenants.v)
		return error_errno(err, ENOMEM, "read the tenants' policies");
	for (size_t i = 0; i < names.n && r == 0; i++)
		if (!strv_contains(except, names.v[i]))
			r = add_tenant(&tenants, dirs, names.v[i], err);
	if (r < 0)
		return r;
	*ret_tenants = tenants;
	tenants = (struct lookup_tenants){ 0 };
	return 0;
}

void lookup_tenants_clear(struct lookup_tenants *tenants)
{
	lookups_clear(&tenants->owns);
	for (size_t i = 0; i < tenants->n; i++) {
		free(tenants->v[i].name);
		(void)policy_free(tenants->v[i].policy);
	}
	free(tenants->v);
	*tenants = (struct lookup_tenants){ 0 };
}
