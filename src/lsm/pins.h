/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies pinned in the home. The process must be in there (visit_enter).
 */
#ifndef SBX_LSM_PINS_H
#define SBX_LSM_PINS_H

#include "base/error.h"
#include "bpf/abi.h"

#include <stdint.h>

int pin_make(int fd, const char *name, struct sbx_error *err);

/* -ESTALE where it is missing. The descriptor is the caller's. */
int pin_open(const char *name, int *ret_fd, struct sbx_error *err);

/* The program that the hook's pinned link runs. */
int pin_program(enum sbx_hook hook, uint32_t *ret_id, struct sbx_error *err);

/* The number of the pin's inode. It leads to the one object for which it was made, for ever. */
int pin_number(const char *name, uint64_t *ret_number, struct sbx_error *err);

/*
 * Whether the pin of each hook and probe is there, and is the one that was made at the load, by its
 * number. 0, or -ESTALE with the name of the first that isn't. Number 0 is: the kernel lacks it,
 * which is well where it may. Reads the folder once, however many they are.
 */
int pins_check(const struct sbx_ready *ready, struct sbx_error *err);

#endif
