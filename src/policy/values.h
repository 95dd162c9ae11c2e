/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single values of a policy: text in, number or the kernel's own spelling out. No side effects.
 *
 * Each takes the whole of S and returns 0, -EINVAL when S is not of the form, -ERANGE when it is
 * but can't be, -ENOMEM where it returns a string.
 */
#ifndef SBX_POLICY_VALUES_H
#define SBX_POLICY_VALUES_H

#include <stdint.h>

/* "512", "64K", "256M", "2G", "1T" (powers of 1024) in bytes; "infinity" and "max": UINT64_MAX. */
int value_size(const char *s, uint64_t *ret_bytes);

/* "500ms", "5s", "5", "10m", "2h" in microseconds; "infinity": USEC_INFINITY. */
int value_duration(const char *s, uint64_t *ret_usec);

/* "FIRST-LAST" or one number, each at most MAX; -ERANGE also when FIRST > LAST. */
int value_range(const char *s, uint64_t max, uint64_t *ret_first, uint64_t *ret_last);

/*
 * cpu.max: "50%" of one CPU, "QUOTA PERIOD" in microseconds as in the kernel's cgroup-v2.rst, or
 * "max", "infinity". Returns "QUOTA PERIOD" or "max".
 */
int value_cpu_max(const char *s, char **ret_value);

/* A CPU list, "0-3,8", returned sorted and merged, as the kernel prints it. */
int value_cpu_list(const char *s, char **ret_value);

/* The number behind an errno's name, "EPERM"; -EINVAL when it is none. */
int value_errno(const char *s, int *ret_errnum);

#endif
