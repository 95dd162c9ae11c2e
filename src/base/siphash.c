/* SPDX-License-Identifier: Apache-2.0 */
#include "base/siphash.h"

#include <endian.h>
#include <string.h>

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void rounds(uint64_t v[4], int n)
{
	for (; n > 0; n--) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

static void add_word(struct siphash *h, uint64_t word)
{
	h->v[3] ^= word;
	rounds(h->v, 2);
	h->v[0] ^= word;
}

void siphash_init(struct siphash *h, uint64_t key0, uint64_t key1)
{
	*h = (struct siphash){
		.v = {
			key0 ^ 0x736f6d6570736575,
			key1 ^ 0x646f72616e646f6d ^ 0xee,
			key0 ^ 0x6c7967656e657261,
			key1 ^ 0x7465646279746573,
		},
	};
}

static void add_byte(struct siphash *h, uint8_t byte)
{
	h->word |= (uint64_t)byte << (h->length % 8 * 8);
	if (++h->length % 8 == 0) {
		add_word(h, h->word);
		h->word = 0;
	}
}

void siphash_add(struct siphash *h, const void *data, size_t size)
{
	const uint8_t *byte = data, *end = byte + size;

	while (byte < end && h->length % 8)
		add_byte(h, *byte++);
	for (uint64_t word; end - byte >= (ptrdiff_t)sizeof(word); byte += sizeof(word)) {
		memcpy(&word, byte, sizeof(word));
		add_word(h, le64toh(word));
		h->length += sizeof(word);
	}
	while (byte < end)
		add_byte(h, *byte++);
}

struct siphash_digest siphash_end(struct siphash *h)
{
	struct siphash_digest d;

	add_word(h, h->word | h->length << 56);
	h->v[2] ^= 0xee;
	rounds(h->v, 4);
	d.word[0] = h->v[0] ^ h->v[1] ^ h->v[2] ^ h->v[3];
	h->v[1] ^= 0xdd;
	rounds(h->v, 4);
	d.word[1] = h->v[0] ^ h->v[1] ^ h->v[2] ^ h->v[3];
	return d;
}
