/* SPDX-License-Identifier: Apache-2.0 */
/* Values of [audit]. */
#include "policy/key.h"

static int parse_rate(const struct key_use *use, void *field)
{
	uint32_t *rate = field;
	const char *end = strchr(use->text, '/');
	_cleanup_free_ char *number = NULL;
	uint32_t n = 0;

	if (!end || !streq(end, "/s"))
		return key_error(use, "'%s' is not a rate, as in '100/s'", use->text);
	number = strndup(use->text, (size_t)(end - use->text));
	if (!number)
		return -ENOMEM;
	switch (str_to_u32(number, &n)) {
	case 0:
		break;
	case -ERANGE:
		n = POLICY_RATE_MAX + 1;
		break;
	default:
		return key_error(use, "'%s' is not a rate, as in '100/s'", use->text);
	}
	if (n > POLICY_RATE_MAX)
		return key_error(use, "'%s': %d/s at most", use->text, POLICY_RATE_MAX);
	*rate = n;
	return 0;
}

const struct key_type type_rate = { .form = "NUMBER/s", .parse = parse_rate };
