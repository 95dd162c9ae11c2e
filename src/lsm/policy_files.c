/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/policy_files.h"

#include "base/bpf.h"
#include "lsm/keys.h"

int policy_files_add(const struct lsm *lsm, const struct sbx_file_info *info, uint32_t round,
	struct sbx_error *err)
{
	const struct sbx_inode_key key = { .ino = info->ino, .dev = info->dev };

	return lsm_map_write(lsm, LSM_MAP_POLICY_FILES, &key, &round, BPF_ANY, err);
}

struct forgetting {
	uint32_t round;
	int r;
};

static void forget_file(int map, const union any_key *key, void *arg)
{
	struct forgetting *f = arg;
	uint32_t found;

	if (f->r == 0 && bpf_map_lookup_elem(map, &key->file, &found) == 0 && found != f->round)
		f->r = bpf_map_delete_elem(map, &key->file);
}

int policy_files_forget(const struct lsm *lsm, uint32_t round, struct sbx_error *err)
{
	struct forgetting f = { .round = round };

	(void)each_key(lsm->map[LSM_MAP_POLICY_FILES], forget_file, &f);
	return f.r < 0 ? error_errno(err, -f.r, "write the map 'policy_files'") : 0;
}
