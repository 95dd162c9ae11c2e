/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ownership.h"

/* Of one tenant's trees at one path the one that is written first is found. */
static int compare_owns(const void *a, const void *b)
{
	const struct policy_own *x = a, *y = b;
	int order = path_compare(x->path, y->path);

	if (!order)
		order = strcmp(x->tenant, y->tenant);
	return order ? order : place_compare(&x->at, &y->at);
}

void own_sort(struct policy_own *owns, size_t n)
{
	if (n)
		qsort(owns, n, sizeof(*owns), compare_owns);
}

/* Where the first LEN bytes of PATH stand, or would stand. */
static size_t find(const struct policy_own *owns, size_t n, const char *path, size_t len)
{
	size_t first = 0;

	while (first < n) {
		size_t middle = first + (n - first) / 2;

		if (path_compare_part(owns[middle].path, path, len) < 0)
			first = middle + 1;
		else
			n = middle;
	}
	return first;
}

static bool is_anothers(const struct policy_own *own, const char *tenant)
{
	return !own->shared && (!tenant || !streq(own->tenant, tenant));
}

/* Several tenants' may be at this very path. */
static const struct policy_own *own_at(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path, size_t len)
{
	for (size_t i = find(owns, n, path, len); i < n; i++) {
		if (path_compare_part(owns[i].path, path, len) != 0)
			return NULL;
		if (is_anothers(&owns[i], tenant))
			return &owns[i];
	}
	return NULL;
}

/*
 * How long the next folder's path is on the way down to PATH, behind one of LEN bytes (0: none
 * yet); 0: there is none. The root is all of its own slash; a folder ends before the next one.
 */
static size_t next_folder(const char *path, size_t len)
{
	const char *end = path + (len == 1 ? 0 : len);

	if (!len)
		return 1;
	return *end && end[1] ? (size_t)(end - path) + 1 + strcspn(end + 1, "/") : 0;
}

const struct policy_own *own_above(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	const struct policy_own *own = NULL;
	size_t len = 0;

	while (!own && (len = next_folder(path, len)))
		own = own_at(owns, n, tenant, path, len);
	return own;
}

enum standing {
	OWNS_NOTHING,
	OWNS_IT,
	SHARES_IT,
};

/* What the tenant says of the first LEN bytes of PATH themselves: that it shares them counts. */
static enum standing standing_at(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path, size_t len)
{
	enum standing standing = OWNS_NOTHING;

	for (size_t i = find(owns, n, path, len); i < n; i++) {
		if (path_compare_part(owns[i].path, path, len) != 0)
			break;
		if (!streq(owns[i].tenant, tenant))
			continue;
		if (owns[i].shared)
			return SHARES_IT;
		standing = OWNS_IT;
	}
	return standing;
}

/* Of the tenant's trees the nearest decides. */
static bool is_shared(const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	enum standing nearest = OWNS_NOTHING;
	size_t len = 0;

	while ((len = next_folder(path, len))) {
		enum standing standing = standing_at(owns, n, tenant, path, len);

		nearest = standing ? standing : nearest;
	}
	return nearest == SHARES_IT;
}

const struct policy_own *own_closing(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	const struct policy_own *own = own_above(owns, n, tenant, path);

	return own && is_shared(owns, n, own->tenant, path) ? NULL : own;
}

bool own_holds(const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (!owns[i].shared && streq(owns[i].tenant, tenant) &&
			path_lies_in(path, owns[i].path))
			return true;
	return false;
}

const struct policy_own *own_below(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	for (size_t i = find(owns, n, path, strlen(path)); i < n; i++) {
		if (!path_lies_in(owns[i].path, path))
			return NULL;
		if (is_anothers(&owns[i], tenant))
			return &owns[i];
	}
	return NULL;
}

int own_refuse(const struct policy_own *own, enum policy_rights rights, const char *path,
	struct sbx_error *err)
{
	return error_set(err, EEXIST, "%s '%s' lies in '%s', which tenant '%s' owns",
		policy_rights_name(rights), path, own->path, own->tenant);
}

int own_refuse_share(const char *tenant, const char *path, struct sbx_error *err)
{
	return error_set(
		err, EINVAL, "share '%s' lies in nothing that tenant '%s' owns", path, tenant);
}
