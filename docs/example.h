/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The examples of a manual page, read by the parser that reads policies.
 */
#ifndef SBX_DOCS_EXAMPLE_H
#define SBX_DOCS_EXAMPLE_H

#include "policy/key.h"

/*
 * Reads TEXT as a whole file, of tenant "acme" where it is a policy. -EINVAL where it has an error,
 * which stands in the report too, or no key of SECTION.
 */
int example_read(const struct key_table *table, const char *section, const struct policy_dirs *dirs,
	const char *text, struct policy_report *report, struct sbx_error *err);

#endif
