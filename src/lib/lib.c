/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/lib.h"

#ifndef SBX_VERSION
#error "SBX_VERSION comes from the Makefile"
#endif

const char *sandboxctl_version(void)
{
	return SBX_VERSION;
}

int lib_return(int r, const struct sbx_error *err, struct sandboxctl_error *ret_error)
{
	struct sbx_error own;

	if (r >= 0 || !ret_error)
		return r;
	if (!*err->text) {
		(void)error_errno(&own, -r, "sandboxctl");
		err = &own;
	}
	(void)snprintf(ret_error->text, sizeof(ret_error->text), "%s", err->text);
	(void)snprintf(ret_error->cure, sizeof(ret_error->cure), "%s", err->cure);
	return r;
}

int lib_check_root(struct sbx_error *err)
{
	if (geteuid() == 0)
		return 0;
	return error_set(err, EPERM, "not root: cgroups, namespaces and the LSM need it");
}

int lib_check_name(const char *name, const char *what, struct sbx_error *err)
{
	if (name && name_is_valid(name))
		return 0;
	return error_set(err, EINVAL, "'%s' is not a name of a %s", name ? name : "", what);
}

int lib_check_path(const char *path, struct sbx_error *err)
{
	return *path == '/' ? 0 : error_set(err, EINVAL, "'%s' is not an absolute path", path);
}
