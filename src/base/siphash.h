/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 with 128 bits of output: fingerprints of policies and folders.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its 128-bit variant in the
 * authors' reference code.
 */
#ifndef SBX_BASE_SIPHASH_H
#define SBX_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash {
	uint64_t v[4];
	uint64_t word; /* bytes that don't fill a word yet */
	uint64_t length;
};

struct siphash_digest {
	uint64_t word[2];
};

void siphash_init(struct siphash *h, uint64_t key0, uint64_t key1);
void siphash_add(struct siphash *h, const void *data, size_t size);
struct siphash_digest siphash_end(struct siphash *h);

#endif
