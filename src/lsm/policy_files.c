/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/policy_files.h"

#include "base/bpf.h"

int policy_files_add(const struct lsm *lsm, const struct sbx_file_info *info, uint32_t round,
	struct sbx_error *err)
{
	const struct sbx_inode_key key = { .ino = info->ino, .dev = info->dev };

	if (bpf_map_update_elem(lsm->map[LSM_MAP_POLICY_FILES], &key, &round, BPF_ANY) < 0)
		return error_errno(err, errno, "write the map 'policy_files'");
	return 0;
}

int policy_files_forget(const struct lsm *lsm, uint32_t round, struct sbx_error *err)
{
	int map = lsm->map[LSM_MAP_POLICY_FILES];
	struct sbx_inode_key key, next;
	bool more = bpf_map_get_next_key(map, NULL, &next) == 0;
	uint32_t found;

	while (more) {
		key = next;
		more = bpf_map_get_next_key(map, &key, &next) == 0;
		if (bpf_map_lookup_elem(map, &key, &found) == 0 && found != round &&
			bpf_map_delete_elem(map, &key) < 0)
			return error_errno(err, errno, "write the map 'policy_files'");
	}
	return 0;
}
