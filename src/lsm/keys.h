/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going through a map.
 */
#ifndef SBX_LSM_KEYS_H
#define SBX_LSM_KEYS_H

#include "bpf/abi.h"

#include <stdint.h>

/* Has room for the key of each map. */
union any_key {
	uint64_t leaf, inode;
	struct sbx_policy_key policy;
	struct sbx_perm_key perm;
	struct sbx_net_key network;
	struct sbx_name_key name;
	struct sbx_inode_key file;
};

/*
 * Shows each key to `visit`, which may delete it: the next one is taken before, since a key that is
 * gone starts the map over. 0, or -errno where the map couldn't be gone through to its end.
 */
int each_key(int map, void (*visit)(int map, const union any_key *key, void *arg), void *arg);

#endif
