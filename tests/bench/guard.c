/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches to a cgroup the device program that a tenant's slice has: the floor's slice has one too.
 *
 * usage: guard CGROUP_DIR
 */
#include "kernel/devices.h"

#include <fcntl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct sbx_error err;
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd < 0) {
		(void)fprintf(stderr, "usage: guard CGROUP_DIR\n");
		return 2;
	}
	if (devices_guard(fd, argv[1], &err) < 0) {
		(void)fprintf(stderr, "guard: %s\n", err.text);
		return 1;
	}
	return 0;
}
