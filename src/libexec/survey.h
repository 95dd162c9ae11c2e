/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that policies are read from, made known to the kernel side: `run` needn't look at each
 * of them then.
 */
#ifndef SBX_LIBEXEC_SURVEY_H
#define SBX_LIBEXEC_SURVEY_H

#include "base/str.h"
#include "lsm/lsm.h"

struct survey {
	struct strv drop_ins; /* folders of drop-ins, by their real paths */
	uint64_t folders; /* tenants_sums.folders: of these and of the tenants folder */
	uint64_t changes; /* sbx_counters.policy_changes before anything was looked at */
	bool complete; /* whatever changes one of the files, the kernel side counts it */
};

/*
 * Called before the policies are read: what is changed from here on is seen as a change. `round` is
 * that of policy_files_add(). `ret_survey` is cleared by the caller. May wait for the clock, for a
 * second at most with each folder that was changed just now.
 */
int survey_policies(const struct lsm *lsm, const char *config_dir, uint32_t round,
	struct survey *ret_survey, struct sbx_error *err);
void survey_clear(struct survey *survey);

#endif
