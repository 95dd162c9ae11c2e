/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/ready.h"

#include "base/bpf.h"
#include "base/cleanup.h"
#include "lsm/pins.h"

int ready_read(struct sbx_ready *ret_ready, struct sbx_error *err)
{
	union {
		struct sbx_ready ready;
		char space[4096]; /* the kernel writes as much as its map has, whoever made it */
	} u = { 0 };
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info), zero = 0;
	_cleanup_close_ int fd = -1;
	int r = pin_open("ready", &fd, err);

	if (r < 0)
		return r;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) < 0)
		return error_errno(err, errno, "read the map 'ready'");
	if (info.value_size > sizeof(u))
		return error_errno(err, E2BIG, "read the map 'ready'");
	if (bpf_map_lookup_elem(fd, &zero, &u) < 0)
		return error_errno(err, errno, "read the map 'ready'");
	*ret_ready = u.ready;
	return 0;
}

int ready_check(struct sbx_ready *ready, struct sbx_error *err)
{
	int r = ready_read(ready, err);

	if (r < 0)
		return r;
	if (ready->abi != SBX_ABI_VERSION)
		return error_set(err, ESTALE,
			"the LSM loaded is version %u, this sandboxctl's is %u", ready->abi,
			SBX_ABI_VERSION);
	return pins_check(ready, err);
}
