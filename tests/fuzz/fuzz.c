/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "policy/lines.h"

static const struct fuzz_target *target;

static const struct fuzz_target *find(const char *name)
{
	static const struct fuzz_target *const tables[] = { fuzz_values, fuzz_policies, fuzz_oci };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct fuzz_target *row = tables[i]; row->name; row++)
			if (streq(row->name, name))
				return row;
	return NULL;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/'), *name = slash ? slash + 1 : (*argv)[0];

	(void)argc;
	target = find(name);
	if (target)
		return 0;
	(void)fprintf(stderr, "%s: there is no fuzz target of that name\n", name);
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* No byte more than the text has: AddressSanitizer sees who reads on. */
	_cleanup_free_ char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!target->value)
		fuzz_policy(target, text, size);
	else if (size <= LINE_MAX_LEN)
		target->value(text);
	return 0;
}
