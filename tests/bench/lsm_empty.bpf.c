// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A program that does nothing on each hook of ours: the price of BPF LSM itself.
 */
#include "kernel.h"

#include "abi.h"

#define X(name, presence)                                             \
	SEC("lsm/" #name) int name(__attribute__((unused)) void *ctx) \
	{                                                             \
		return 0;                                             \
	}
SBX_HOOKS(X)
#undef X
