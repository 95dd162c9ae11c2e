/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz targets, one row each. They are one program, which goes by the name that it is called by:
 * built with clang -fsanitize=fuzzer it makes up inputs, with replay.c it runs over files, as `make
 * check` does with the seeds.
 */
#ifndef SBX_FUZZ_H
#define SBX_FUZZ_H

#include "policy/policy.h"

#include <stdint.h>
#include <stdlib.h>

struct fuzz_target {
	const char *name; /* its seeds are in seeds/NAME */

	/* Tries a parser on a text of up to LINE_MAX_LEN bytes; aborts where it is wrong. */
	void (*value)(const char *text);

	/* Or else: what stands before the text in a policy, and how what it came to is written as
	 * a policy that comes to the same. */
	const char *before;
	void (*write)(FILE *out, const struct policy *policy);
};

static inline void expect(bool so)
{
	if (!so)
		abort();
}

/* All end in a row without a name. */
extern const struct fuzz_target fuzz_values[], fuzz_policies[], fuzz_oci[];

/* Reads the text as a policy, then what the target writes of that. */
void fuzz_policy(const struct fuzz_target *target, const char *text, size_t size);

/* libFuzzer's: how it starts, and one input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
