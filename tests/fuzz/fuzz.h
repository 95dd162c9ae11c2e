/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. Built with clang -fsanitize=fuzzer each is a program of its own;
 * with replay.c it runs over files, as `make check` does with the seeds.
 */
#ifndef SBX_FUZZ_H
#define SBX_FUZZ_H

#include "policy/policy.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A report can be printed, whatever it speaks of. */
static inline void fuzz_print(const struct policy_report *report)
{
	static FILE *nowhere;

	if (!nowhere)
		nowhere = fopen("/dev/null", "we");
	if (nowhere)
		policy_report_print(report, nowhere);
}

#endif
