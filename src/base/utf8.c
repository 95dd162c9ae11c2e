/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

size_t utf8_decode(const char *bytes, size_t n, uint32_t *ret_c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)bytes;
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? s[0] : s[0] & (0x7fU >> len);

	if (!len || len > n || s[0] >= 0xf8)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_c = c;
	return len;
}

char *utf8_repair(const char *s)
{
	size_t n = strlen(s);
	char *copy = calloc(n + 1, strlen(REPLACEMENT)), *out = copy;

	while (copy && n > 0) {
		uint32_t c;
		size_t len = utf8_decode(s, n, &c), taken = len ? len : 1;

		out = len ? mempcpy(out, s, len) : stpcpy(out, REPLACEMENT);
		s += taken;
		n -= taken;
	}
	return copy;
}
