/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hard links: other names of files that tenants own, which the host has made.
 */
#ifndef SBX_CMD_LINKS_H
#define SBX_CMD_LINKS_H

#include "cmd/lookup.h"

struct links {
	size_t n; /* files with a name outside of what their tenant owns */
	char path[PATH_MAX]; /* the name of one of them */
	const char *tenant; /* whose it is; borrowed */
	bool cut; /* there are more files than are looked at: nobody knows */
};

/* Looks at what the list owns, as far as it can be read. Fails without memory only. */
int links_find(const struct lookups *owns, struct links *ret_links, struct sbx_error *err);

#endif
