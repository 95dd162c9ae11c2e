/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says as whom the floor runs with the LSM loaded: tenant and policy of the only rules that there
 * are, those of the sandbox that it is compared with.
 *
 * usage: label
 */
#include "lsm/lsm.h"

#include <bpf/bpf.h>
#include <stdio.h>

int main(void)
{
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	struct sbx_policy_key key, next;
	struct sbx_error err = { 0 };
	uint32_t policy;
	int fd;

	if (lsm_open(&lsm, &err) < 0) {
		(void)fprintf(stderr, "label: %s\n", err.text);
		return 1;
	}
	fd = lsm.map[LSM_MAP_POLICIES];
	if (bpf_map_get_next_key(fd, NULL, &key) < 0 ||
		bpf_map_lookup_elem(fd, &key, &policy) < 0 ||
		bpf_map_get_next_key(fd, &key, &next) == 0) {
		(void)fprintf(stderr, "label: there are not the rules of one sandbox\n");
		return 1;
	}
	(void)printf("%u:%u\n", key.tenant, policy);
	return 0;
}
