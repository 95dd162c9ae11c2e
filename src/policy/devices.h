/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The devices that every sandbox has, and there are no others. Numbers: the kernel's
 * Documentation/admin-guide/devices.txt.
 */
#ifndef SBX_POLICY_DEVICES_H
#define SBX_POLICY_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#define DEVICE_ANY_MINOR (~0U)

/* A character device. */
struct device {
	const char *path;
	unsigned int major, minor;
	bool by_devpts; /* that file system makes its node, else the launcher does */
};

extern const struct device devices[];
extern const size_t n_devices;

#endif
