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
	return !tenant || !streq(own->tenant, tenant);
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

const struct policy_own *own_above(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	/* The root is all of its own slash; a folder ends before the next one. */
	const struct policy_own *own = own_at(owns, n, tenant, path, 1);

	for (const char *end = path; !own && *end && end[1];) {
		end += 1 + strcspn(end + 1, "/");
		own = own_at(owns, n, tenant, path, (size_t)(end - path));
	}
	return own;
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
