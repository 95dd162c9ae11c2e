/* SPDX-License-Identifier: Apache-2.0 */
#include "base/siphash.h"

#include "test.h"

/* Key 00..0f and messages 00.., from vectors.h of the authors' reference code: vectors_sip128. */
static const struct {
	size_t size;
	uint8_t digest[16];
} vectors[] = {
	{ 0, { 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55,
		     0x02, 0x93 } },
	{ 1, { 0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22,
		     0xfc, 0x45 } },
	{ 2, { 0x81, 0x77, 0x22, 0x8d, 0xa4, 0xa4, 0x5d, 0xc7, 0xfc, 0xa3, 0x8b, 0xde, 0xf6, 0x0a,
		     0xff, 0xe4 } },
};

static struct siphash start(void)
{
	struct siphash h;

	siphash_init(&h, 0x0706050403020100, 0x0f0e0d0c0b0a0908);
	return h;
}

TEST(reference_vectors)
{
	static const uint8_t message[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct siphash h = start();
		struct siphash_digest d;

		siphash_add(&h, message, vectors[i].size);
		d = siphash_end(&h);
		EXPECT_EQ(0, memcmp(&d, vectors[i].digest, sizeof(d)));
	}
}

TEST(pieces_are_as_good_as_the_whole)
{
	static const char text[] = "the quick brown fox jumps over the lazy dog";
	struct siphash whole = start();
	struct siphash_digest a, b;

	siphash_add(&whole, text, sizeof(text));
	a = siphash_end(&whole);
	/* Words begin anywhere in a piece. */
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct siphash pieces = start();

		for (size_t i = 0; i < sizeof(text); i += piece)
			siphash_add(&pieces, text + i,
				piece < sizeof(text) - i ? piece : sizeof(text) - i);
		b = siphash_end(&pieces);
		EXPECT_EQ(0, memcmp(&a, &b, sizeof(a)));
	}
}
