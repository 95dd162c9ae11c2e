/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/stdio.h"

#include "launch/children.h"

#include <fcntl.h>

int stdio_open(struct run *run, struct sbx_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(run->stdio); i++) {
		run->stdio[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (run->stdio[i] < 0 || children_move_up(&run->stdio[i]) < 0)
			return error_errno(err, errno, "open '/dev/null'");
	}
	return 0;
}
