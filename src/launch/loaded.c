/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/loaded.h"

#include "lsm/home.h"
#include "state/tenants.h"

/*
 * Nothing was added to a folder of policies, removed or renamed, as its times tell; and nothing was
 * done to a file in it, as the kernel side has counted. Then no file needs to be looked at.
 */
static int are_untouched(const struct lsm *lsm, const char *config, const struct sbx_loaded *loaded,
	uint64_t folders, bool *ret_untouched, struct sbx_error *err)
{
	struct sbx_counters counters;
	int r = lsm_read_counters(lsm, &counters, err);

	if (r < 0)
		return r;
	folders += tenants_config_hash(config, lsm->ready.generation);
	*ret_untouched = loaded->watched && folders == loaded->folders &&
			 counters.policy_changes == loaded->policy_changes;
	return 0;
}

static int are_as_loaded(const struct lsm *lsm, const char *config, const struct sbx_loaded *loaded,
	uint64_t folders, bool *ret_same, struct sbx_error *err)
{
	uint64_t now;
	int r = are_untouched(lsm, config, loaded, folders, ret_same, err);

	if (r < 0 || *ret_same)
		return r;
	r = tenants_fingerprint(config, lsm->ready.generation, &now, err);
	if (r == 0)
		*ret_same = now == loaded->tenants;
	return r;
}

/* Another tenant's `own` may be new, or another folder by now: nobody starts before it is known. */
int loaded_check(const struct lsm *lsm, const char *config, struct sbx_error *err)
{
	struct sbx_loaded loaded;
	struct tenants_sums sums = { 0 };
	bool same = false;
	int r = lsm_read_loaded(lsm, &loaded, err);

	if (r == 0)
		r = tenants_watched_fingerprint(LSM_WATCHED, lsm->ready.generation, &sums, err);
	if (r == 0 && sums.named == loaded.named)
		r = are_as_loaded(lsm, config, &loaded, sums.folders, &same, err);
	if (r < 0 || same)
		return r;
	r = error_set(err, ESTALE,
		"'%s/tenants', what a policy includes, or a folder that a tenant owns is not what "
		"was loaded",
		config);
	return error_cure(err, r, "sandboxctl lsm load");
}
