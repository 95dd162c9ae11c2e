/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/keys.h"

#include "base/bpf.h"

#include <errno.h>

int each_key(int map, void (*visit)(int map, const union any_key *key, void *arg), void *arg)
{
	union any_key key, next;
	int r = bpf_map_get_next_key(map, NULL, &next);

	while (r == 0) {
		key = next;
		r = bpf_map_get_next_key(map, &key, &next);
		visit(map, &key, arg);
	}
	return r == -ENOENT ? 0 : r;
}
