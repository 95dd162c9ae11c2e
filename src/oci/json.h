/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON whose whole numbers have 64 bits without sign, as Go's uint64 does: jansson's have a sign.
 */
#ifndef SBX_OCI_JSON_H
#define SBX_OCI_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

/*
 * Reads a document, which ends in a NUL that SIZE does not count, and in which no key may stand
 * twice in one object. -EINVAL with "NAME:LINE:COLUMN: WHY", or -ENOMEM. What is an integer of
 * jansson's then is one from 0 to UINT64_MAX; all other numbers are reals.
 */
int oci_json_load(
	const char *name, const char *text, size_t size, json_t **ret, struct sbx_error *err);

/* Of such a document. -EINVAL for what is no integer. */
int oci_json_u64(const json_t *json, uint64_t *ret);

#endif
