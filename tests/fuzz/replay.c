/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files, in TAP: a crash is a crash of this program. usage: TARGET FILE...
 */
#include "fuzz.h"

#include "base/cleanup.h"

static bool run(const char *path)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	_cleanup_free_ uint8_t *data = malloc(1 << 20);
	size_t n;

	if (!f || !data)
		return false;
	n = fread(data, 1, 1 << 20, f);
	(void)LLVMFuzzerTestOneInput(data, n);
	return true;
}

int main(int argc, char **argv)
{
	int n_failed = 0;

	(void)LLVMFuzzerInitialize(&argc, &argv);
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		bool well = run(argv[i]);

		printf("%s %d - %s\n", well ? "ok" : "not ok", i, argv[i]);
		n_failed += !well;
	}
	return argc < 2 || n_failed > 0;
}
