/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ownership.h"

const struct policy_own *own_above(
	const struct policy_own *owns, size_t n, const char *tenant, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if ((!tenant || !streq(owns[i].tenant, tenant)) && path_lies_in(path, owns[i].path))
			return &owns[i];
	return NULL;
}

int own_refuse(const struct policy_own *own, enum policy_rights rights, const char *path,
	struct sbx_error *err)
{
	return error_set(err, EEXIST, "%s '%s' lies in '%s', which tenant '%s' owns",
		policy_rights_name(rights), path, own->path, own->tenant);
}
