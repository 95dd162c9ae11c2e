/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/devices.h"

const struct device devices[] = {
	{ "/dev/null", 1, 3, false },
	{ "/dev/zero", 1, 5, false },
	{ "/dev/full", 1, 7, false },
	{ "/dev/random", 1, 8, false },
	{ "/dev/urandom", 1, 9, false },
	{ "/dev/tty", 5, 0, false },
	{ "/dev/pts/ptmx", 5, 2, true },
	{ "/dev/pts/", 136, DEVICE_ANY_MINOR, true },
};

const size_t n_devices = sizeof(devices) / sizeof(devices[0]);

const struct device_link device_links[] = {
	{ "/dev/fd", "/proc/self/fd" },
	{ "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" },
};

const size_t n_device_links = sizeof(device_links) / sizeof(device_links[0]);
