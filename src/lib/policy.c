/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/lib.h"

static int load(const char *path, const char *tenant, const struct sandboxctl_policy *p,
	struct policy **ret_policy, struct sbx_error *err)
{
	const struct policy_dirs dirs = {
		.config = p->config_dir ? p->config_dir : LIB_CONFIG_DIR,
		.shipped = lib_shipped,
	};
	int r = tenant || !path ? lib_check_name(tenant, "tenant", err) : 0;

	if (r == 0 && path)
		r = lib_check_path(path, err);
	if (r == 0)
		r = lib_check_path(dirs.config, err);
	if (r < 0)
		return r;
	return path ? policy_load_file(&dirs, path, tenant, ret_policy, NULL, err)
		    : policy_load_tenant(&dirs, tenant, ret_policy, NULL, err);
}

static int open_policy(const char *path, const char *tenant, const char *config_dir,
	struct sandboxctl_policy **ret_policy, struct sbx_error *err)
{
	struct sandboxctl_policy *p = calloc(1, sizeof(*p));
	int r = -ENOMEM;

	if (p)
		p->config_dir = config_dir ? strdup(config_dir) : NULL;
	if (p && (p->config_dir || !config_dir)) {
		p->of_file = path != NULL;
		r = load(path, tenant, p, &p->policy, err);
	}
	if (r < 0)
		sandboxctl_policy_free(p);
	else
		*ret_policy = p;
	return r;
}

int sandboxctl_policy_open(const char *tenant, const char *config_dir,
	struct sandboxctl_policy **ret_policy, struct sandboxctl_error *error)
{
	struct sbx_error err = { 0 };

	return lib_return(open_policy(NULL, tenant, config_dir, ret_policy, &err), &err, error);
}

int sandboxctl_policy_open_file(const char *path, const char *tenant, const char *config_dir,
	struct sandboxctl_policy **ret_policy, struct sandboxctl_error *error)
{
	struct sbx_error err = { 0 };
	int r = path ? open_policy(path, tenant, config_dir, ret_policy, &err)
		     : error_set(&err, EINVAL, "no policy file was given");

	return lib_return(r, &err, error);
}

const char *sandboxctl_policy_tenant(const struct sandboxctl_policy *policy)
{
	return policy->policy->tenant;
}

const char *sandboxctl_policy_path(const struct sandboxctl_policy *policy)
{
	return policy->policy->path;
}

void sandboxctl_policy_free(struct sandboxctl_policy *policy)
{
	if (!policy)
		return;
	(void)policy_free(policy->policy);
	free(policy->config_dir);
	free(policy);
}
