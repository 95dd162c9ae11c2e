/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/loaded.h"

#include "lsm/home.h"
#include "state/tenants.h"

/* Another tenant's `own` may be new, or another folder by now: nobody starts before it is known. */
int loaded_check(const struct lsm *lsm, const char *config, struct sbx_error *err)
{
	struct sbx_loaded loaded;
	uint64_t now = 0, own = 0;
	int r = lsm_read_loaded(lsm, &loaded, err);

	if (r == 0)
		r = tenants_fingerprint(config, lsm->ready.generation, &now, err);
	if (r == 0)
		r = tenants_watched_fingerprint(LSM_WATCHED, lsm->ready.generation, &own, err);
	if (r < 0 || now + own == loaded.tenants)
		return r;
	r = error_set(err, ESTALE,
		"'%s/tenants', what a policy includes, or a folder that a tenant owns is not what "
		"was loaded",
		config);
	return error_cure(err, r, "sandboxctl lsm load");
}
