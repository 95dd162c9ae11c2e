/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a tenant's network namespace, once: net-make TENANT. Run by who holds the tenant's lock.
 */
#include "base/process.h"
#include "base/str.h"
#include "kernel/netns.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct sbx_error err = { 0 };

	process_normalise();
	if (argc != 2 || !name_is_valid(argv[1])) {
		(void)fprintf(stderr, "usage: net-make TENANT\n");
		return 2;
	}
	if (netns_make(argv[1], &err) == 0)
		return 0;
	(void)fprintf(stderr, "sandboxctl: %s%s%s\n", err.text, *err.cure ? ": " : "", err.cure);
	return 1;
}
