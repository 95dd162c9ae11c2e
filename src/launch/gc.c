/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/gc.h"

#include "base/fs.h"
#include "kernel/netns.h"
#include "lsm/forget.h"
#include "lsm/home.h"
#include "lsm/rules.h"
#include "state/registry.h"

#include <fcntl.h>

void gc_say(const struct gc *gc, const char *fmt, ...)
{
	char text[PATH_MAX + 64];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	gc->options->say(text);
}

void gc_failed(struct gc *gc, int r, const struct sbx_error *err)
{
	if (gc->r == 0 && gc->err)
		*gc->err = *err;
	else if (gc->err)
		error_append(gc->err, err);
	gc->r = r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, *(char *const *)b);
}

bool gc_has_policy(const struct gc *gc, const char *tenant)
{
	return gc->policies.n && bsearch(tenant, gc->policies.v, gc->policies.n,
					 sizeof(*gc->policies.v), compare_names);
}

static int open_base(struct gc *gc, struct sbx_error *err)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	unsigned int level;
	int r = host_config_load(&gc->options->dirs, &host, err);

	if (r == 0)
		r = cgroup_find_base(&host, err);
	if (r < 0)
		return r;
	(void)snprintf(gc->base_path, sizeof(gc->base_path), "%s", host.base);
	r = cgroup_open_base(host.base, &gc->base, &level, err);
	return r == -ENOENT ? 0 : r;
}

int gc_open(const struct gc_options *options, struct gc *ret, struct sbx_error *err)
{
	_cleanup_gc_ struct gc gc = { .options = options, .lsm = LSM_INIT, .base = CGROUP_INIT };
	int r = open_base(&gc, err);

	if (r == 0)
		r = ids_list(&gc.ids, &gc.n_ids, err);
	if (r == 0)
		r = policy_list_tenants(&options->dirs, &gc.policies, err);
	if (r < 0)
		return r;
	strv_sort(&gc.policies);
	/* One that is loaded and can't be read still has the labels: then nothing may go. */
	r = lsm_open(&gc.lsm, err);
	if (r < 0 && r != -ENOENT)
		return r;
	gc.has_lsm = r == 0;
	*ret = gc;
	ret->err = err;
	gc = (struct gc){ .lsm = LSM_INIT, .base = CGROUP_INIT };
	return 0;
}

void gc_close(struct gc *gc)
{
	lsm_close(&gc->lsm);
	cgroup_close(&gc->base);
	free(gc->ids);
	strv_clear(&gc->policies);
}

/* Whoever has left a trace. */
static int list_tenants(const struct gc *gc, struct strv *names, struct sbx_error *err)
{
	int r = registry_list_tenants(names);

	if (r == 0)
		r = leaf_add_names(AT_FDCWD, NETNS_DIR, "", names);
	if (r == 0 && gc->base.fd >= 0)
		r = leaf_add_names(gc->base.fd, ".", LEAF_SLICE_END, names);
	strv_sort(names);
	return r < 0 ? error_errno(err, -r, "look for what tenants have left") : 0;
}

static void collect_tenant(struct gc *gc, const char *tenant)
{
	_cleanup_close_ int lock = -1;
	struct sbx_error err = { 0 };
	int r = registry_lock_tenant(tenant, &lock, &err);

	if (r < 0) {
		gc_failed(gc, r, &err);
		return;
	}
	if (!gc_tenant(gc, tenant) && !gc->options->dry_run)
		registry_forget_tenant(tenant);
}

int gc(const struct gc_options *options, struct sbx_error *err)
{
	_cleanup_strv_ struct strv tenants = { 0 };
	_cleanup_gc_ struct gc gc = { .lsm = LSM_INIT, .base = CGROUP_INIT };
	int r = gc_open(options, &gc, err);

	if (r == 0)
		r = list_tenants(&gc, &tenants, err);
	if (r < 0)
		return r;
	gc_lsm(&gc);
	for (size_t i = 0; i < tenants.n; i++)
		if (i == 0 || !streq(tenants.v[i], tenants.v[i - 1]))
			collect_tenant(&gc, tenants.v[i]);
	gc_rules(&gc);
	gc_files(&gc);
	return gc.r;
}

int gc_open_slice(const struct gc *gc, const char *tenant, char name[static LEAF_NAME_MAX],
	struct cgroup *ret_slice)
{
	leaf_name(name, tenant, LEAF_SLICE_END);
	return gc->base.fd < 0 ? -ENOENT : cgroup_open(&gc->base, name, ret_slice, NULL);
}

/* Its slice is the one place where all of its processes are. */
static bool has_processes(const struct gc *gc, const char *tenant)
{
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	char name[LEAF_NAME_MAX];
	bool populated;

	if (gc_open_slice(gc, tenant, name, &slice) < 0)
		return false;
	return cgroup_is_populated(&slice, &populated, NULL) < 0 || populated;
}

static int is_held(const char *tenant, const char *name, void *arg)
{
	(void)arg;
	return registry_is_held(tenant, name) ? -EBUSY : 0;
}

static int check_gone(const struct gc *gc, const char *tenant, struct sbx_error *err)
{
	int r;

	if (gc_has_policy(gc, tenant)) {
		r = error_set(err, EBUSY, "tenant '%s' has a policy", tenant);
		return error_cure(err, r, "remove '%s/tenants/%s.ini' first",
			gc->options->dirs.config, tenant);
	}
	if (has_processes(gc, tenant) || registry_each_folder(tenant, is_held, NULL, NULL) < 0) {
		r = error_set(err, EBUSY, "tenant '%s' has sandboxes that run", tenant);
		return error_cure(err, r,
			"sandboxctl kill %s; what a killed one has left: sandboxctl gc", tenant);
	}
	if (!ids_of(gc->ids, gc->n_ids, tenant)) {
		r = error_set(err, ENOENT, "there was never a tenant '%s'", tenant);
		return error_cure(err, r, "sandboxctl tenant list --all shows all there were");
	}
	return 0;
}

/* Closed is what it owned until its rules are gone too: so they go in one go with it. */
static int forget_own(struct gc *gc, const char *tenant, struct sbx_error *err)
{
	_cleanup_close_ int lock = -1;
	size_t n = 0;
	int r = gc->has_lsm ? fs_lock(LSM_LOCK, &lock, err) : 0;

	if (r < 0 || !gc->has_lsm)
		return r;
	r = owners_forget(&gc->lsm, ids_of(gc->ids, gc->n_ids, tenant), &n, err);
	if (r == 0 && n)
		gc_say(gc, "own of tenant %s: %zu inode%s", tenant, n, n == 1 ? "" : "s");
	return r < 0 ? r : forget_rules(&gc->lsm, NULL, err);
}

int gc_forget_tenant(const struct gc_options *options, const char *tenant, struct sbx_error *err)
{
	_cleanup_gc_ struct gc gc = { .lsm = LSM_INIT, .base = CGROUP_INIT };
	_cleanup_close_ int lock = -1;
	int r = registry_lock_tenant(tenant, &lock, err);

	if (r == 0)
		r = gc_open(options, &gc, err);
	if (r == 0)
		r = check_gone(&gc, tenant, err);
	if (r < 0)
		return r;
	(void)gc_tenant(&gc, tenant);
	r = gc.r < 0 ? gc.r : forget_own(&gc, tenant, err);
	if (r == 0)
		registry_forget_tenant(tenant);
	return r;
}
