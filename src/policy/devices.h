/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every sandbox's /dev has: devices, and there are no others, and links. Numbers: the kernel's
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

/* A link of /dev that leads through /proc, and is there where that is. */
struct device_link {
	const char *path, *target;
};

extern const struct device_link device_links[];
extern const size_t n_device_links;

#endif
