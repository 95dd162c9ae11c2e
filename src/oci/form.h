/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads JSON into structs by tables: one row a key.
 */
#ifndef SBX_OCI_FORM_H
#define SBX_OCI_FORM_H

#include "base/error.h"
#include "base/str.h"

#include <jansson.h>
#include <stdint.h>

/* Where an element stands, `syscalls[12].args[0].op` for people; NULL is the document. */
struct form_place {
	const struct form_place *up;
	const char *key; /* NULL: the element number `index` of an array */
	size_t index;
};

struct form_reader {
	const char *name; /* of the file */
	struct strv *notes; /* keys that may be overlooked are noted here */
	struct sbx_error *err;
};

/* One key of an object. FIELD is at `offset` of what the object is read into. */
struct form_key {
	const char *name;
	int (*read)(const struct form_reader *r, json_t *json, const struct form_place *at,
		void *field);
	size_t offset;
	bool required;
};

/* An object. Its keys end in a row without a name. */
struct form {
	const struct form_key *keys;
	bool open; /* unknown keys are noted; else they are errors */
	/* What concerns several keys; may be NULL. */
	int (*check)(const struct form_reader *r, const struct form_place *at, void *target);
};

/*
 * All that follow return 0, -ENOMEM, or -EINVAL with "NAME: PLACE: WHY" in the reader's error.
 * What was read before an error stays in the target, for its owner to clear.
 */

/* A key whose value is null is one that isn't there. */
int form_read(const struct form_reader *r, json_t *json, const struct form_place *at,
	const struct form *form, void *target);

/* Each element of an array into the next of SIZE bytes at ELEMENTS; *n counts them. */
int form_read_each(const struct form_reader *r, json_t *json, const struct form_place *at,
	const struct form *form, void *elements, size_t size, size_t *n);

/* For rows. Behind each: its field. */
int form_string(const struct form_reader *r, json_t *json, const struct form_place *at,
	void *field); /* char * */
int form_strings(const struct form_reader *r, json_t *json, const struct form_place *at,
	void *field); /* struct strv */
int form_u64(const struct form_reader *r, json_t *json, const struct form_place *at,
	void *field); /* uint64_t */
/* None: the key is known, and noted unless it is empty. */
int form_not_carried(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field);
/* None: the key means nothing to a machine. */
int form_ignored(
	const struct form_reader *r, json_t *json, const struct form_place *at, void *field);

/* Returns -EINVAL. */
int form_error(const struct form_reader *r, const struct form_place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
